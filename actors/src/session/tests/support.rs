//! Storage, sockets and a session's world in memory.

use bytes::Bytes;
use footage_protocol::message::{BatchFlags, BatchHeader, Encoding};
use footage_protocol::{
    AccountId, CloseCode, Decoded, FromServer, PolicyHash, Ranges, SessionId, SiteId, StreamId,
    VisitorId, decode_from_server,
};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::account::Admission;
use crate::arbiters::start_session;
use crate::arrival::{Arrival, Kind, Message, RecorderSocket};
use crate::budget::Budget;
use crate::clock::Clock;
use crate::end::{SessionEnd, SocketEnd};
use crate::limits::{ACCOUNT_WORDS, Meter, Rate, SessionLimits, Slots};
use crate::outbox::{Close, Outbox, Outgoing};
use crate::outcome::{Dropped, Ledger, Outcome};
use crate::ports::{
    Content, KeptSession, KeptStream, SessionKey, SessionWrite, Storage, StorageError,
    StreamOpening, StreamOutcome, WriteOutcome,
};
use crate::registry::Registry;
use crate::session::{Attach, Birth, Decline, Drain, Hello, Post, Shared};
use crate::writer::Writer;

const START_MS: u64 = 1_700_000_000_000;

/// Runs a test on an actor system whose time jumps when everybody waits.
pub fn in_virtual_time<Test: Future<Output = ()>>(test: Test) {
    let system = actix::System::with_tokio_rt(|| {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap()
    });
    system.block_on(test);
}

pub fn stream(number: u8) -> StreamId {
    StreamId([number; 8])
}

/// One session, its storage, and everything around them.
pub struct Stage {
    pub storage: Arc<MemoryStorage>,
    pub shared: Arc<Shared>,
    pub ledger: Arc<Ledger>,
    key: SessionKey,
    budget: Budget,
}

impl Stage {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test is on an arbiter of its own"
    )]
    pub fn new() -> Self {
        let storage = Arc::new(MemoryStorage::default());
        let as_storage: Arc<dyn Storage> = storage.clone();
        let shared = Arc::new(Shared {
            limits: SessionLimits::default(),
            clock: Clock::Virtual {
                start_ms: START_MS,
                since: Instant::now(),
            },
            storage: as_storage.clone(),
            writer: actix::Actor::start(Writer::new(as_storage)),
            registry: Registry::default(),
        });
        Self {
            storage,
            shared,
            ledger: Arc::default(),
            key: SessionKey {
                account: AccountId(1),
                session: SessionId::new(START_MS, &[1; 10]),
            },
            budget: Budget::new(1 << 20),
        }
    }

    fn session(&self) -> actix::Addr<crate::session::Session> {
        let plenty = Rate {
            per_s: 1_000_000,
            burst: 1_000_000,
        };
        let slots = Slots::new("sessions", 10);
        let birth = Birth {
            key: self.key,
            site: SiteId(1),
            visitor: VisitorId([1; 16]),
            may_be_kept: true,
            admission: Admission {
                meter: Arc::new(Meter::new(plenty, plenty, ACCOUNT_WORDS)),
                slot: slots.take().unwrap(),
                node_slot: slots.take().unwrap(),
            },
            shared: Arc::clone(&self.shared),
        };
        self.shared
            .registry
            .find_or_start(self.key, || start_session(birth))
    }

    pub async fn visit(&self, stream: StreamId) -> Tab {
        self.try_visit(stream, None)
            .await
            .expect("the session takes the socket")
    }

    pub async fn try_visit(
        &self,
        stream: StreamId,
        navigated_from: Option<StreamId>,
    ) -> Option<Tab> {
        let (arrivals, arriving) = mpsc::channel(10_000);
        let outbox = Outbox::default();
        let log = Arc::<Mutex<Log>>::default();
        let socket = MemorySocket {
            arriving,
            outbox: outbox.clone(),
            log: Arc::clone(&log),
            done: false,
        };
        let attach = Attach {
            hello: hello(stream, navigated_from),
            socket: Box::new(socket),
        };
        let attached = self.session().send(attach).await.unwrap();
        attached.ok().map(|()| Tab {
            stream,
            arrivals,
            log,
            ledger: Arc::clone(&self.ledger),
            budget: self.budget.clone(),
        })
    }

    pub async fn post(&self, stream: StreamId, numbers: &[u64]) -> Result<Bytes, Decline> {
        let messages = numbers
            .iter()
            .map(|&number| message(number, 10, &self.ledger, &self.budget))
            .collect();
        let hello = hello(stream, None);
        let posted = self.session().send(Post { hello, messages }).await.unwrap();
        posted.map_err(|(decline, _)| decline)
    }

    pub async fn drain(&self) {
        self.session().send(Drain).await.unwrap();
    }
}

fn hello(stream: StreamId, navigated_from: Option<StreamId>) -> Hello {
    Hello {
        stream,
        navigated_from,
        opening: Arc::new(StreamOpening {
            opened_at_ms: START_MS,
            navigated_from,
            url: "https://shop.example/".into(),
            title: "Shop".into(),
            referrer: String::new(),
            viewport_width: 1_280,
            viewport_height: 720,
            time_zone: "Europe/Berlin".into(),
            sdk_version: "test".into(),
            policy_hash: PolicyHash([0; 8]),
            user_agent: String::new(),
        }),
        token: "token".into(),
        policy: None,
        resumed: true,
    }
}

