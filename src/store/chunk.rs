//! Chunks: runs of messages in the stored form, each compressed into one zstd frame.

use std::io::Write;
use std::ops::Range;

use footage_actors::ports::{Content, Kept};
use footage_protocol::message::BatchHeader;
use footage_protocol::stored::{ChunkHead, batch_record_prefix, write_head, write_record};
use footage_protocol::{Decoded, StreamId, decode_from_recorder};
use zstd::stream::write::Encoder;
use zstd::zstd_safe::{CCtx, CParameter};

use super::failure::Failure;

/// `chunks.codec` of one zstd frame without a dictionary.
pub const CODEC_ZSTD: i16 = 1;
/// A chunk ends before the message that would take it above this, inflated bytes.
const RAW_BYTES_MAX: usize = 4 << 20;
/// Fast; its window log of 19 is far below the 23 that browsers take.
const LEVEL: i32 = 1;

/// One row of `chunks`, without its key.
#[derive(Debug)]
pub struct Chunk {
    pub first: u64,
    pub last: u64,
    /// The visitor's clock at the first and last event; none where no batch is within.
    pub event_ms: Option<(u64, u64)>,
    pub received_at_ms: u64,
    pub messages: u64,
    pub events: u64,
    /// Inflated bytes of the frame.
    pub raw_bytes: u64,
    /// Where the first record that begins a keyframe lies in the inflated frame. A keyframe whose
    /// beginning is in the chunk before does not count: no replay begins without its meta event.
    pub keyframe_offset: Option<u64>,
    /// The frame.
    pub body: Vec<u8>,
}

/// Compresses chunk after chunk in one context.
pub struct ChunkBuilder {
    context: CCtx<'static>,
}

impl ChunkBuilder {
    /// # Errors
    /// When zstd has no memory.
    pub fn new() -> Result<Self, Failure> {
        let mut context = CCtx::try_create()
            .ok_or_else(|| std::io::Error::from(std::io::ErrorKind::OutOfMemory))?;
        for parameter in [
            CParameter::CompressionLevel(LEVEL),
            CParameter::ChecksumFlag(true),
        ] {
            context.set_parameter(parameter).map_err(zstd_error)?;
        }
        Ok(Self { context })
    }

    /// Builds the chunks of messages in ascending order. A chunk has no hole, so that chunks in
    /// the order of their first numbers hold all numbers in order, whenever they came.
    ///
    /// # Errors
    /// When a message is none.
    pub fn build(&mut self, stream: StreamId, messages: &[Kept]) -> Result<Vec<Chunk>, Failure> {
        let runs = messages.chunk_by(|one, next| one.number + 1 == next.number);
        let sized = runs.flat_map(runs_of_bounded_size);
        sized.map(|run| self.frame(stream, run)).collect()
    }

    fn frame(&mut self, stream: StreamId, run: &[Kept]) -> Result<Chunk, Failure> {
        let (Some(first), Some(last)) = (run.first(), run.last()) else {
            return Err(Failure::Data("a chunk without messages".to_owned()));
        };
        let (first, last) = (first.number, last.number);
        let head = ChunkHead {
            stream,
            first_number: first,
            last_number: last,
        };
        let outline = Outline::of(&head, run)?;
        let mut chunk = Chunk {
            first,
            last,
            event_ms: None,
            received_at_ms: 0,
            messages: run.len() as u64,
            events: 0,
            raw_bytes: outline.raw_bytes,
            keyframe_offset: outline.keyframe_offset,
            body: Vec::new(),
        };
        for message in run {
            chunk.received_at_ms = chunk.received_at_ms.max(message.received_at_ms);
            if let Content::Batch(header, _) = &message.content {
                chunk.events += u64::from(header.events);
                chunk.event_ms = Some(spanned(chunk.event_ms, header));
            }
        }
        chunk.body = self.compress(&outline, run)?;
        Ok(chunk)
    }

