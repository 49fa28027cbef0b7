//! Why a message is refused, and which close code that is.

use crate::close::CloseCode;
use crate::scan::ScanError;
use crate::settings::settings;

/// Why bytes are no message of this protocol, or a message may not be written.
///
/// The texts name the field and the limit, never what a field held.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// The bytes are no plain MessagePack, or go beyond a limit of the scanner.
    #[error(transparent)]
    Scan(#[from] ScanError),
    /// The message as a whole is too long.
    #[error("a message of {length} bytes, at most {max} are allowed; split it")]
    MessageTooBig {
        /// Its length, bytes.
        length: u64,
        /// The longest allowed, bytes.
        max: u64,
    },
    /// A POST has too many messages.
    #[error("more than {max} messages in one body; send the rest in another")]
    TooManyMessages {
        /// The most messages.
        max: u64,
    },
    /// There are bytes behind the message.
    #[error("{length} bytes behind the message; send one message at a time")]
    Trailing {
        /// How many.
        length: usize,
    },
    /// The value is not an array that begins with a kind, or its fields do not fit the kind.
    #[error("{0}; the table of messages has the fields")]
    Shape(String),
    /// A field has a value it may not have.
    #[error("{field} {rule}")]
    Field {
        /// Its name in the table of messages.
        field: &'static str,
        /// What it must be.
        rule: &'static str,
    },
    /// A field is longer than allowed.
    #[error("{field} has {length} {unit}, at most {max} are allowed; shorten it")]
    FieldTooLong {
        /// Its name in the table of messages.
        field: &'static str,
        /// Its length.
        length: u64,
        /// The longest allowed.
        max: u64,
        /// What is counted.
        unit: &'static str,
    },
    /// The hello speaks another version of the protocol.
    #[error("version {offered} is not spoken here; speak version {spoken}")]
    Version {
        /// The version of the hello.
        offered: u32,
        /// The version of this side.
        spoken: u32,
    },
    /// A message could not be written; a fault on this side.
    #[error("the message could not be encoded")]
    Encode,
}

impl WireError {
    /// Nothing when `offered` is the version of this side, else an error.
    pub(crate) const fn unless_spoken(offered: u32) -> Result<(), Self> {
        let spoken = settings().protocol.version;
        if offered == spoken {
            Ok(())
        } else {
            Err(Self::Version { offered, spoken })
        }
    }

    /// The code to close the socket with.
    pub const fn close_code(&self) -> CloseCode {
        match self {
            Self::Scan(
                ScanError::Marker(_) | ScanError::Key | ScanError::Map | ScanError::Unfinished,
            )
            | Self::Trailing { .. }
            | Self::Shape(_)
            | Self::Field { .. } => CloseCode::Malformed,
            Self::Scan(
                ScanError::TooDeep { .. }
                | ScanError::TooManyItems { .. }
                | ScanError::StringTooLong { .. }
                | ScanError::TooLong { .. },
            )
            | Self::FieldTooLong { .. }
            | Self::TooManyMessages { .. } => CloseCode::TooLarge,
            Self::MessageTooBig { .. } => CloseCode::MessageTooBig,
            Self::Version { .. } => CloseCode::Version,
            Self::Encode => CloseCode::ServerBug,
        }
    }
}
