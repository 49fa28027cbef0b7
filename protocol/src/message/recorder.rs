//! What a recorder says, except for batches.

use serde::{Deserialize, Serialize};

use super::field;
use super::small::{Consent, EndCause, GapCause, PageCause};
use crate::id::{PolicyHash, StreamId, VisitorId};
use crate::ranges::Ranges;

/// Opens a socket or a POST.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello<'a> {
    /// The version of the protocol the recorder speaks.
    pub protocol_version: u32,
    /// The site's public key.
    #[serde(deserialize_with = "field::text")]
    pub site_key: &'a str,
    /// The token of the session to go on with; none asks for a new session.
    #[serde(borrow, deserialize_with = "field::text_or_nil")]
    pub session_token: Option<&'a str>,
    /// The stream of this page load.
    pub stream: StreamId,
    /// The previous stream of this tab.
    pub navigated_from: Option<StreamId>,
    /// The numbers of this stream that the recorder still keeps.
    pub held: Ranges,
    /// The browser.
    pub visitor: VisitorId,
    /// The page at hand.
    #[serde(borrow)]
    pub page: Page<'a>,
    /// Whether the visitor agreed.
    pub consent: Consent,
    /// The recorder's own version.
    #[serde(deserialize_with = "field::text")]
    pub sdk_version: &'a str,
    /// The masking policy the recorder works by.
    pub policy_hash: PolicyHash,
    /// The recorder's clock, milliseconds since 1970.
    pub sent_at_ms: u64,
}

/// A page as the visitor has it before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<'a> {
    /// The address, stripped as the policy says.
    #[serde(deserialize_with = "field::text")]
    pub url: &'a str,
    /// The document's title.
    #[serde(deserialize_with = "field::text")]
    pub title: &'a str,
    /// The address the visitor came from, stripped likewise; empty when unknown.
    #[serde(deserialize_with = "field::text")]
    pub referrer: &'a str,
    /// CSS pixels.
    pub viewport_width: u32,
    /// CSS pixels.
    pub viewport_height: u32,
    /// The name in the IANA database, such as `Europe/Vienna`; empty when unknown.
    #[serde(deserialize_with = "field::text")]
    pub time_zone: &'a str,
}

/// The visitor went to another page, also without a load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageView<'a> {
    /// Its place in the stream.
    pub number: u64,
    /// When, milliseconds since 1970.
    pub at_ms: u64,
    /// The page gone to.
    #[serde(borrow)]
    pub page: Page<'a>,
    /// How the visitor came there.
    pub cause: PageCause,
}

/// The site says who the visitor is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identify<'a> {
    /// Its place in the stream.
    pub number: u64,
    /// When, milliseconds since 1970.
    pub at_ms: u64,
    /// The site's own name for the visitor.
    #[serde(deserialize_with = "field::text")]
    pub user: &'a str,
    /// What the site tells about the visitor.
    #[serde(borrow, deserialize_with = "field::list")]
    pub traits: Vec<Trait<'a>>,
}

/// One thing told about a visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trait<'a> {
    /// What it is.
    #[serde(deserialize_with = "field::text")]
    pub key: &'a str,
    /// What it is for this visitor.
    #[serde(deserialize_with = "field::text")]
    pub value: &'a str,
}

/// The site marks the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag<'a> {
    /// Its place in the stream.
    pub number: u64,
    /// When, milliseconds since 1970.
    pub at_ms: u64,
    /// The tag's name.
    #[serde(deserialize_with = "field::text")]
    pub key: &'a str,
    /// The tag's value.
    #[serde(deserialize_with = "field::text")]
    pub value: &'a str,
}

/// The site reports an event of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Custom<'a> {
    /// Its place in the stream.
    pub number: u64,
    /// When, milliseconds since 1970.
    pub at_ms: u64,
    /// The event's name.
    #[serde(deserialize_with = "field::text")]
    pub name: &'a str,
    /// One MessagePack value.
    #[serde(deserialize_with = "field::bin", serialize_with = "field::write_bin")]
    pub payload: &'a [u8],
}

/// The visitor agreed or refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentChange {
    /// Its place in the stream.
    pub number: u64,
    /// When, milliseconds since 1970.
    pub at_ms: u64,
    /// What holds from now on.
    pub consent: Consent,
}

/// Numbers that will never come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Its own place in the stream, greater than `last`.
    pub number: u64,
    /// When, milliseconds since 1970.
    pub at_ms: u64,
    /// The first number that will not come.
    pub first: u64,
    /// The last number that will not come.
    pub last: u64,
    /// Why.
    pub cause: GapCause,
    /// How many events were dropped.
    pub events: u32,
}

/// The last message of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// Its place in the stream: no number after it will be used.
    pub number: u64,
    /// When, milliseconds since 1970.
    pub at_ms: u64,
    /// Why.
    pub cause: EndCause,
}

/// Asks for a pong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ping {
    /// The recorder's clock, milliseconds since 1970.
    pub sent_at_ms: u64,
}
