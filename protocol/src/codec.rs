//! Messages to bytes and back; the only place that knows the MessagePack library.
//!
//! Reading goes in three steps: the [scanner](crate::scan) walks the bytes without recursion and
//! bounds nesting and values, the library gives the fields their types, and each field is held
//! against its limit. What passes all three can be trusted everywhere behind.

mod read;
mod write;

use rmp_serde::decode;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::WireError;
use crate::message::{FromRecorder, FromServer};
use crate::scan::{ScanError, ScanLimits, Scanner};
use crate::settings::settings;
pub use read::Decoded;
pub(crate) use read::{Fields, Message};
pub(crate) use write::{Body, write_behind_kind, write_bin_header};

/// Reads one message of a recorder.
///
/// # Errors
///
/// The bytes are not exactly one message, or go beyond a limit; see [`WireError::close_code`].
pub fn decode_from_recorder(input: &[u8]) -> Result<Decoded<FromRecorder<'_>>, WireError> {
    decode_one(input)
}

/// Reads one message of a server.
///
/// # Errors
///
/// As for [`decode_from_recorder`].
pub fn decode_from_server(input: &[u8]) -> Result<Decoded<FromServer<'_>>, WireError> {
    decode_one(input)
}

/// Reads the messages of a POST body, one after the other.
pub fn decode_sequence(body: &[u8]) -> Sequence<'_, FromRecorder<'_>> {
    Sequence::new(body)
}

/// Reads the messages that answer a POST, one after the other.
pub fn decode_answer(body: &[u8]) -> Sequence<'_, FromServer<'_>> {
    Sequence::new(body)
}

/// Appends one message of a recorder to `out`.
///
/// # Errors
///
/// The message goes beyond a limit; `out` is left as it was.
pub fn encode_from_recorder(
    out: &mut Vec<u8>,
    message: &FromRecorder<'_>,
) -> Result<(), WireError> {
    encode_one(out, message)
}

/// Appends one message of a server to `out`.
///
/// # Errors
///
/// As for [`encode_from_recorder`].
pub fn encode_from_server(out: &mut Vec<u8>, message: &FromServer<'_>) -> Result<(), WireError> {
    encode_one(out, message)
}

/// Messages one after the other; ends with the bytes or after the first error.
#[derive(Clone, Debug)]
pub struct Sequence<'a, M> {
    rest: &'a [u8],
    taken: u64,
    message: std::marker::PhantomData<M>,
}

impl<'a, M> Sequence<'a, M> {
    fn new(body: &'a [u8]) -> Self {
        Self {
            rest: body,
            taken: 0,
            message: std::marker::PhantomData,
        }
    }

    /// The bytes that are not read yet.
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

impl<'a, M: Message<'a>> Sequence<'a, M> {
    fn decode_next(&mut self) -> Result<Decoded<M>, WireError> {
        let max = settings().limits.post_messages_max;
        self.taken += 1;
        if self.taken > max {
            return Err(WireError::TooManyMessages { max });
        }
        let first = split_value(&mut self.rest)?;
        decode_one(first)
    }
}

impl<'a, M: Message<'a>> Iterator for Sequence<'a, M> {
    type Item = Result<Decoded<M>, WireError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let decoded = self.decode_next();
        if decoded.is_err() {
            self.rest = &[];
        }
        Some(decoded)
    }
}

fn decode_one<'a, M: Message<'a>>(input: &'a [u8]) -> Result<Decoded<M>, WireError> {
    check_length(input.len())?;
    decode_of_any_length(input)
}

/// Reads one message without a look at its length, as of a stored batch, which is inflated.
pub(crate) fn decode_of_any_length<'a, M: Message<'a>>(
    input: &'a [u8],
) -> Result<Decoded<M>, WireError> {
    let mut rest = input;
    let message = split_value(&mut rest)?;
    if !rest.is_empty() {
        let length = rest.len();
        return Err(WireError::Trailing { length });
    }
    refuse_other_version(message)?;
    let decoded = decode_scanned(message)?;
    if let Decoded::Message(message) = &decoded {
        Message::check(message)?;
    }
    Ok(decoded)
}

fn encode_one<'a, M: Message<'a>>(out: &mut Vec<u8>, message: &M) -> Result<(), WireError> {
    let start = out.len();
    let encoded = encode_of_any_length(out, message).and_then(|()| check_length(out.len() - start));
    if encoded.is_err() {
        out.truncate(start);
    }
    encoded
}

/// Appends one message without a look at its length.
pub(crate) fn encode_of_any_length<'a, M: Message<'a>>(
    out: &mut Vec<u8>,
    message: &M,
) -> Result<(), WireError> {
    message.check()?;
    message.write(out)
}

/// Takes the first value off `rest`; nothing is taken when it is refused.
pub(crate) fn split_value<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], ScanError> {
    let mut scanner = Scanner::new(ScanLimits::of_envelope());
    let taken = scanner.feed_value(rest)?;
    let (value, behind) = rest.split_at(taken);
    scanner.finish()?;
    *rest = behind;
    Ok(value)
}

fn check_length(length: usize) -> Result<(), WireError> {
    let max = settings().limits.message_bytes_max;
    let length = length as u64;
    if length > max {
        return Err(WireError::MessageTooBig { length, max });
    }
    Ok(())
}

/// Refuses the hello of another version before its fields are looked at: they may be others.
fn refuse_other_version(message: &[u8]) -> Result<(), WireError> {
    let offered = match message {
        [0x90..=0x9f, 1, version @ 0..=0x7f, ..] => u32::from(*version),
        [0xdc, _, _, 1, version @ 0..=0x7f, ..] => u32::from(*version),
        _ => return Ok(()),
    };
    WireError::unless_spoken(offered)
}

/// Reads the message of scanned bytes.
fn decode_scanned<'a, M: Message<'a>>(scanned: &'a [u8]) -> Result<Decoded<M>, WireError> {
    if !matches!(scanned, [0x90..=0x9f | 0xdc | 0xdd, ..]) {
        return Err(WireError::Shape("a message is an array".to_owned()));
    }
    give_types(scanned).map_err(|error| match error {
        decode::Error::Syntax(text) => WireError::Shape(text),
        _ => WireError::Shape("the message has more fields than its kind".to_owned()),
    })
}

/// Reads a scanned value that stands alone.
pub(crate) fn decode_value<T: DeserializeOwned>(scanned: &[u8]) -> Result<T, WireError> {
    give_types(scanned).map_err(|_| WireError::Shape("a value has another type".to_owned()))
}

#[expect(
    clippy::disallowed_methods,
    reason = "scanned bytes nest no deeper than an envelope may"
)]
fn give_types<'a, T: Deserialize<'a>>(scanned: &'a [u8]) -> Result<T, decode::Error> {
    rmp_serde::from_slice(scanned)
}

/// Appends a value; structs as arrays of their fields.
pub(crate) fn append<T: Serialize>(out: &mut Vec<u8>, value: &T) -> Result<(), WireError> {
    value
        .serialize(&mut rmp_serde::Serializer::new(out))
        .map_err(|_| WireError::Encode)
}

#[cfg(test)]
mod tests;
