//! A visitor's tab, and its socket in memory.

use bytes::Bytes;
use footage_protocol::message::{BatchFlags, BatchHeader, Encoding, KeyframeCause};
use footage_protocol::{CloseCode, Decoded, FromServer, StreamId, decode_from_server};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use tokio::sync::mpsc;

use super::support::START_MS;
use crate::arrival::{Arrival, Kind, Message, RecorderSocket};
use crate::budget::Budget;
use crate::end::SocketEnd;
use crate::outbox::{Close, Outbox, Outgoing};
use crate::outcome::{Dropped, Ledger, Outcome};

/// A message whose payload is `events` times the value `nil`.
pub fn message(number: u64, events: usize, ledger: &Arc<Ledger>, budget: &Budget) -> Message {
    let header = BatchHeader {
        number,
        first_event_ms: START_MS,
        last_event_ms: START_MS,
        events: events as u32,
        flags: BatchFlags::NONE,
        part: 0,
        parts: 0,
        clicks: 0,
        inputs: 0,
        errors: 0,
        encoding: Encoding::Plain,
        inflated_bytes: events as u64,
    };
    Message {
        number,
        kind: Kind::Batch(header, Bytes::from(vec![0xc0; events])),
        wire_bytes: events,
        permit: budget.try_take(events).unwrap(),
        fate: ledger.arrival(),
    }
}

const BIN_HEADER_BYTES: u32 = 5;

/// One MessagePack value that holds so many bytes.
fn bin(bytes: u32) -> Bytes {
    let mut value = vec![0xc6];
    value.extend(bytes.to_be_bytes());
    value.resize((bytes + BIN_HEADER_BYTES) as usize, 0);
    Bytes::from(value)
}

/// The visitor's end of a socket.
pub struct Tab {
    pub stream: StreamId,
    arrivals: mpsc::Sender<Arrival>,
    log: Arc<Mutex<Log>>,
    ledger: Arc<Ledger>,
    budget: Budget,
}

#[derive(Default)]
struct Log {
    said: Vec<Bytes>,
    closed: Option<CloseCode>,
}

impl Tab {
    pub fn open(
        stream: StreamId,
        ledger: Arc<Ledger>,
        budget: Budget,
    ) -> (Self, Box<dyn RecorderSocket>) {
        let (arrivals, arriving) = mpsc::channel(10_000);
        let log = Arc::<Mutex<Log>>::default();
        let socket = MemorySocket {
            arriving,
            outbox: Outbox::default(),
            log: Arc::clone(&log),
            done: false,
        };
        let tab = Self {
            stream,
            arrivals,
            log,
            ledger,
            budget,
        };
        (tab, Box::new(socket))
    }

    pub fn send(&self, number: u64) {
        self.send_bytes(number, 10);
    }

    pub fn send_bytes(&self, number: u64, bytes: usize) {
        self.deliver(message(number, bytes, &self.ledger, &self.budget));
    }

    /// Sends a batch of one event, some bytes, after `change` to its header.
    pub fn send_batch(&self, number: u64, bytes: u32, change: impl FnOnce(&mut BatchHeader)) {
        let mut batch = message(number, 1, &self.ledger, &self.budget);
        if let Kind::Batch(header, payload) = &mut batch.kind {
            *payload = bin(bytes);
            header.inflated_bytes = payload.len() as u64;
            change(header);
        }
        self.deliver(batch);
    }

    /// Sends a keyframe in parts, with the numbers from `number` on.
    pub fn send_keyframe(&self, number: u64, parts: u32, part_bytes: u32) {
        let whole = bin(parts * part_bytes - BIN_HEADER_BYTES);
        for (index, slice) in whole.chunks(part_bytes as usize).enumerate() {
            let mut part = message(number + index as u64, 1, &self.ledger, &self.budget);
            if let Kind::Batch(header, payload) = &mut part.kind {
                *payload = whole.slice_ref(slice);
                header.inflated_bytes = u64::from(part_bytes);
                header.flags = BatchFlags::KEYFRAME;
                header.part = index as u32 + 1;
                header.parts = parts;
                header.events = u32::from(header.is_last_part());
            }
            self.deliver(part);
        }
    }

