//! Ids: who, where, which visit, which page load.
//!
//! Ids of fixed bytes travel as MessagePack `bin` and read as hexadecimal to humans. Making random
//! bytes is the caller's business.

use std::fmt;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error as _, Visitor};
use serde::{Deserialize as DeriveDeserialize, Serialize, Serializer};
use uuid::Uuid;

/// The milliseconds of a day.
const DAY_MS: u64 = 86_400_000;

/// Why a text or a slice of bytes is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The text is not a whole number.
    #[error("an id of this kind is a whole number")]
    NotANumber,
    /// The text has other than the due number of hexadecimal digits.
    #[error("an id of this kind has {0} hexadecimal digits")]
    NotHex(usize),
    /// The slice is shorter or longer than the id.
    #[error("an id of this kind has {0} bytes")]
    NotTheLength(usize),
    /// The id is not a UUID of version 7.
    #[error("a session id is a uuid of version 7")]
    NotAVersion7Uuid,
}

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, DeriveDeserialize,
        )]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                text.parse().map(Self).map_err(|_| IdError::NotANumber)
            }
        }
    };
}

number_id! {
    /// An account: a tenant, on a plan.
    AccountId
}

number_id! {
    /// A web site of an account.
    SiteId
}

macro_rules! byte_id {
    ($(#[$doc:meta])* $name:ident, $length:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $length]);

        impl $name {
            /// The bytes of the id.
            pub const fn as_bytes(&self) -> &[u8; $length] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                bytes_of_hex(text).map(Self).ok_or(IdError::NotHex(2 * $length))
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = IdError;

            fn try_from(bytes: &[u8]) -> Result<Self, IdError> {
                bytes.try_into().map(Self).map_err(|_| IdError::NotTheLength($length))
            }
        }

        wire_as_bin!($name);
    };
}

/// Serde for an id that has `as_bytes`, `Display`, `FromStr` and `TryFrom<&[u8]>`.
macro_rules! wire_as_bin {
    ($name:ident) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.collect_str(self)
                } else {
                    serializer.serialize_bytes(self.as_bytes())
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    let text = String::deserialize(deserializer)?;
                    text.parse().map_err(D::Error::custom)
                } else {
                    let bytes = deserializer.deserialize_bytes(BinVisitor)?;
                    Self::try_from(bytes).map_err(D::Error::custom)
                }
            }
        }
    };
}

byte_id! {
    /// A stream: one page load within a session. Eight random bytes made by the recorder.
    StreamId, 8
}

byte_id! {
    /// A visitor: one browser, under a pseudonym made by the recorder.
    VisitorId, 16
}

byte_id! {
    /// The first bytes of a hash over a masking policy; the server makes and compares it.
    PolicyHash, 8
}

/// A session: one visit in one tab. A UUID of version 7, made by the server.
///
/// The moment inside the id says in which day's partition the session lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(Uuid);

impl SessionId {
    /// A session that begins at `started_at_ms`, with `random` bytes from the caller.
    ///
    /// Of the moment the lower 48 bits are kept (enough until the year 10889).
    pub const fn new(started_at_ms: u64, random: &[u8; 10]) -> Self {
        Self(uuid::Builder::from_unix_timestamp_millis(started_at_ms, random).into_uuid())
    }

    /// The bytes of the id.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// The moment the session began: milliseconds since 1970.
    pub fn started_at_ms(&self) -> u64 {
        // The first 48 of the 128 bits.
        (self.0.as_u128() >> 80) as u64
    }

    /// The UTC day the session began: days since 1970-01-01.
    pub fn started_on_days(&self) -> i32 {
        // 48 bits of milliseconds are at most 3.3 million days.
        (self.started_at_ms() / DAY_MS) as i32
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<SessionId> for Uuid {
    fn from(session: SessionId) -> Self {
        session.0
    }
}

impl TryFrom<Uuid> for SessionId {
    type Error = IdError;

    fn try_from(uuid: Uuid) -> Result<Self, IdError> {
        if uuid.get_version() == Some(uuid::Version::SortRand) {
            Ok(Self(uuid))
        } else {
            Err(IdError::NotAVersion7Uuid)
        }
    }
}

impl TryFrom<&[u8]> for SessionId {
    type Error = IdError;

    fn try_from(bytes: &[u8]) -> Result<Self, IdError> {
        let uuid = Uuid::from_slice(bytes).map_err(|_| IdError::NotTheLength(16))?;
        Self::try_from(uuid)
    }
}

impl FromStr for SessionId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let uuid = Uuid::parse_str(text).map_err(|_| IdError::NotAVersion7Uuid)?;
        Self::try_from(uuid)
    }
}

wire_as_bin!(SessionId);

/// Takes MessagePack `bin`, borrowed from the input.
struct BinVisitor;

impl<'de> Visitor<'de> for BinVisitor {
    type Value = &'de [u8];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the bytes of an id")
    }

    fn visit_borrowed_bytes<E>(self, bytes: &'de [u8]) -> Result<Self::Value, E> {
        Ok(bytes)
    }
}

/// The bytes written as hexadecimal digits, or nothing when there are other characters or another
/// count than twice `N`.
fn bytes_of_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let high = char::from(pair[0]).to_digit(16)?;
        let low = char::from(pair[1]).to_digit(16)?;
        *byte = (high * 16 + low) as u8;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_id_tells_its_moment_and_day() {
        let session = SessionId::new(1_700_000_000_123, &[7; 10]);
        assert_eq!(session.started_at_ms(), 1_700_000_000_123);
        assert_eq!(session.started_on_days(), 19_675);
        assert_eq!(session.to_string().parse(), Ok(session));
        assert_eq!(
            SessionId::try_from(session.as_bytes().as_slice()),
            Ok(session)
        );
        assert_eq!(SessionId::try_from(Uuid::from(session)), Ok(session));
    }

    #[test]
    fn another_uuid_is_no_session_id() {
        let version_4 = "67e55044-10b1-426f-9247-bb680e5fe0c8";
        assert_eq!(
            version_4.parse::<SessionId>(),
            Err(IdError::NotAVersion7Uuid)
        );
        assert_eq!("x".parse::<SessionId>(), Err(IdError::NotAVersion7Uuid));
        assert_eq!(
            SessionId::try_from([1, 2].as_slice()),
            Err(IdError::NotTheLength(16))
        );
    }

    #[test]
    fn byte_ids_read_as_hex() {
        let stream = StreamId([0, 1, 2, 3, 0xfc, 0xfd, 0xfe, 0xff]);
        assert_eq!(stream.to_string(), "00010203fcfdfeff");
        assert_eq!("00010203fcfdfeff".parse(), Ok(stream));
        assert_eq!(
            "00010203fcfdfef".parse::<StreamId>(),
            Err(IdError::NotHex(16))
        );
        assert_eq!(
            "00010203fcfdfefg".parse::<StreamId>(),
            Err(IdError::NotHex(16))
        );
        assert_eq!(
            StreamId::try_from([1, 2].as_slice()),
            Err(IdError::NotTheLength(8))
        );
        assert_eq!(
            serde_json::to_string(&stream).unwrap(),
            "\"00010203fcfdfeff\""
        );
        assert_eq!(
            serde_json::from_str::<StreamId>("\"00010203fcfdfeff\"").unwrap(),
            stream
        );
    }

    #[test]
    fn number_ids_read_as_numbers() {
        assert_eq!("42".parse(), Ok(AccountId(42)));
        assert_eq!(SiteId(7).to_string(), "7");
        assert_eq!("seven".parse::<SiteId>(), Err(IdError::NotANumber));
    }
}
