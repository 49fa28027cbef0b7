//! Rows as Postgres populates them from JSON: field names are column names.

use footage_actors::ports::{SessionKey, StreamOpening};
use footage_protocol::{Ranges, SessionId, StreamId};
use serde::Serialize;

use super::numbers;

/// The Julian day of 1970-01-01, which Postgres reads as a date when a `J` precedes it.
const JULIAN_1970: i64 = 2_440_588;

/// The columns every table of recordings begins with.
#[derive(Clone, Copy, Debug)]
pub struct Place(pub SessionKey);

impl Serialize for Place {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut columns = serializer.serialize_map(Some(2))?;
        columns.serialize_entry("account_id", &self.0.account.0)?;
        columns.serialize_entry("started_on", &day(self.0.session))?;
        columns.end()
    }
}

fn day(session: SessionId) -> String {
    format!("J{}", JULIAN_1970 + i64::from(session.started_on_days()))
}

/// Bytes as `bytea` reads them.
pub fn bytea(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\\x{digits}")
}

/// Text as Postgres takes it: it has no room for the character 0.
pub fn text(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

/// A new row of `streams`.
#[derive(Debug, Serialize)]
pub struct StreamRow {
    #[serde(flatten)]
    place: Place,
    session_id: SessionId,
    id: String,
    opened_at_ms: u64,
    navigated_from: Option<String>,
    url: String,
    title: String,
    referrer: String,
    viewport_width: u32,
    viewport_height: u32,
    time_zone: String,
    sdk_version: String,
    policy_hash: String,
    user_agent: String,
    received: String,
    lost: String,
    last_number: Option<u64>,
}

impl StreamRow {
    /// A stream that begins with these numbers kept and those given up.
    pub fn new(
        key: SessionKey,
        stream: StreamId,
        opened: &StreamOpening,
        kept: &Ranges,
        given_up: &Ranges,
        last_number: Option<u64>,
    ) -> Self {
        let received: Ranges = kept.iter().chain(given_up.iter()).collect();
        Self {
            place: Place(key),
            session_id: key.session,
            id: bytea(stream.as_bytes()),
            opened_at_ms: opened.opened_at_ms,
            navigated_from: opened.navigated_from.map(|stream| bytea(stream.as_bytes())),
            url: text(&opened.url),
            title: text(&opened.title),
            referrer: text(&opened.referrer),
            viewport_width: opened.viewport_width,
            viewport_height: opened.viewport_height,
            time_zone: text(&opened.time_zone),
            sdk_version: text(&opened.sdk_version),
            policy_hash: bytea(opened.policy_hash.as_bytes()),
            user_agent: text(&opened.user_agent),
            received: numbers::to_text(&received),
            lost: numbers::to_text(&given_up.subtract(kept)),
            last_number,
        }
    }
}

/// A row of `pages`.
#[derive(Clone, Debug, Serialize)]
pub struct PageRow {
    #[serde(flatten)]
    pub place: Place,
    pub session_id: SessionId,
    pub stream_id: String,
    /// 0 is the page load.
    pub number: u64,
    pub at_ms: u64,
    pub received_at_ms: u64,
    pub url: String,
    pub title: String,
    pub cause: &'static str,
}

/// A row of `gaps`.
#[derive(Clone, Debug, Serialize)]
pub struct GapRow {
    #[serde(flatten)]
    pub place: Place,
    pub session_id: SessionId,
    pub stream_id: String,
    pub number: u64,
    pub first_seq: u64,
    pub last_seq: u64,
    pub cause: &'static str,
    pub events: u32,
    pub at_ms: u64,
}

/// What a row of `sessions` begins with, or grows by.
#[derive(Debug, Serialize)]
pub struct SessionRow {
    #[serde(flatten)]
    pub place: Place,
    pub id: SessionId,
    pub site_id: i64,
    pub visitor: String,
    pub user_name: Option<String>,
    pub identified_at_ms: Option<u64>,
    pub started_at_ms: u64,
    pub last_event_at_ms: u64,
    pub seen_at_ms: u64,
    pub first_event_ms: Option<u64>,
    pub last_event_ms: Option<u64>,
    pub ended_as: Option<&'static str>,
    pub pages: u64,
    pub messages: u64,
    pub batches: u64,
    pub events: u64,
    pub clicks: u64,
    pub inputs: u64,
    pub errors: u64,
    pub raw_bytes: u64,
    pub stored_bytes: u64,
    pub first_url: String,
    pub last_url: String,
    pub title: String,
    pub last_page_at_ms: u64,
    pub user_agent: String,
}
