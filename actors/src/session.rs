//! The Session actor: one visitor's visit in one tab.
//!
//! Born when a recorder's hello or POST names it and no actor has it, on the worker of that socket;
//! what storage knows of it is loaded before its first message. It works while sockets feed it: each
//! numbered message is taken once, buffered, handed to the writer, and acknowledged when it is
//! durable. It outlives its last socket by a minute, writes out, and stops; the session itself stays
//! open in storage and may come back on any node. It holds its unflushed messages and what it has
//! received of each stream. It never waits for a socket, and it never parses an event.

mod attach;
mod flush;
pub mod keyframe;
mod life;
mod receive;
mod stream;

use actix::{Actor, Addr, Context, Handler, ResponseFuture, SpawnHandle, StreamHandler};
use bytes::Bytes;
use footage_protocol::{CloseCode, SiteId, StreamId, VisitorId};
use std::sync::Arc;
use tokio::sync::oneshot;
use tracing::debug;

use crate::account::Admission;
use crate::arrival::{Arrival, Message, RecorderSocket};
use crate::clock::Clock;
use crate::end::{SessionEnd, SocketEnd};
use crate::limits::{Meter, SESSION_WORDS, SessionLimits};
use crate::outbox::{Close, Outbox};
use crate::outcome::{Dropped, Outcome};
use crate::ports::{SessionKey, Storage, StreamOpening};
use crate::registry::Registry;
use crate::writer::Writer;
use stream::Stream;

/// Asks to feed the session from a socket; the welcome leaves through the socket's outbox. The answer
/// gives the socket back when the session will not have it.
pub struct Attach {
    /// What the hello said.
    pub hello: Hello,
    /// The connection.
    pub socket: Box<dyn RecorderSocket>,
}

/// Asks to take messages that came by POST; answered when all of them are durable. A refusal gives
/// back the messages that were not taken.
#[derive(Debug)]
pub struct Post {
    /// What the hello in the body said.
    pub hello: Hello,
    /// The messages after it, in their order.
    pub messages: Vec<Message>,
}

/// Tells the session that the node stops: close sockets, write out, stop.
#[derive(Debug)]
pub struct Drain;

/// What a hello says to its session.
#[derive(Clone, Debug)]
pub struct Hello {
    /// The page load.
    pub stream: StreamId,
    /// The page load before it in the same tab.
    pub navigated_from: Option<StreamId>,
    /// What to write down of the page load.
    pub opening: Arc<StreamOpening>,
    /// The token for the welcome.
    pub token: String,
    /// The site's policy to send along, encoded, when the recorder's is another one.
    pub policy: Option<Bytes>,
    /// Whether the hello's own token named this session.
    pub resumed: bool,
}

/// Why a session will not have a socket or a POST.
#[derive(Debug)]
pub enum Decline {
    /// The hello belongs into a session of its own: a duplicated tab, or this one ended idle.
    OtherSession,
    /// Close with this.
    Close(Close),
}

impl actix::Message for Attach {
    type Result = Result<(), (Decline, Box<dyn RecorderSocket>)>;
}

impl actix::Message for Post {
    type Result = Result<Bytes, (Decline, Vec<Message>)>;
}

impl actix::Message for Drain {
    type Result = ();
}

/// What a session needs to know when it is born.
pub struct Birth {
    /// Which session.
    pub key: SessionKey,
    /// Its site.
    pub site: SiteId,
    /// Its visitor.
    pub visitor: VisitorId,
    /// Whether storage may know it already.
    pub may_be_kept: bool,
    /// Its place among the account's sessions.
    pub admission: Admission,
    /// What every session shares.
    pub shared: Arc<Shared>,
}

/// What every session of a node shares.
pub struct Shared {
    /// Figures of sessions.
    pub limits: SessionLimits,
    /// Wall time.
    pub clock: Clock,
    /// Where to look up what is kept.
    pub storage: Arc<dyn Storage>,
    /// Where writes go.
    pub writer: Addr<Writer>,
    /// Where the session is found, and where it removes itself.
    pub registry: Registry,
}

/// One visit in one tab.
pub struct Session {
    key: SessionKey,
    site: SiteId,
    visitor: VisitorId,
    shared: Arc<Shared>,
    admission: Admission,
    meter: Meter,
    stage: Stage,
    streams: Vec<Stream>,
    sockets: Vec<Socket>,
    next_socket: u64,
    posts: Vec<WaitingPost>,
    /// Sockets that were told to close and have not yet ended.
    closing: usize,
    ended: Option<SessionEnd>,
    /// The end as it was last handed to the writer.
    saved_end: Option<SessionEnd>,
    /// Whether it was quiet for so long, when it was loaded, that no socket may come back to it.
    stale: bool,
    /// Inflated bytes ever taken.
    raw_bytes: u64,
    /// Inflated bytes that are not durable yet.
    held_bytes: usize,
    /// Bytes as sent that are not handed to the writer yet.
    unflushed_wire_bytes: usize,
    /// Whether storage has, or is being given, a row of this session.
    written: bool,
    may_be_kept: bool,
    flight: Flight,
    flush_timer: Option<SpawnHandle>,
    linger_timer: Option<SpawnHandle>,
}

