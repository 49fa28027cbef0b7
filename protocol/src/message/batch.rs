//! Batches: events as opaque bytes, and what a server must know of them.

use serde::de::SeqAccess;
use serde::{Deserialize, Serialize};

use super::field;
use super::small::{BatchFlags, Encoding};
use crate::codec::{Body, Fields, write_behind_kind, write_bin_header};
use crate::error::WireError;

/// The number of a batch's kind.
pub(crate) const BATCH_KIND: u8 = 2;

/// Everything of a batch but its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchHeader {
    /// Its place in the stream.
    pub number: u64,
    /// The earliest time of its events, milliseconds since 1970 by the recorder's clock.
    pub first_event_ms: u64,
    /// The latest time of its events.
    pub last_event_ms: u64,
    /// How many events end in it: 0 in every part of an event but the last.
    pub events: u32,
    /// Whether it holds a keyframe.
    pub flags: BatchFlags,
    /// Which part of an event it is, from 1; 0 for a whole batch.
    pub part: u32,
    /// How many parts the event has; 0 for a whole batch.
    pub parts: u32,
    /// How many clicks are among its events.
    pub clicks: u32,
    /// How many inputs are among its events.
    pub inputs: u32,
    /// How many errors of the page are among its events.
    pub errors: u32,
    /// How the payload is written.
    pub encoding: Encoding,
    /// Bytes of the inflated payload.
    pub inflated_bytes: u64,
}

impl BatchHeader {
    /// Whether the batch is one part of an event.
    pub const fn is_part(&self) -> bool {
        self.parts > 0
    }

    /// Whether the batch begins an event that goes on in the next batch.
    pub const fn is_first_part(&self) -> bool {
        self.is_part() && self.part == 1
    }

    /// Whether the batch is the last part of an event.
    pub const fn is_last_part(&self) -> bool {
        self.is_part() && self.part == self.parts
    }
}

/// Events, or one part of an event.
///
/// Read and written by the [codec](crate::codec), field after field; to humans it shows header and
/// payload as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Batch<'a> {
    /// Everything but the payload.
    #[serde(flatten)]
    pub header: BatchHeader,
    /// MessagePack values one after the other, or a slice of one, encoded as the header says.
    #[serde(serialize_with = "field::write_bin")]
    pub payload: &'a [u8],
}

impl<'a> Body<'a> for Batch<'a> {
    fn read<A: SeqAccess<'a>>(fields: &mut Fields<A>) -> Result<Self, A::Error> {
        let header = BatchHeader::deserialize(&mut *fields)?;
        let Payload(payload) = fields.take("payload")?;
        Ok(Self { header, payload })
    }

    fn write(&self, kind: u8, out: &mut Vec<u8>) -> Result<(), WireError> {
        self.header
            .write_before_payload(kind, self.payload.len(), out)?;
        out.extend_from_slice(self.payload);
        Ok(())
    }
}

impl BatchHeader {
    /// Appends a batch of this kind up to its payload, of which `payload_len` bytes must follow.
    pub(crate) fn write_before_payload(
        &self,
        kind: u8,
        payload_len: usize,
        out: &mut Vec<u8>,
    ) -> Result<(), WireError> {
        write_behind_kind(kind, self, 1, out)?;
        write_bin_header(payload_len, out)
    }
}

/// The last field of a batch.
#[derive(Deserialize)]
struct Payload<'a>(#[serde(deserialize_with = "field::bin")] &'a [u8]);
