//! What a server says.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::field;
use super::small::{AckLevel, KeyframeCause};
use crate::close::CloseCode;
use crate::id::{PolicyHash, SessionId};
use crate::ranges::Ranges;

/// Answers a hello.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome<'a> {
    /// The token to keep and to send in the next hello.
    #[serde(borrow, deserialize_with = "field::text")]
    pub session_token: Cow<'a, str>,
    /// The session the stream belongs to.
    pub session: SessionId,
    /// Whether it is the session of the token in the hello.
    pub resumed: bool,
    /// The numbers of the stream that need not come again.
    pub durable: Ranges,
    /// What acknowledgements promise for now.
    pub ack_level: AckLevel,
    /// Bytes that may be under way unacknowledged.
    pub credit_bytes: u64,
    /// What the recorder must keep to.
    pub limits: RecorderLimits,
    /// Features that are switched on.
    #[serde(borrow, deserialize_with = "field::texts")]
    pub flags: Vec<Cow<'a, str>>,
    /// How often to ping, milliseconds.
    pub heartbeat_ms: u64,
    /// The server's clock, milliseconds since 1970.
    pub server_time_ms: u64,
}

/// What a recorder must keep to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecorderLimits {
    /// Bytes of one message.
    pub message_bytes_max: u64,
    /// Bytes of inflated payload at which to close a batch and to cut an event.
    pub batch_bytes_target: u64,
    /// Bytes of a batch's inflated payload.
    pub batch_inflated_bytes_max: u64,
    /// Bytes of one event.
    pub event_bytes_max: u64,
    /// Milliseconds after which to close a batch at the latest.
    pub batch_ms: u64,
}

/// Numbers that need not be kept any longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ack {
    /// Every number up to and including this one; 0 when number 1 is missing.
    pub up_to: u64,
    /// The numbers above that.
    pub beyond: Ranges,
}

/// Another credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// Bytes that may be under way unacknowledged from now on.
    pub credit_bytes: u64,
}

/// Asks for a keyframe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyframeRequest {
    /// Why.
    pub cause: KeyframeCause,
}

/// The masking policy to work by from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy<'a> {
    /// The hash to send in the next hello.
    pub policy_hash: PolicyHash,
    /// CSS selectors whose text is masked.
    #[serde(borrow, deserialize_with = "field::texts")]
    pub mask_selectors: Vec<Cow<'a, str>>,
    /// CSS selectors of what is not recorded at all.
    #[serde(borrow, deserialize_with = "field::texts")]
    pub block_selectors: Vec<Cow<'a, str>>,
    /// Whether addresses keep the part behind the `?`.
    pub keep_query: bool,
}

/// Asks for less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlowDown {
    /// Milliseconds between batches.
    pub batch_ms: u64,
    /// Milliseconds between samples of the mouse.
    pub mouse_ms: u64,
}

/// Ends recording; a close with the same code follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop<'a> {
    /// Why.
    pub code: CloseCode,
    /// As in the close frame.
    #[serde(borrow, deserialize_with = "field::text")]
    pub reason: Cow<'a, str>,
}

/// Answers a ping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pong {
    /// As in the ping.
    pub sent_at_ms: u64,
    /// The server's clock, milliseconds since 1970.
    pub server_time_ms: u64,
}

/// Acknowledgements promise something else from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AckLevelChange {
    /// What they promise.
    pub ack_level: AckLevel,
}
