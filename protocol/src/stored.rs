//! The stored form: the numbered messages of one stream, as a chunk holds them.
//!
//! A head, then records one after the other. Batches are stored inflated. What a chunk is
//! compressed with is not known here.

use serde::{Deserialize, Serialize};

use crate::codec::{
    Decoded, append, decode_of_any_length, decode_value, encode_of_any_length, split_value,
};
use crate::error::WireError;
use crate::id::StreamId;
use crate::message::{BATCH_KIND, BatchHeader, Encoding, FromRecorder};

/// The marker of an array of two elements.
const PAIR: u8 = 0x92;

/// Begins a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChunkHead {
    /// The stream of the messages.
    pub stream: StreamId,
    /// The number of the first message.
    pub first_number: u64,
    /// The number of the last message.
    pub last_number: u64,
}

/// One stored message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Record<'a> {
    /// The server's clock when the message came, milliseconds since 1970.
    pub received_at_ms: u64,
    /// The message; a batch in encoding 0.
    pub message: FromRecorder<'a>,
}

/// Appends the head of a chunk.
///
/// # Errors
///
/// [`WireError::Encode`], which is a fault of this crate.
pub fn write_head(out: &mut Vec<u8>, head: &ChunkHead) -> Result<(), WireError> {
    append(out, head)
}

/// Appends a record.
///
/// # Errors
///
/// The message goes beyond a limit, or is a batch that is not inflated; `out` is left as it was.
pub fn write_record(
    out: &mut Vec<u8>,
    received_at_ms: u64,
    message: &FromRecorder<'_>,
) -> Result<(), WireError> {
    check_is_plain(message)?;
    let start = out.len();
    out.push(PAIR);
    let written = append(out, &received_at_ms).and_then(|()| encode_of_any_length(out, message));
    if written.is_err() {
        out.truncate(start);
    }
    written
}

/// Appends the record of a batch up to its payload; the caller lets `payload_len` bytes of inflated
/// payload follow, from wherever they are.
///
/// `header` may be the one that came, whatever its encoding.
///
/// # Errors
///
/// The payload is longer than a bin can be.
pub fn batch_record_prefix(
    out: &mut Vec<u8>,
    received_at_ms: u64,
    header: &BatchHeader,
    payload_len: usize,
) -> Result<(), WireError> {
    let plain = BatchHeader {
        encoding: Encoding::Plain,
        inflated_bytes: payload_len as u64,
        ..*header
    };
    out.push(PAIR);
    append(out, &received_at_ms)?;
    plain.write_before_payload(BATCH_KIND, payload_len, out)
}

/// Reads an inflated chunk: its head, and its records one by one.
///
/// # Errors
///
/// The bytes do not begin with a head.
pub fn read_chunk(chunk: &[u8]) -> Result<(ChunkHead, Records<'_>), WireError> {
    let mut rest = chunk;
    let head = decode_value(split_value(&mut rest)?)?;
    Ok((head, Records { rest }))
}

/// The records of a chunk; ends with the bytes or after the first error.
///
/// Messages of a kind this version does not know are passed over.
#[derive(Clone, Debug)]
pub struct Records<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Record<'a>, WireError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.rest.is_empty() {
            match self.read_next() {
                Ok(None) => {}
                Ok(Some(record)) => return Some(Ok(record)),
                Err(error) => {
                    self.rest = &[];
                    return Some(Err(error));
                }
            }
        }
        None
    }
}

impl<'a> Records<'a> {
    /// Reads a record; nothing when its message is of an unknown kind.
    fn read_next(&mut self) -> Result<Option<Record<'a>>, WireError> {
        let record = split_value(&mut self.rest)?;
        let [PAIR, fields @ ..] = record else {
            return Err(WireError::Shape("a record is a pair".to_owned()));
        };
        let mut message = fields;
        let received_at_ms = decode_value(split_value(&mut message)?)?;
        let Decoded::Message(message) = decode_of_any_length(message)? else {
            return Ok(None);
        };
        check_is_plain(&message)?;
        Ok(Some(Record {
            received_at_ms,
            message,
        }))
    }
}

fn check_is_plain(message: &FromRecorder<'_>) -> Result<(), WireError> {
    match message {
        FromRecorder::Batch(batch) if batch.header.encoding != Encoding::Plain => {
            Err(WireError::Field {
                field: "encoding",
                rule: "must be 0 in a stored batch",
            })
        }
        _ => Ok(()),
    }
}
