//! How one message is taken: known before, within the limits, in order; then it waits for its flush.

use actix::Context;
use footage_protocol::{CloseCode, StreamId};
use std::time::Duration;
use tracing::info;

use super::Session;
use super::stream::Taken;
use crate::arrival::Message;
use crate::end::{SessionEnd, SocketEnd};
use crate::limits::Limited;
use crate::outbox::Close;
use crate::outcome::{Dropped, Outcome, Refused};

/// When a session that holds too much may try again.
const HELD_WAIT: Duration = Duration::from_secs(5);

impl Session {
    /// Takes one message, whatever carried it.
    pub(super) fn take(
        &mut self,
        stream: StreamId,
        message: Message,
        previous: Option<u64>,
    ) -> Result<Taken, Close> {
        if let Some(close) = self.over() {
            message.fate.decide(Outcome::of_close(close.code));
            return Err(close);
        }
        let Some(stream) = self.streams.iter().position(|known| known.id == stream) else {
            message.fate.decide(Outcome::Dropped(Dropped::SocketGone));
            return Err(Close::bare(SocketEnd::Crash, CloseCode::ServerBug));
        };
        if let Some(duplicate) = self.streams[stream].has(message.number) {
            message.fate.decide(Outcome::Duplicate);
            return Ok(duplicate);
        }
        if let Err(limited) = self.count(message.cost_bytes()) {
            message.fate.decide(Outcome::Refused(Refused::Limited));
            return Err(Close::limited(&limited));
        }
        let now_ms = self.shared.clock.now_ms();
        let wire_bytes = message.wire_bytes;
        let taken = self.streams[stream]
            .take(message, previous, now_ms)
            .map_err(|reason| Close::limit(reason.code(), &reason))?;
        if let Taken::New { inflated_bytes } = taken {
            self.raw_bytes += inflated_bytes as u64;
            self.held_bytes += inflated_bytes;
            self.unflushed_wire_bytes += wire_bytes;
        }
        Ok(taken)
    }

    /// Counts something that costs so many bytes against the session's and the account's limits.
    pub(super) fn count(&self, cost_bytes: usize) -> Result<(), Limited> {
        let most = self.shared.limits.held_bytes_max;
        if self.held_bytes > most {
            return Err(Limited {
                what: "bytes of this session that wait for storage",
                figure: most as u32,
                retry_after: HELD_WAIT,
            });
        }
        self.meter.count(cost_bytes)?;
        self.admission.meter.count(cost_bytes)
    }

    pub(super) fn receive(&mut self, socket: usize, message: Message, context: &mut Context<Self>) {
        let number = message.number;
        let (stream, previous) = (self.sockets[socket].stream, self.sockets[socket].previous);
        match self.take(stream, message, previous) {
            Ok(taken) => {
                self.sockets[socket].previous =
                    Some(previous.map_or(number, |before| before.max(number)));
                match taken {
                    Taken::New { .. } => self.flush_when_due(context),
                    Taken::Duplicate { durable: true } => self.acknowledge(stream),
                    Taken::Duplicate { durable: false } => {}
                }
                if self.raw_bytes > self.shared.limits.bytes_max {
                    self.end(SessionEnd::Limit, context);
                }
            }
            Err(close) => {
                info!(session.id = %self.key.session, code = close.code.code(), reason = %close.reason, "refused a message");
                self.detach(socket, Some(close), context);
            }
        }
    }
}
