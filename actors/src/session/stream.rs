//! One stream of a session: which numbers it has, what is not yet durable, and the rules a message
//! must keep to be taken.

use bytes::Bytes;
use footage_protocol::message::{BatchHeader, Encoding};
use footage_protocol::{
    CloseCode, Ranges, ScanError, ScanLimits, Scanner, StreamId, WireError, settings,
};
use std::sync::Arc;

use crate::arrival::{Kind, Message};
use crate::budget::Permit;
use crate::inflate::{InflateError, inflate};
use crate::outcome::{Outcome, Tracked};
use crate::ports::{Content, Kept, KeptStream, StreamOpening};
use crate::session::keyframe::Tail;

/// A stream as its session knows it.
#[derive(Debug)]
pub(super) struct Stream {
    pub id: StreamId,
    /// The page before it in the same tab.
    pub navigated_from: Option<StreamId>,
    /// What its hello said, until storage has it.
    pub opening: Arc<StreamOpening>,
    /// Numbers taken, or named in a gap, durable or not.
    pub received: Ranges,
    /// Numbers that are durable, or named in a durable gap.
    pub durable: Ranges,
    /// Taken and not yet handed to the writer.
    pub buffer: Vec<Held>,
    /// The number of its `end`.
    pub last_number: Option<u64>,
    /// What came since its last keyframe.
    pub tail: Tail,
    /// The event whose parts are arriving.
    parts: Option<Parts>,
}

/// A message that was taken and is not yet durable.
#[derive(Debug)]
pub(super) struct Held {
    pub kept: Kept,
    /// The numbers that are settled when it is durable: its own, and those of its gap.
    pub gap: Option<(u64, u64)>,
    pub ends: bool,
    pub fate: Tracked,
    pub _permit: Permit,
}

/// Follows the parts of one event, so that the scanner sees it whole.
#[derive(Debug)]
struct Parts {
    next_number: u64,
    next_part: u32,
    scanner: Box<Scanner>,
}

/// What became of a message at the door.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// Buffered. Holds its inflated bytes.
    New { inflated_bytes: usize },
    /// Had it before. True when it is durable already, and so to be acknowledged again.
    Duplicate { durable: bool },
}