/// A message whose payload is `events` times the value `nil`.
fn message(number: u64, events: usize, ledger: &Arc<Ledger>, budget: &Budget) -> Message {
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
    pub fn send(&self, number: u64) {
        self.send_bytes(number, 10);
    }

    pub fn send_bytes(&self, number: u64, bytes: usize) {
        self.deliver(message(number, bytes, &self.ledger, &self.budget));
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

/// Keeps one session in memory, and fails as it is told.
#[derive(Default)]
pub struct MemoryStorage {
    kept: Mutex<KeptRows>,
}

#[derive(Default)]
struct KeptRows {
    away: bool,
    refused: BTreeSet<u64>,
    streams: BTreeMap<StreamId, (BTreeSet<u64>, Ranges)>,
    ended: Option<SessionEnd>,
    seen_at_ms: u64,
    written: bool,
}

impl MemoryStorage {
    pub fn set_away(&self, away: bool) {
        self.kept.lock().unwrap().away = away;
    }

    pub fn refuse_number(&self, number: u64) {
        self.kept.lock().unwrap().refused.insert(number);
    }

    pub fn set_ended(&self, end: SessionEnd) {
        self.kept.lock().unwrap().ended = Some(end);
    }

    pub fn ended(&self) -> Option<SessionEnd> {
        self.kept.lock().unwrap().ended
    }

    pub fn seen_at_ms(&self) -> u64 {
        self.kept.lock().unwrap().seen_at_ms
    }

    pub fn numbers(&self, stream: StreamId) -> Vec<u64> {
        let kept = self.kept.lock().unwrap();
        kept.streams
            .get(&stream)
            .map(|(numbers, _)| numbers.iter().copied().collect())
            .unwrap_or_default()
    }

    /// Numbers that are kept, or named in a kept gap.
    pub fn settled(&self, stream: StreamId) -> Ranges {
        let kept = self.kept.lock().unwrap();
        kept.streams
            .get(&stream)
            .map(|(_, received)| received.clone())
            .unwrap_or_default()
    }

    fn load_now(&self) -> Result<Option<KeptSession>, StorageError> {
        let kept = self.kept.lock().unwrap();
        if kept.away {
            return Err(StorageError::Away("told to be".into()));
        }
        Ok(kept.written.then(|| KeptSession {
            site: SiteId(1),
            ended: kept.ended,
            raw_bytes: 0,
            streams: kept
                .streams
                .iter()
                .map(|(&stream, (_, received))| KeptStream {
                    stream,
                    received: received.clone(),
                    ended: false,
                })
                .collect(),
        }))
    }

    fn store_now(&self, writes: &[SessionWrite]) -> Result<Vec<WriteOutcome>, StorageError> {
        let mut kept = self.kept.lock().unwrap();
        if kept.away {
            return Err(StorageError::Away("told to be".into()));
        }
        let numbers = writes
            .iter()
            .flat_map(|write| &write.streams)
            .flat_map(|stream| &stream.messages);
        if numbers
            .clone()
            .any(|message| kept.refused.contains(&message.number))
        {
            return Err(StorageError::Refused("told to".into()));
        }
        Ok(writes.iter().map(|write| kept.keep(write)).collect())
    }
}

impl KeptRows {
    fn keep(&mut self, write: &SessionWrite) -> WriteOutcome {
        self.written = true;
        self.ended = write.ended;
        self.seen_at_ms = write.seen_at_ms;
        let streams = write
            .streams
            .iter()
            .map(|stream| {
                let (numbers, received) = self.streams.entry(stream.stream).or_default();
                let mut outcome = StreamOutcome { stored: 0, duplicate: 0 };
                for message in &stream.messages {
                    assert!(!matches!(&message.content, Content::Batch(_, payload) if payload.is_empty()));
                    received.insert(message.number..=message.number);
                    if let Content::Message(bytes) = &message.content
                        && let Some((first, last)) = gap_of(bytes)
                    {
                        received.insert(first..=last);
                    }
                    match numbers.insert(message.number) {
                        true => outcome.stored += 1,
                        false => outcome.duplicate += 1,
                    }
                }
                outcome
            })
            .collect();
        WriteOutcome { streams }
    }
}

/// Gaps stand in memory as two numbers.
fn gap_of(bytes: &[u8]) -> Option<(u64, u64)> {
    let (first, last) = std::str::from_utf8(bytes).ok()?.split_once(' ')?;
    Some((first.parse().ok()?, last.parse().ok()?))
}

impl Storage for MemoryStorage {
    fn load(
        &self,
        _key: SessionKey,
    ) -> BoxFuture<'static, Result<Option<KeptSession>, StorageError>> {
        let loaded = self.load_now();
        async move { loaded }.boxed()
    }

    fn store(
        &self,
        writes: Vec<SessionWrite>,
    ) -> BoxFuture<'static, Result<Vec<WriteOutcome>, StorageError>> {
        let stored = self.store_now(&writes);
        async move {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            stored
        }
        .boxed()
    }
}