    /// Streams envelopes and payloads in turn, so that no payload is copied.
    fn compress(&mut self, outline: &Outline, run: &[Kept]) -> std::io::Result<Vec<u8>> {
        self.context
            .set_pledged_src_size(Some(outline.raw_bytes))
            .map_err(zstd_error)?;
        let mut encoder = Encoder::with_context(Vec::new(), &mut self.context);
        encoder.write_all(&outline.envelopes[..outline.head_bytes])?;
        for (message, envelope) in run.iter().zip(&outline.records) {
            encoder.write_all(&outline.envelopes[envelope.clone()])?;
            if let Content::Batch(_, payload) = &message.content {
                encoder.write_all(payload)?;
            }
        }
        encoder.finish()
    }
}

/// Everything of a chunk but the payloads, and what it comes to.
struct Outline {
    /// The head, then each record, of a batch up to its payload.
    envelopes: Vec<u8>,
    head_bytes: usize,
    /// Where in `envelopes` each record lies.
    records: Vec<Range<usize>>,
    raw_bytes: u64,
    keyframe_offset: Option<u64>,
}

impl Outline {
    fn of(head: &ChunkHead, run: &[Kept]) -> Result<Self, Failure> {
        let mut envelopes = Vec::new();
        write_head(&mut envelopes, head).map_err(not_a_message)?;
        let head_bytes = envelopes.len();
        let mut records = Vec::with_capacity(run.len());
        let mut payload_bytes = 0;
        let mut keyframe_offset = None;
        // Before the parts of a snapshot comes the batch with its meta event.
        let mut before = None;
        for message in run {
            let start = envelopes.len();
            let offset = (start + payload_bytes) as u64;
            match &message.content {
                Content::Batch(header, payload) => {
                    keyframe_offset = keyframe_offset.or_else(|| match header.part {
                        _ if !header.flags.is_keyframe() => None,
                        0 => Some(offset),
                        1 => before,
                        _ => None,
                    });
                    before = Some(offset);
                    let at_ms = message.received_at_ms;
                    batch_record_prefix(&mut envelopes, at_ms, header, payload.len())
                        .map_err(not_a_message)?;
                    payload_bytes += payload.len();
                }
                Content::Message(bytes) => {
                    before = None;
                    let Decoded::Message(decoded) =
                        decode_from_recorder(bytes).map_err(not_a_message)?
                    else {
                        return Err(Failure::Data("a message of an unknown kind".to_owned()));
                    };
                    write_record(&mut envelopes, message.received_at_ms, &decoded)
                        .map_err(not_a_message)?;
                }
            }
            records.push(start..envelopes.len());
        }
        let raw_bytes = (envelopes.len() + payload_bytes) as u64;
        Ok(Self {
            envelopes,
            head_bytes,
            records,
            raw_bytes,
            keyframe_offset,
        })
    }
}

/// Cuts a run where it would grow above [`RAW_BYTES_MAX`].
fn runs_of_bounded_size(run: &[Kept]) -> impl Iterator<Item = &[Kept]> {
    let mut rest = run;
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let fitting = rest
            .iter()
            .take_while(|message| {
                bytes += message.content.len();
                bytes <= RAW_BYTES_MAX
            })
            .count();
        if rest.is_empty() {
            return None;
        }
        let (this, next) = rest.split_at(fitting.max(1));
        rest = next;
        Some(this)
    })
}

/// A span of times, with a batch added.
pub fn spanned(span: Option<(u64, u64)>, header: &BatchHeader) -> (u64, u64) {
    let (first, last) = span.unwrap_or((header.first_event_ms, header.last_event_ms));
    (
        first.min(header.first_event_ms),
        last.max(header.last_event_ms),
    )
}

fn zstd_error(code: usize) -> std::io::Error {
    std::io::Error::other(zstd::zstd_safe::get_error_name(code))
}

fn not_a_message(error: footage_protocol::WireError) -> Failure {
    Failure::Data(format!("a message cannot be stored: {error}"))
}