/// Why a message was not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotTaken {
    #[error(
        "number {number} follows {previous} and no gap was announced; send {expected} or a gap first"
    )]
    OutOfOrder {
        number: u64,
        previous: u64,
        expected: u64,
    },
    #[error("number {number} comes after the end {last} of the stream")]
    AfterEnd { number: u64, last: u64 },
    #[error("more than {most} holes between numbers; send the missing ones first")]
    TooManyHoles { most: usize },
    #[error(transparent)]
    Inflate(#[from] InflateError),
    #[error(transparent)]
    Scan(#[from] ScanError),
    #[error("{found} events in a payload whose header says {declared}")]
    EventCount { found: u64, declared: u64 },
}

impl NotTaken {
    pub fn code(&self) -> CloseCode {
        match self {
            Self::OutOfOrder { .. } | Self::AfterEnd { .. } => CloseCode::OutOfOrder,
            Self::Scan(error) => WireError::from(*error).close_code(),
            Self::Inflate(_) | Self::TooManyHoles { .. } | Self::EventCount { .. } => {
                CloseCode::Malformed
            }
        }
    }
}

impl Stream {
    pub fn new(id: StreamId, opening: Arc<StreamOpening>) -> Self {
        Self {
            id,
            navigated_from: opening.navigated_from,
            opening,
            received: Ranges::default(),
            durable: Ranges::default(),
            buffer: Vec::new(),
            last_number: None,
            tail: Tail::new(),
            parts: None,
        }
    }

    /// A stream that storage already knows.
    pub fn kept(kept: KeptStream, opening: Arc<StreamOpening>) -> Self {
        let last_number = if kept.ended {
            kept.received.last()
        } else {
            None
        };
        Self {
            received: kept.received.clone(),
            durable: kept.received,
            last_number,
            ..Self::new(kept.stream, opening)
        }
    }

    pub fn has_ended(&self) -> bool {
        self.last_number.is_some()
    }

    /// Whether it has the number already, and if so whether durably.
    pub fn has(&self, number: u64) -> Option<Taken> {
        self.received.contains(number).then(|| Taken::Duplicate {
            durable: self.durable.contains(number),
        })
    }

    /// Takes a message it does not have, or says why not. `previous` is the number before it on the
    /// same socket.
    pub fn take(
        &mut self,
        message: Message,
        previous: Option<u64>,
        received_at_ms: u64,
    ) -> Result<Taken, NotTaken> {
        match self.check(&message, previous) {
            Ok(content) => Ok(self.hold(message, content, received_at_ms)),
            Err(reason) => {
                message.fate.decide(Outcome::of_close(reason.code()));
                Err(reason)
            }
        }
    }

    fn check(&mut self, message: &Message, previous: Option<u64>) -> Result<Content, NotTaken> {
        let number = message.number;
        if let Some(last) = self.last_number.filter(|&last| number > last) {
            return Err(NotTaken::AfterEnd { number, last });
        }
        if let Some(previous) = previous {
            self.check_order(message, previous)?;
        }
        let most = settings().limits.ranges_max as usize;
        let joins = self.received.contains(number - 1) || self.received.contains(number + 1);
        if self.received.len() >= most && !joins {
            return Err(NotTaken::TooManyHoles { most });
        }
        match &message.kind {
            Kind::Batch(header, payload) => {
                let inflated = match header.encoding {
                    Encoding::Plain => payload.clone(),
                    Encoding::DeflateRaw => inflate(payload, header.inflated_bytes as usize)?,
                };
                self.scan(number, header, &inflated)?;
                Ok(Content::Batch(*header, inflated))
            }
            Kind::Gap { message, .. } | Kind::End(message) | Kind::Other(message) => {
                Ok(Content::Message(message.clone()))
            }
        }
    }

    /// On one socket numbers ascend, and a hole must be filled by what arrived elsewhere or by a gap.
    fn check_order(&self, message: &Message, previous: u64) -> Result<(), NotTaken> {
        let number = message.number;
        let mut expected = self.first_missing_from(previous + 1);
        if let Kind::Gap { first, last, .. } = message.kind
            && (first..=last).contains(&expected)
        {
            expected = self.first_missing_from(last + 1);
        }
        if number == expected {
            return Ok(());
        }
        Err(NotTaken::OutOfOrder {
            number,
            previous,
            expected,
        })
    }

    fn first_missing_from(&self, number: u64) -> u64 {
        self.received
            .iter()
            .find(|range| range.contains(&number))
            .map_or(number, |range| range.end() + 1)
    }

    fn scan(&mut self, number: u64, header: &BatchHeader, payload: &Bytes) -> Result<(), NotTaken> {
        if !header.is_part() {
            self.parts = None;
            let mut scanner = Scanner::new(ScanLimits::of_batch());
            scanner.feed(payload)?;
            return check_count(scanner.finish()?.values, u64::from(header.events));
        }
        if header.is_first_part() {
            self.parts = Some(Parts {
                next_number: number,
                next_part: 1,
                scanner: Box::new(Scanner::new(ScanLimits::of_event())),
            });
        }
        // Parts whose beginning arrived before this actor lived are kept unscanned: readers check
        // again when they put the event together.
        let follows = |parts: &Parts| parts.next_number == number && parts.next_part == header.part;
        let Some(mut parts) = self.parts.take().filter(follows) else {
            return Ok(());
        };
        parts.scanner.feed(payload)?;
        if header.is_last_part() {
            return check_count(parts.scanner.finish()?.values, 1);
        }
        parts.next_number += 1;
        parts.next_part += 1;
        self.parts = Some(parts);
        Ok(())
    }

    fn hold(&mut self, message: Message, content: Content, received_at_ms: u64) -> Taken {
        let number = message.number;
        let inflated_bytes = content.len();
        let gap = match message.kind {
            Kind::Gap { first, last, .. } => Some((first, last)),
            Kind::Batch(..) | Kind::End(_) | Kind::Other(_) => None,
        };
        let ends = matches!(message.kind, Kind::End(_));
        if let Content::Batch(header, _) = &content {
            self.tail.count(header);
        }
        self.received.insert(number..=number);
        if let Some((first, last)) = gap {
            self.received.insert(first..=last);
        }
        if ends {
            self.last_number = Some(number);
        }
        self.buffer.push(Held {
            kept: Kept {
                number,
                received_at_ms,
                content,
            },
            gap,
            ends,
            fate: message.fate,
            _permit: message.permit,
        });
        Taken::New { inflated_bytes }
    }

    /// Counts a held message as durable.
    pub fn settle(&mut self, held: &Held) {
        self.durable.insert(held.kept.number..=held.kept.number);
        if let Some((first, last)) = held.gap {
            self.durable.insert(first..=last);
        }
    }

    /// Forgets that a held message was taken: storage refused it, and it may be sent again.
    pub fn forget(&mut self, held: &Held) {
        let mut forgotten = Ranges::from(held.kept.number..=held.kept.number);
        if let Some((first, last)) = held.gap {
            forgotten.insert(first..=last);
        }
        self.received = self.received.subtract(&forgotten);
        if held.ends {
            self.last_number = None;
        }
    }
}

fn check_count(found: u64, declared: u64) -> Result<(), NotTaken> {
    if found == declared {
        return Ok(());
    }
    Err(NotTaken::EventCount { found, declared })
}
