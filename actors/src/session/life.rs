//! How a session begins to live, lingers, ends and leaves.

use actix::{ActorFutureExt, AsyncContext, Context, ContextFutureSpawner, fut};
use footage_protocol::{CloseCode, settings};
use std::sync::Arc;
use std::time::Duration;
use tracing::{info, warn};

use super::{Flight, Session, Stage};
use crate::end::SessionEnd;
use crate::outbox::Close;
use crate::ports::{KeptSession, StreamOpening};
use crate::session::stream::Stream;

impl Session {
    /// Loads what storage knows before the first message is handled.
    pub(super) fn load(&mut self, context: &mut Context<Self>) {
        if !self.may_be_kept {
            return;
        }
        let loading = fut::wrap_future(self.shared.storage.load(self.key));
        loading
            .map(|loaded, session: &mut Self, context| match loaded {
                Ok(Some(kept)) => session.remember(kept),
                Ok(None) => {}
                Err(reason) => {
                    warn!(session.id = %session.key.session, %reason, "could not load a session");
                    session.stage = Stage::Unknown;
                    session.linger(context);
                }
            })
            .wait(context);
    }

    fn remember(&mut self, kept: KeptSession) {
        self.written = true;
        self.saved_end = kept.ended;
        self.ended = kept.ended;
        self.raw_bytes = kept.raw_bytes;
        let quiet_ms = self.shared.clock.now_ms().saturating_sub(kept.seen_at_ms);
        self.stale = quiet_ms > settings().intervals.session_idle_ms;
        if self.stale {
            self.ended.get_or_insert(SessionEnd::Idle);
        }
        let opening = StreamOpening::known();
        self.streams = kept
            .streams
            .into_iter()
            .map(|stream| Stream::kept(stream, Arc::clone(&opening)))
            .collect();
    }

    /// Starts the timers that run as long as the actor: the session's longest duration, and the note
    /// that an open session was seen.
    pub(super) fn watch_time(&mut self, context: &mut Context<Self>) {
        let limits = &self.shared.limits;
        let started_at_ms = self.key.session.started_at_ms();
        let age = Duration::from_millis(self.shared.clock.now_ms().saturating_sub(started_at_ms));
        let left = limits.duration_max.saturating_sub(age);
        context.run_later(left, |session, context| {
            session.end(SessionEnd::Limit, context)
        });
        context.run_interval(limits.seen_every, |session, context| {
            if session.written && !session.sockets.is_empty() && session.flight == Flight::None {
                session.save(context);
            }
        });
    }

    /// A socket or a POST came: whatever was about to end goes on.
    pub(super) fn resume(&mut self, context: &mut Context<Self>) {
        if let Some(timer) = self.linger_timer.take() {
            context.cancel_future(timer);
        }
        if self.stage == Stage::Leaving {
            self.stage = Stage::Open;
        }
        self.ended = None;
    }

    /// The last socket is gone: the actor waits for the next for a while, then leaves.
    pub(super) fn linger(&mut self, context: &mut Context<Self>) {
        if let Some(timer) = self.linger_timer.take() {
            context.cancel_future(timer);
        }
        if self.stage == Stage::Draining {
            return self.leave(context);
        }
        let after = match self.stage {
            Stage::Unknown => Duration::ZERO,
            _ => self.shared.limits.linger,
        };
        self.linger_timer = Some(context.run_later(after, |session, context| {
            session.linger_timer = None;
            session.leave(context);
        }));
    }

    /// Writes out what is left, and stops when that is durable.
    fn leave(&mut self, context: &mut Context<Self>) {
        let all_ended = !self.streams.is_empty() && self.streams.iter().all(Stream::has_ended);
        if self.stage == Stage::Open {
            self.stage = Stage::Leaving;
            if all_ended && self.ended.is_none() {
                self.ended = Some(SessionEnd::Left);
                info!(session.id = %self.key.session, end = SessionEnd::Left.as_str(), "session ended");
            }
        }
        self.stop_when_written(context);
    }

    /// Stops once nothing is unsaved and every closing socket has said goodbye.
    pub(super) fn stop_when_written(&mut self, context: &mut Context<Self>) {
        let unsaved = self.has_unsaved();
        if self.flight == Flight::Saving || !self.sockets.is_empty() {
            return;
        }
        if unsaved || (self.written && self.ended != self.saved_end) {
            self.written = true;
            self.save(context);
        } else if self.closing == 0 {
            self.stop_actor(context);
        }
    }

    /// Ends the session for good: no socket may come back to it.
    pub(super) fn end(&mut self, end: SessionEnd, context: &mut Context<Self>) {
        if self.stale || !matches!(self.ended, None | Some(SessionEnd::Left)) {
            return;
        }
        info!(session.id = %self.key.session, end = end.as_str(), "session ended");
        self.ended = Some(end);
        let close = Close::limit(
            CloseCode::SessionEnded,
            format_args!("{}; reload the page to start a new session", end.as_str()),
        );
        self.close_sockets(&close, context);
        if self.written && self.flight == Flight::None {
            self.save(context);
        }
    }

    /// The node stops: recorders are sent elsewhere, what is buffered is written.
    pub(super) fn drain(&mut self, context: &mut Context<Self>) {
        self.stage = Stage::Draining;
        self.close_sockets(&Close::draining(), context);
        if self.sockets.is_empty() {
            self.leave(context);
        }
    }

    pub(super) fn close_sockets(&mut self, close: &Close, context: &mut Context<Self>) {
        while let Some(last) = self.sockets.len().checked_sub(1) {
            self.detach(last, Some(close.clone()), context);
        }
    }
}
