//! What a binary message means at the door: the envelope is decoded, the payload stays as it came.

use bytes::Bytes;
use footage_actors::arrival::{Kind, Message};
use footage_actors::budget::Permit;
use footage_actors::outbox::Close;
use footage_actors::outcome::{Dropped, Ledger, Outcome, Tracked};
use footage_protocol::message::{Batch, Encoding, Pong};
use footage_protocol::{
    CloseCode, Decoded, FromRecorder, FromServer, WireError, decode_from_recorder,
    encode_from_server,
};
use std::sync::Arc;

/// Kept bytes up to this long are copied out of what was read.
const COPIED_BYTES_MAX: usize = 64 << 10;

/// What came.
#[derive(Debug)]
pub enum Came {
    /// A numbered message, to be weighed.
    Message(Weighed),
    /// A ping, to be answered.
    Ping {
        /// The recorder's clock in it.
        sent_at_ms: u64,
    },
    /// A kind that is not known and may be skipped.
    Nothing,
}

/// A numbered message and what it weighs.
#[derive(Debug)]
pub struct Weighed {
    /// Bytes it will hold until it is stored.
    pub bytes: usize,
    number: u64,
    kind: Kind,
    wire_bytes: usize,
    fate: Tracked,
}

impl Weighed {
    /// The socket is gone before there was room.
    pub fn give_up(self) {
        self.fate.decide(Outcome::Dropped(Dropped::SocketGone));
    }

    /// The message, once its share of the budget is taken.
    pub fn permitted(self, permit: Permit) -> Message {
        Message {
            number: self.number,
            kind: self.kind,
            wire_bytes: self.wire_bytes,
            permit,
            fate: self.fate,
        }
    }
}

/// Decodes one message and counts it as received if it has a number, or should have had one.
///
/// # Errors
/// What to close the socket with.
pub fn decode(message: &Bytes, ledger: &Arc<Ledger>) -> Result<Came, Close> {
    match decode_from_recorder(message) {
        Ok(Decoded::Message(decoded)) => understand(message, decoded, ledger),
        Ok(Decoded::Skipped(_)) => Ok(Came::Nothing),
        Err(reason) => Err(refuse(&reason, ledger)),
    }
}

/// Says what a decoded message is; `message` are its bytes.
///
/// # Errors
/// What to close the socket with: a second hello is out of place.
pub fn understand(
    message: &Bytes,
    decoded: FromRecorder<'_>,
    ledger: &Arc<Ledger>,
) -> Result<Came, Close> {
    let (number, kind, inflated_bytes) = match decoded {
        FromRecorder::Hello(_) => {
            let detail = "a hello was said before; say it once, first";
            return Err(Close::limit(CloseCode::Malformed, detail));
        }
        FromRecorder::Ping(ping) => {
            return Ok(Came::Ping {
                sent_at_ms: ping.sent_at_ms,
            });
        }
        FromRecorder::Batch(Batch { header, payload }) => {
            let inflated_bytes = match header.encoding {
                Encoding::Plain => 0,
                Encoding::DeflateRaw => header.inflated_bytes as usize,
            };
            let payload = match header.encoding {
                Encoding::Plain => own(message, payload),
                Encoding::DeflateRaw => message.slice_ref(payload),
            };
            (header.number, Kind::Batch(header, payload), inflated_bytes)
        }
        FromRecorder::Gap(gap) => {
            let kind = Kind::Gap {
                first: gap.first,
                last: gap.last,
                message: own(message, message),
            };
            (gap.number, kind, 0)
        }
        FromRecorder::End(end) => (end.number, Kind::End(own(message, message)), 0),
        FromRecorder::Page(page) => (page.number, Kind::Other(own(message, message)), 0),
        FromRecorder::Identify(identify) => {
            (identify.number, Kind::Other(own(message, message)), 0)
        }
        FromRecorder::Tag(tag) => (tag.number, Kind::Other(own(message, message)), 0),
        FromRecorder::Custom(custom) => (custom.number, Kind::Other(own(message, message)), 0),
        FromRecorder::Consent(consent) => (consent.number, Kind::Other(own(message, message)), 0),
    };
    Ok(Came::Message(Weighed {
        bytes: message.len() + inflated_bytes,
        number,
        kind,
        wire_bytes: message.len(),
        fate: ledger.arrival(),
    }))
}

/// The bytes for keeping. A message is a slice of whatever was read with it, and would keep all of
/// that in memory while the budget counts its own length; so what is small is copied. A payload that is
/// inflated is not kept itself, and one that is large fills its reading by itself.
fn own(message: &Bytes, slice: &[u8]) -> Bytes {
    if slice.len() <= COPIED_BYTES_MAX {
        Bytes::copy_from_slice(slice)
    } else {
        message.slice_ref(slice)
    }
}

/// Counts a message that could not be decoded, and says what to close with.
pub fn refuse(reason: &WireError, ledger: &Arc<Ledger>) -> Close {
    let code = reason.close_code();
    ledger.arrival().decide(Outcome::of_close(code));
    Close::limit(code, reason)
}

/// A pong, encoded.
pub fn pong(sent_at_ms: u64, server_time_ms: u64) -> Bytes {
    let mut encoded = Vec::with_capacity(24);
    let pong = FromServer::Pong(Pong {
        sent_at_ms,
        server_time_ms,
    });
    match encode_from_server(&mut encoded, &pong) {
        Ok(()) => Bytes::from(encoded),
        Err(_) => Bytes::new(),
    }
}
