//! The words on the wire between a recorder and a server.
//!
//! Ids, settings, close codes, messages, the bounded codec, the scanner for opaque payloads, and
//! the sets of numbers that acknowledgements speak of. `README.md` beside this crate is the
//! specification; `vectors/` holds it as bytes.
//!
//! What does not belong here: sockets, files, clocks, random numbers, tokens, compression.

#![deny(missing_docs)]
#![forbid(unsafe_code)]

pub mod close;
pub mod codec;
pub mod error;
pub mod id;
pub mod message;
pub mod ranges;
pub mod scan;
pub mod settings;
pub mod stored;

pub use close::{CloseCode, CloseReason, Retry};
pub use codec::{
    Decoded, decode_from_recorder, decode_from_server, decode_sequence, encode_from_recorder,
    encode_from_server,
};
pub use error::WireError;
pub use id::{AccountId, PolicyHash, SessionId, SiteId, StreamId, VisitorId};
pub use message::{FromRecorder, FromServer};
pub use ranges::Ranges;
pub use scan::{ScanError, ScanLimits, Scanned, Scanner};
pub use settings::settings;
