//! Session ids as places: in time, among partitions, and in a list.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

/// A day.
pub(super) const DAY_MS: i64 = 86_400_000;

/// The id of a session, which tells when it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SessionId(Uuid);

impl SessionId {
    /// Reads an id from a path; none when it is no id that a server made (UUIDv7).
    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::checked(Uuid::try_parse(text).ok()?)
    }

    /// Reads a place in a list from its opaque form.
    pub(super) fn from_cursor(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        Self::checked(Uuid::from_slice(&bytes).ok()?)
    }

    fn checked(id: Uuid) -> Option<Self> {
        (id.get_version_num() == 7).then_some(Self(id))
    }

    /// After every id there can be.
    pub(super) const END: Self = Self(Uuid::from_u128(u128::MAX ^ (8 << 76)));

    /// Before every id of this moment and after every earlier one.
    pub(super) fn floor(moment_ms: i64) -> Self {
        let moment = u128::from(moment_ms.max(0).unsigned_abs()) & ((1 << 48) - 1);
        Self(Uuid::from_u128(moment << 80 | 7 << 76))
    }

    /// The opaque form for "whatever comes after this one".
    pub(super) fn to_cursor(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.as_bytes())
    }

    /// The id itself.
    pub(super) fn uuid(self) -> Uuid {
        self.0
    }

    /// When the session began, in ms since 1970: the first 48 bits.
    pub(super) fn started_at_ms(self) -> i64 {
        let [a, b, c, d, e, f, ..] = *self.0.as_bytes();
        i64::from_be_bytes([0, 0, a, b, c, d, e, f])
    }

    /// The UTC day it began, counted from 1970-01-01: the partition it is in.
    pub(super) fn started_on_day(self) -> i32 {
        // 48 bits of milliseconds are 3.3 million days, so the conversion never fails.
        i32::try_from(self.started_at_ms() / DAY_MS).unwrap_or(i32::MAX)
    }
}

impl From<Uuid> for SessionId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_its_moment_and_day() {
        let id = SessionId::parse("01993a5c-9c00-7abc-8def-000000000001").unwrap();
        assert_eq!(id.started_at_ms(), 0x0199_3a5c_9c00);
        assert_eq!(i64::from(id.started_on_day()), 0x0199_3a5c_9c00 / DAY_MS);
    }

    #[test]
    fn a_moment_begins_before_its_ids_and_after_the_earlier_ones() {
        let at = |ms: u128, random: u128| SessionId(Uuid::from_u128(ms << 80 | 7 << 76 | random));
        let floor = SessionId::floor(1_000);
        assert!(at(999, (1 << 76) - 1) < floor && floor < at(1_000, 2 << 62));
        assert_eq!(SessionId::from_cursor(&floor.to_cursor()), Some(floor));
        assert_eq!(floor.started_at_ms(), 1_000);
        assert_eq!(
            SessionId::from_cursor(&SessionId::END.to_cursor()),
            Some(SessionId::END)
        );
    }

    #[test]
    fn a_cursor_reads_back_and_rubbish_does_not() {
        let id = SessionId::from(Uuid::now_v7());
        assert_eq!(SessionId::from_cursor(&id.to_cursor()), Some(id));
        let random = URL_SAFE_NO_PAD.encode(Uuid::new_v4().as_bytes());
        for text in ["", "x", "%", &random, "01993a5c"] {
            assert!(SessionId::from_cursor(text).is_none(), "{text}");
        }
        assert!(SessionId::parse("11111111-1111-4111-8111-111111111111").is_none());
    }
}