    pub fn send_gap(&self, number: u64, first: u64, last: u64) {
        let mut gap = message(number, 10, &self.ledger, &self.budget);
        gap.kind = Kind::Gap {
            first,
            last,
            message: Bytes::from(format!("{first} {last}")),
        };
        self.deliver(gap);
    }

    pub fn send_end(&self, number: u64) {
        let mut end = message(number, 10, &self.ledger, &self.budget);
        end.kind = Kind::End(Bytes::from_static(b"end"));
        self.deliver(end);
    }

    pub fn hang_up(&self) {
        let close = Close::bare(SocketEnd::Closed, CloseCode::Closed);
        let _ = self.arrivals.try_send(Arrival::Ended(close));
    }

    /// A socket that the server closed takes nothing more, and drops what comes.
    fn deliver(&self, message: Message) {
        if let Err(refused) = self.arrivals.try_send(Arrival::Message(message))
            && let Arrival::Message(message) = refused.into_inner()
        {
            message.fate.decide(Outcome::Dropped(Dropped::SocketGone));
        }
    }

    pub fn said(&self) -> impl Iterator<Item = Bytes> {
        self.log.lock().unwrap().said.clone().into_iter()
    }

    /// Why keyframes were asked for, in order.
    pub fn asked(&self) -> Vec<KeyframeCause> {
        self.said()
            .filter_map(|said| match message_of(&said) {
                FromServer::Keyframe(request) => Some(request.cause),
                _ => None,
            })
            .collect()
    }

    pub fn acks(&self) -> usize {
        self.said()
            .filter(|said| matches!(message_of(said), FromServer::Ack(_)))
            .count()
    }

    pub fn acked(&self) -> u64 {
        self.said()
            .filter_map(|said| match message_of(&said) {
                FromServer::Ack(ack) => Some(ack.up_to),
                FromServer::Welcome(welcome) => Some(welcome.durable.up_to()),
                _ => None,
            })
            .max()
            .unwrap_or(0)
    }

    pub fn closed_with(&self) -> Option<CloseCode> {
        self.log.lock().unwrap().closed
    }
}

pub fn message_of(bytes: &[u8]) -> FromServer<'_> {
    match decode_from_server(bytes).unwrap() {
        Decoded::Message(message) => message,
        Decoded::Skipped(kind) => panic!("unknown kind {kind}"),
    }
}

pub fn name_of(decoded: Decoded<FromServer<'_>>) -> &'static str {
    match decoded {
        Decoded::Message(message) => message.name(),
        Decoded::Skipped(_) => "skipped",
    }
}

struct MemorySocket {
    arriving: mpsc::Receiver<Arrival>,
    outbox: Outbox,
    log: Arc<Mutex<Log>>,
    done: bool,
}

impl RecorderSocket for MemorySocket {
    fn outbox(&self) -> Outbox {
        self.outbox.clone()
    }

    fn settle(&mut self) {}
}

impl futures_util::Stream for MemorySocket {
    type Item = Arrival;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Arrival>> {
        if self.done {
            return Poll::Ready(None);
        }
        while let Some(outgoing) = self.outbox.next(context) {
            match outgoing {
                Outgoing::Message(message) => self.log.lock().unwrap().said.push(message),
                Outgoing::Close(close) => {
                    self.log.lock().unwrap().closed = Some(close.code);
                    self.done = true;
                    return Poll::Ready(Some(Arrival::Ended(close)));
                }
            }
        }
        let arrived = self.arriving.poll_recv(context);
        if matches!(arrived, Poll::Ready(Some(Arrival::Ended(_)) | None)) {
            self.done = true;
        }
        arrived
    }
}

/// What was sent to a socket that is gone was never received.
impl Drop for MemorySocket {
    fn drop(&mut self) {
        while let Ok(arrival) = self.arriving.try_recv() {
            if let Arrival::Message(message) = arrival {
                message.fate.decide(Outcome::Dropped(Dropped::SocketGone));
            }
        }
    }
}
