//! One stream's part of a write, ready for the database: its chunks, and what its messages say for
//! the columns.

use std::sync::Arc;

use footage_actors::ports::{Content, Kept, SessionKey, StreamOpening};
use footage_protocol::message::{BatchHeader, PageCause};
use footage_protocol::{Decoded, FromRecorder, Ranges, StreamId, decode_from_recorder};

use super::chunk::{Chunk, ChunkBuilder, spanned};
use super::failure::Failure;
use super::rows::{GapRow, PageRow, Place, bytea, text};

/// Names a stream; in the order of the primary key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamKey {
    pub session: SessionKey,
    pub stream: StreamId,
}

/// A function of a stream's key, opening and messages.
#[derive(Debug)]
pub struct Part {
    pub key: StreamKey,
    pub opened: Arc<StreamOpening>,
    /// The numbers of the messages.
    pub numbers: Ranges,
    /// The numbers that gaps among them give up.
    pub given_up: Ranges,
    /// The number of the `end`.
    pub last_number: Option<u64>,
    pub chunks: Vec<Chunk>,
    pub pages: Vec<PageRow>,
    pub gaps: Vec<GapRow>,
    pub tally: Tally,
}

/// What a session's counters grow by.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub pages: u64,
    pub messages: u64,
    pub batches: u64,
    pub events: u64,
    pub clicks: u64,
    pub inputs: u64,
    pub errors: u64,
    pub raw_bytes: u64,
    pub stored_bytes: u64,
    /// The visitor's clock at the first and last event.
    pub event_ms: Option<(u64, u64)>,
    /// The server's clock at the last message.
    pub received_at_ms: Option<u64>,
    /// The last `identify`: the server's clock, and the name.
    pub identified: Option<(u64, String)>,
    /// The last page: the server's clock, address and title.
    pub page: Option<(u64, String, String)>,
}

impl Part {
    /// # Errors
    /// When a message is none, or zstd has no memory.
    pub fn build(
        builder: &mut ChunkBuilder,
        key: StreamKey,
        opened: Arc<StreamOpening>,
        messages: &[Kept],
    ) -> Result<Self, Failure> {
        if !messages.is_sorted_by(|one, next| one.number < next.number) {
            return Err(Failure::Data("numbers of a write must ascend".to_owned()));
        }
        let mut part = Self {
            key,
            opened,
            numbers: messages
                .iter()
                .map(|message| message.number..=message.number)
                .collect(),
            given_up: Ranges::new(),
            last_number: None,
            chunks: builder.build(key.stream, messages)?,
            pages: Vec::new(),
            gaps: Vec::new(),
            tally: Tally::default(),
        };
        for message in messages {
            part.tally.messages += 1;
            part.tally.raw_bytes += message.content.len() as u64;
            part.tally.received_at_ms = part.tally.received_at_ms.max(Some(message.received_at_ms));
            match &message.content {
                Content::Batch(header, _) => part.tally.count(header),
                Content::Message(bytes) => part.note(message.received_at_ms, bytes)?,
            }
        }
        part.tally.stored_bytes = part
            .chunks
            .iter()
            .map(|chunk| chunk.body.len() as u64)
            .sum();
        Ok(part)
    }

    /// The page load itself, as its hello told it.
    pub fn opening_page(&self) -> PageRow {
        self.page_row(
            0,
            self.opened.opened_at_ms,
            self.opened.opened_at_ms,
            (&self.opened.url, &self.opened.title),
            PageCause::Load,
        )
    }

    /// Notes what a message says for the columns.
    fn note(&mut self, received_at_ms: u64, bytes: &[u8]) -> Result<(), Failure> {
        let decoded = decode_from_recorder(bytes)
            .map_err(|error| Failure::Data(format!("a message cannot be stored: {error}")))?;
        match decoded {
            Decoded::Message(FromRecorder::Page(view)) => {
                let is_load = view.cause == PageCause::Load;
                let number = if is_load { 0 } else { view.number };
                let told = (view.page.url, view.page.title);
                let row = self.page_row(number, view.at_ms, received_at_ms, told, view.cause);
                self.tally.pages += u64::from(!is_load);
                self.tally.page = Some((received_at_ms, row.url.clone(), row.title.clone()));
                self.pages.retain(|page| page.number != number);
                self.pages.push(row);
            }
            Decoded::Message(FromRecorder::Identify(identify)) => {
                self.tally.identified = Some((received_at_ms, text(identify.user)));
            }
            Decoded::Message(FromRecorder::Gap(gap)) => {
                self.given_up.insert(gap.first..=gap.last);
                self.gaps.push(GapRow {
                    place: Place(self.key.session),
                    session_id: self.key.session.session,
                    stream_id: bytea(self.key.stream.as_bytes()),
                    number: gap.number,
                    first_seq: gap.first,
                    last_seq: gap.last,
                    cause: gap.cause.name(),
                    events: gap.events,
                    at_ms: gap.at_ms,
                });
            }
            Decoded::Message(FromRecorder::End(end)) => self.last_number = Some(end.number),
            Decoded::Message(_) | Decoded::Skipped(_) => {}
        }
        Ok(())
    }

    fn page_row(
        &self,
        number: u64,
        at_ms: u64,
        received_at_ms: u64,
        (url, title): (&str, &str),
        cause: PageCause,
    ) -> PageRow {
        PageRow {
            place: Place(self.key.session),
            session_id: self.key.session.session,
            stream_id: bytea(self.key.stream.as_bytes()),
            number,
            at_ms,
            received_at_ms,
            url: text(url),
            title: text(title),
            cause: cause.name(),
        }
    }
}

impl Tally {
    fn count(&mut self, header: &BatchHeader) {
        self.batches += 1;
        self.events += u64::from(header.events);
        self.clicks += u64::from(header.clicks);
        self.inputs += u64::from(header.inputs);
        self.errors += u64::from(header.errors);
        self.event_ms = Some(spanned(self.event_ms, header));
    }

    /// Adds the tally of another stream of the session.
    pub fn add(&mut self, other: &Self) {
        self.pages += other.pages;
        self.messages += other.messages;
        self.batches += other.batches;
        self.events += other.events;
        self.clicks += other.clicks;
        self.inputs += other.inputs;
        self.errors += other.errors;
        self.raw_bytes += other.raw_bytes;
        self.stored_bytes += other.stored_bytes;
        self.received_at_ms = self.received_at_ms.max(other.received_at_ms);
        self.identified = self.identified.take().max(other.identified.clone());
        self.page = self.page.take().max(other.page.clone());
        self.event_ms = match (self.event_ms, other.event_ms) {
            (Some((first, last)), Some((other_first, other_last))) => {
                Some((first.min(other_first), last.max(other_last)))
            }
            (one, other) => one.or(other),
        };
    }
}
