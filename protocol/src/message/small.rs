//! The small numbers of the wire, as closed enums.

use serde::{Deserialize, Serialize, Serializer};

/// The number stands for nothing on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} stands for nothing here")]
pub struct UnknownNumber(pub u8);

macro_rules! small_number {
    (
        $(#[$doc:meta])*
        $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $number:literal, $word:literal;)* }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        #[serde(try_from = "u8")]
        #[repr(u8)]
        pub enum $name {
            $($(#[$variant_doc])* $variant = $number,)*
        }

        impl $name {
            /// Every value, by its number on the wire.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The one word for it, the same in columns, JSON and metrics.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }

        /// Its number on the wire, its word to humans.
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, output: S) -> Result<S::Ok, S::Error> {
                if output.is_human_readable() {
                    output.serialize_str(self.name())
                } else {
                    output.serialize_u8(*self as u8)
                }
            }
        }

        impl From<$name> for u8 {
            fn from(value: $name) -> u8 {
                value as u8
            }
        }

        impl TryFrom<u8> for $name {
            type Error = UnknownNumber;

            fn try_from(number: u8) -> Result<Self, UnknownNumber> {
                match number {
                    $($number => Ok(Self::$variant),)*
                    _ => Err(UnknownNumber(number)),
                }
            }
        }
    };
}

small_number! {
    /// Whether the visitor agreed to be recorded.
    Consent {
        /// Nobody was asked yet.
        Unknown = 0, "unknown";
        /// The visitor agreed.
        Granted = 1, "granted";
        /// The visitor refused.
        Denied = 2, "denied";
    }
}

small_number! {
    /// How a batch's payload is written.
    Encoding {
        /// As it is.
        Plain = 0, "plain";
        /// Compressed, RFC 1951.
        DeflateRaw = 1, "deflate_raw";
    }
}

small_number! {
    /// What an acknowledgement promises.
    AckLevel {
        /// The server holds it in memory: not durable.
        Memory = 0, "memory";
        /// It is in Postgres.
        Postgres = 1, "postgres";
        /// It is in the journal.
        Journal = 2, "journal";
        /// It is in Redis.
        Redis = 3, "redis";
    }
}

small_number! {
    /// How the visitor came to a page.
    PageCause {
        /// The page was loaded.
        Load = 0, "load";
        /// `history.pushState`.
        Push = 1, "push";
        /// `history.replaceState`.
        Replace = 2, "replace";
        /// Back or forward in the history.
        History = 3, "history";
        /// The part behind the `#` changed.
        Hash = 4, "hash";
    }
}

small_number! {
    /// Why numbers will never come.
    GapCause {
        /// The recorder ran out of room while its credit was used up.
        NoRoom = 0, "no_room";
        /// A limit of the server.
        Limit = 1, "limit";
        /// The event was too large.
        TooLarge = 2, "too_large";
        /// It was not recorded.
        NotRecorded = 3, "not_recorded";
    }
}

small_number! {
    /// Why a stream ended.
    EndCause {
        /// The page was hidden for good.
        PageHidden = 0, "page_hidden";
        /// The site or the server stopped the recorder.
        Stopped = 1, "stopped";
        /// The visitor withdrew consent.
        ConsentWithdrawn = 2, "consent_withdrawn";
    }
}

small_number! {
    /// Why the server asks for a keyframe.
    KeyframeCause {
        /// Too many bytes since the last one.
        TailTooLarge = 0, "tail_too_large";
        /// Too long since the last one.
        TailTooOld = 1, "tail_too_old";
        /// Numbers are missing since the last one.
        Gap = 2, "gap";
        /// Staff asked.
        Staff = 3, "staff";
    }
}

/// What a batch's header says about its payload, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub struct BatchFlags(u8);

impl BatchFlags {
    /// No bit is set.
    pub const NONE: Self = Self(0);
    /// The batch holds a keyframe: a meta event and a full snapshot, or parts of the latter.
    pub const KEYFRAME: Self = Self(1);

    /// Whether the batch holds a keyframe or parts of one.
    pub const fn is_keyframe(self) -> bool {
        self.0 & Self::KEYFRAME.0 != 0
    }
}

impl From<BatchFlags> for u8 {
    fn from(flags: BatchFlags) -> Self {
        flags.0
    }
}

impl TryFrom<u8> for BatchFlags {
    type Error = UnknownNumber;

    fn try_from(bits: u8) -> Result<Self, UnknownNumber> {
        if bits & !Self::KEYFRAME.0 == 0 {
            Ok(Self(bits))
        } else {
            Err(UnknownNumber(bits))
        }
    }
}
