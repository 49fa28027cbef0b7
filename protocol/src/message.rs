//! The messages, one struct each, borrowed from the bytes they were read from.
//!
//! A struct's fields stand in the order of the wire. What they may hold is checked by the
//! [codec](crate::codec) when it reads and when it writes. To humans (`serde_json`) a message shows
//! its fields by name, its kind as `kind`, and bytes as hexadecimal digits, as in `vectors/`.

mod batch;
mod field;
mod limits;
mod recorder;
mod server;
mod small;

use serde::Serialize;
use serde::de::SeqAccess;

pub(crate) use batch::BATCH_KIND;
pub use batch::{Batch, BatchHeader};
pub use recorder::{
    ConsentChange, Custom, End, Gap, Hello, Identify, Page, PageView, Ping, Tag, Trait,
};
pub use server::{
    Ack, AckLevelChange, Credit, KeyframeRequest, Policy, Pong, RecorderLimits, SlowDown, Stop,
    Welcome,
};
pub use small::{
    AckLevel, BatchFlags, Consent, Encoding, EndCause, GapCause, KeyframeCause, PageCause,
    UnknownNumber,
};

use crate::codec::{Body, Fields, Message};
use crate::error::WireError;

/// Kinds from here on are refused when they are not listed; those below are skipped.
pub const SKIPPED_KINDS_END: u8 = 64;

/// Writes an enum of messages and all that follows from the table of kinds.
macro_rules! messages {
    (
        $(#[$doc:meta])*
        $name:ident {
            $($(#[$message_doc:meta])* $message:ident($body:ty) = $kind:tt, $word:literal;)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
        #[serde(tag = "kind", rename_all = "snake_case")]
        pub enum $name<'a> {
            $($(#[$message_doc])* $message($body),)*
        }

        impl $name<'_> {
            /// Every kind with its name, ascending.
            pub const KINDS: &'static [(u8, &'static str)] = &[$(($kind, $word),)*];

            /// The number of the message's kind.
            pub const fn kind(&self) -> u8 {
                match self {
                    $(Self::$message(_) => $kind,)*
                }
            }

            /// The name of the message's kind.
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$message(_) => $word,)*
                }
            }
        }

        impl<'a> Message<'a> for $name<'a> {
            fn read<A: SeqAccess<'a>>(
                kind: u8,
                fields: &mut Fields<A>,
            ) -> Result<Option<Self>, A::Error> {
                match kind {
                    $($kind => Body::read(fields).map(Self::$message).map(Some),)*
                    _ => Ok(None),
                }
            }

            fn write(&self, out: &mut Vec<u8>) -> Result<(), WireError> {
                match self {
                    $(Self::$message(body) => body.write($kind, out),)*
                }
            }

            fn check(&self) -> Result<(), WireError> {
                match self {
                    $(Self::$message(body) => limits::Check::check(body),)*
                }
            }
        }
    };
}

messages! {
    /// What a recorder says.
    FromRecorder {
        /// Opens a socket or a POST.
        Hello(Hello<'a>) = 1, "hello";
        /// Events, or one part of an event.
        Batch(Batch<'a>) = BATCH_KIND, "batch";
        /// The visitor went to another page.
        Page(PageView<'a>) = 3, "page";
        /// The site says who the visitor is.
        Identify(Identify<'a>) = 4, "identify";
        /// The site marks the session.
        Tag(Tag<'a>) = 5, "tag";
        /// The site reports an event of its own.
        Custom(Custom<'a>) = 6, "custom";
        /// The visitor agreed or refused.
        Consent(ConsentChange) = 7, "consent";
        /// Numbers that will never come.
        Gap(Gap) = 8, "gap";
        /// The last message of a stream.
        End(End) = 9, "end";
        /// Asks for a pong.
        Ping(Ping) = 10, "ping";
    }
}

messages! {
    /// What a server says.
    FromServer {
        /// Answers a hello.
        Welcome(Welcome<'a>) = 32, "welcome";
        /// Numbers that need not be kept any longer.
        Ack(Ack) = 33, "ack";
        /// Another credit.
        Credit(Credit) = 34, "credit";
        /// Asks for a keyframe.
        Keyframe(KeyframeRequest) = 35, "keyframe";
        /// The masking policy to work by.
        Policy(Policy<'a>) = 36, "policy";
        /// Asks for less.
        SlowDown(SlowDown) = 37, "slow_down";
        /// Ends recording.
        Stop(Stop<'a>) = 38, "stop";
        /// Answers a ping.
        Pong(Pong) = 39, "pong";
        /// Acknowledgements promise something else.
        AckLevel(AckLevelChange) = 40, "ack_level";
    }
}

impl FromRecorder<'_> {
    /// The message's place in its stream; a hello and a ping have none.
    ///
    /// Messages with a number are kept, acknowledged and stored once.
    pub const fn number(&self) -> Option<u64> {
        match self {
            Self::Hello(_) | Self::Ping(_) => None,
            Self::Batch(batch) => Some(batch.header.number),
            Self::Page(page) => Some(page.number),
            Self::Identify(identify) => Some(identify.number),
            Self::Tag(tag) => Some(tag.number),
            Self::Custom(custom) => Some(custom.number),
            Self::Consent(consent) => Some(consent.number),
            Self::Gap(gap) => Some(gap.number),
            Self::End(end) => Some(end.number),
        }
    }

    /// The recorder's clock at the message, or at its last event, in milliseconds since 1970.
    pub const fn at_ms(&self) -> u64 {
        match self {
            Self::Hello(hello) => hello.sent_at_ms,
            Self::Batch(batch) => batch.header.last_event_ms,
            Self::Page(page) => page.at_ms,
            Self::Identify(identify) => identify.at_ms,
            Self::Tag(tag) => tag.at_ms,
            Self::Custom(custom) => custom.at_ms,
            Self::Consent(consent) => consent.at_ms,
            Self::Gap(gap) => gap.at_ms,
            Self::End(end) => end.at_ms,
            Self::Ping(ping) => ping.sent_at_ms,
        }
    }
}