/// Where the actor stands in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Takes sockets.
    Open,
    /// What storage knows could not be loaded.
    Unknown,
    /// The last write is under way; then it stops, unless a socket came in the meantime.
    Leaving,
    /// The node stops.
    Draining,
}

/// Whether a write is under way. A session never has two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flight {
    None,
    Saving,
}

/// A socket that feeds the session.
struct Socket {
    id: u64,
    stream: StreamId,
    outbox: Outbox,
    feed: SpawnHandle,
    previous: Option<u64>,
    /// Whether the next page of the tab has said hello since: what is under way still arrives.
    left: bool,
}

type PostAnswer = Result<Bytes, (Decline, Vec<Message>)>;

/// A POST that is answered when its numbers are durable.
struct WaitingPost {
    stream: StreamId,
    numbers: Vec<u64>,
    welcome: Vec<u8>,
    answer: oneshot::Sender<PostAnswer>,
}

/// A socket's arrival, marked with the socket it came from.
struct Fed {
    socket: u64,
    arrival: Arrival,
}

impl Session {
    /// Handshakes are the only messages (a socket feeds by stream), and a tab makes one at a time.
    const MAILBOX: usize = 4;

    /// Makes a session that has nothing yet.
    pub fn new(birth: Birth) -> Self {
        let limits = &birth.shared.limits;
        Self {
            key: birth.key,
            site: birth.site,
            visitor: birth.visitor,
            meter: Meter::new(limits.batches, limits.kib, SESSION_WORDS),
            shared: birth.shared,
            admission: birth.admission,
            stage: Stage::Open,
            streams: Vec::new(),
            sockets: Vec::new(),
            next_socket: 0,
            posts: Vec::new(),
            closing: 0,
            ended: None,
            saved_end: None,
            raw_bytes: 0,
            held_bytes: 0,
            unflushed_wire_bytes: 0,
            stale: false,
            written: false,
            may_be_kept: birth.may_be_kept,
            flight: Flight::None,
            flush_timer: None,
            linger_timer: None,
        }
    }

    fn stream(&self, id: StreamId) -> Option<&Stream> {
        self.streams.iter().find(|stream| stream.id == id)
    }

    fn stream_mut(&mut self, id: StreamId) -> Option<&mut Stream> {
        self.streams.iter_mut().find(|stream| stream.id == id)
    }

    /// What to close with when the session is over for good.
    fn over(&self) -> Option<Close> {
        let over = matches!(self.ended, Some(SessionEnd::Limit | SessionEnd::Stopped));
        over.then(|| {
            Close::limit(
                CloseCode::SessionEnded,
                "reload the page to start a new session",
            )
        })
    }
}

impl Actor for Session {
    type Context = Context<Self>;

    fn started(&mut self, context: &mut Self::Context) {
        context.set_mailbox_capacity(Self::MAILBOX);
        // Who was born for a hello that is then declined leaves again.
        self.linger(context);
        debug!(session.id = %self.key.session, account.id = %self.key.account, "session actor started");
        self.load(context);
        self.watch_time(context);
    }
}

impl StreamHandler<Fed> for Session {
    fn handle(&mut self, Fed { socket, arrival }: Fed, context: &mut Self::Context) {
        let Some(socket) = self.sockets.iter().position(|known| known.id == socket) else {
            match arrival {
                Arrival::Message(message) => {
                    message.fate.decide(Outcome::Dropped(Dropped::SocketGone));
                }
                Arrival::Ended(_) => self.closed(context),
            }
            return;
        };
        match arrival {
            Arrival::Message(message) => self.receive(socket, message, context),
            Arrival::Ended(close) => {
                debug!(session.id = %self.key.session, end = close.end.as_str(), code = close.code.code(), "socket ended");
                self.detach(socket, None, context);
            }
        }
    }

    fn finished(&mut self, _context: &mut Self::Context) {}
}

impl Handler<Attach> for Session {
    type Result = Result<(), (Decline, Box<dyn RecorderSocket>)>;

    fn handle(&mut self, attach: Attach, context: &mut Self::Context) -> Self::Result {
        match self.admit(&attach.hello) {
            Ok(()) => {
                self.attach(attach, context);
                Ok(())
            }
            Err(decline) => Err((decline, attach.socket)),
        }
    }
}

impl Handler<Post> for Session {
    type Result = ResponseFuture<PostAnswer>;

    fn handle(&mut self, post: Post, context: &mut Self::Context) -> Self::Result {
        let answered = self.post(post, context);
        Box::pin(async move {
            answered.await.unwrap_or_else(|_| {
                let close = Close::bare(SocketEnd::Drain, CloseCode::TryLater);
                Err((Decline::Close(close), Vec::new()))
            })
        })
    }
}

impl Handler<Drain> for Session {
    type Result = ();

    fn handle(&mut self, _drain: Drain, context: &mut Self::Context) {
        self.drain(context);
    }
}

#[cfg(test)]
mod tests;
