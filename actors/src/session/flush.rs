//! From the buffer to the writer, and from the writer's answer to the acknowledgement.

use actix::{ActorFutureExt, AsyncContext, Context, MailboxError, fut};
use bytes::Bytes;
use footage_protocol::message::Ack;
use footage_protocol::{CloseCode, FromServer, Ranges, StreamId, encode_from_server, settings};
use tracing::error;

use super::{Flight, Session, Stage};
use crate::end::SocketEnd;
use crate::outbox::Close;
use crate::outcome::{Dropped, Outcome, Refused};
use crate::ports::{SessionWrite, StorageError, StreamOpening, StreamWrite, WriteOutcome};
use crate::session::stream::Held;
use crate::writer::Save;

/// Inflated bytes at which a session flushes, whatever its credit.
const FLUSH_BYTES: usize = 2 << 20;

/// What one write carries of one stream.
type Carried = (StreamId, Vec<Held>);

type Saved = Result<Result<WriteOutcome, StorageError>, MailboxError>;

impl Session {
    /// Flushes at once when half the credit is used, else sees to it that the timer runs.
    pub(super) fn flush_when_due(&mut self, context: &mut Context<Self>) {
        let half_the_credit = self.shared.limits.credit_bytes as usize / 2;
        if self.unflushed_wire_bytes >= half_the_credit || self.held_bytes >= FLUSH_BYTES {
            self.flush(context);
        } else if self.flush_timer.is_none() {
            let after = self.shared.limits.flush_after;
            self.flush_timer = Some(context.run_later(after, |session, context| {
                session.flush_timer = None;
                session.flush(context);
            }));
        }
    }

    /// Hands everything buffered to the writer, unless a write is under way; its end flushes again.
    pub(super) fn flush(&mut self, context: &mut Context<Self>) {
        if !self.has_unsaved() || self.flight == Flight::Saving {
            return;
        }
        self.written = true;
        self.save(context);
    }

    /// Writes what is buffered, be it nothing: the row's `seen_at` and end move too.
    pub(super) fn save(&mut self, context: &mut Context<Self>) {
        if let Some(timer) = self.flush_timer.take() {
            context.cancel_future(timer);
        }
        self.flight = Flight::Saving;
        self.saved_end = self.ended;
        self.unflushed_wire_bytes = 0;
        let mut carried: Vec<Carried> = Vec::new();
        let mut streams = Vec::new();
        for stream in self
            .streams
            .iter_mut()
            .filter(|stream| !stream.buffer.is_empty())
        {
            let mut held = std::mem::take(&mut stream.buffer);
            held.sort_by_key(|held| held.kept.number);
            streams.push(StreamWrite {
                stream: stream.id,
                opened: stream.opening.clone(),
                messages: held.iter().map(|held| held.kept.clone()).collect(),
            });
            carried.push((stream.id, held));
        }
        let write = SessionWrite {
            key: self.key,
            site: self.site,
            visitor: self.visitor,
            seen_at_ms: self.shared.clock.now_ms(),
            ended: self.ended,
            streams,
        };
        let saving = fut::wrap_future(self.shared.writer.send(Save(write)));
        context.spawn(saving.map(move |saved, session: &mut Self, context| {
            session.flight = Flight::None;
            session.held_bytes -= bytes_of(&carried);
            session.saved(carried, saved, context);
        }));
    }

    fn saved(&mut self, carried: Vec<Carried>, saved: Saved, context: &mut Context<Self>) {
        match saved {
            Ok(Ok(outcome)) => self.settle(carried, &outcome),
            Ok(Err(StorageError::Refused(reason))) => self.give_up(carried, &reason, context),
            Ok(Err(StorageError::Away(_))) | Err(_) => {
                for held in carried.into_iter().flat_map(|(_, held)| held) {
                    held.fate.decide(Outcome::Dropped(Dropped::Drain));
                }
                self.stop_actor(context);
                return;
            }
        }
        self.go_on(context);
    }

    fn settle(&mut self, carried: Vec<Carried>, outcome: &WriteOutcome) {
        for ((id, held), outcome) in carried.into_iter().zip(&outcome.streams) {
            if let Some(stream) = self.stream_mut(id) {
                held.iter().for_each(|held| stream.settle(held));
                stream.opening = StreamOpening::known();
            }
            for (index, held) in held.into_iter().enumerate() {
                let newly = (index as u64) < outcome.stored;
                held.fate.decide(if newly {
                    Outcome::Stored
                } else {
                    Outcome::Duplicate
                });
            }
            self.acknowledge(id);
            self.ask_for_keyframe(id);
        }
        self.answer_posts();
    }

    /// Storage will never take these: their sender is told, and may send them again after the fault is
    /// mended.
    fn give_up(&mut self, carried: Vec<Carried>, reason: &str, context: &mut Context<Self>) {
        error!(session.id = %self.key.session, reason, "storage refused a session's messages");
        for (id, held) in carried {
            for held in held {
                if let Some(stream) = self.stream_mut(id) {
                    stream.forget(&held);
                }
                held.fate.decide(Outcome::Refused(Refused::Storage));
            }
        }
        self.posts.clear();
        self.close_sockets(
            &Close::bare(SocketEnd::Crash, CloseCode::ServerBug),
            context,
        );
    }

    /// A write is done; what came in the meantime, or an end, may want the next one.
    fn go_on(&mut self, context: &mut Context<Self>) {
        match self.stage {
            Stage::Leaving | Stage::Draining => self.stop_when_written(context),
            Stage::Open | Stage::Unknown if !self.posts.is_empty() => self.flush(context),
            Stage::Open | Stage::Unknown if self.has_unsaved() => self.flush_when_due(context),
            Stage::Open | Stage::Unknown if self.ended != self.saved_end => self.save(context),
            Stage::Open | Stage::Unknown => {}
        }
    }

    pub(super) fn has_unsaved(&self) -> bool {
        self.streams.iter().any(|stream| !stream.buffer.is_empty())
    }

    /// Tells the sockets of a stream what is durable.
    pub(super) fn acknowledge(&self, stream: StreamId) {
        let Some(stream) = self.stream(stream) else {
            return;
        };
        let mut encoded = Vec::with_capacity(16);
        encode_ack(&stream.durable, &mut encoded);
        let ack = Bytes::from(encoded);
        for socket in self
            .sockets
            .iter()
            .filter(|socket| socket.stream == stream.id)
        {
            if !socket.outbox.push(ack.clone()) {
                socket.outbox.close(Close::limit(
                    CloseCode::TryLater,
                    "acknowledgements are not read",
                ));
            }
        }
    }
}

fn bytes_of(carried: &[Carried]) -> usize {
    carried
        .iter()
        .flat_map(|(_, held)| held)
        .map(|held| held.kept.content.len())
        .sum()
}

/// Appends an `ack` of what is durable.
pub(super) fn encode_ack(durable: &Ranges, out: &mut Vec<u8>) {
    let mut beyond = durable.beyond();
    beyond.truncate(settings().limits.ranges_max as usize);
    let ack = Ack {
        up_to: durable.up_to(),
        beyond,
    };
    encode(out, &FromServer::Ack(ack));
}

/// Appends a message. What a session says is within the wire's limits; where it is not, that is a
/// fault that the log names and the recorder does not see.
pub(super) fn encode(out: &mut Vec<u8>, message: &FromServer<'_>) {
    if let Err(reason) = encode_from_server(out, message) {
        error!(%reason, kind = message.name(), "could not encode a message to a recorder");
    }
}
