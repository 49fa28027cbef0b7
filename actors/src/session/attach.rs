//! How a socket or a POST comes to its session, and how a socket leaves it.

use actix::{ActorContext, AsyncContext, Context};
use bytes::Bytes;
use footage_protocol::message::{AckLevel, RecorderLimits, Welcome};
use footage_protocol::{CloseCode, FromServer, Ranges, StreamId, settings};
use futures_util::StreamExt;
use std::sync::Arc;
use tokio::sync::oneshot;

use super::flush::{encode, encode_ack};
use super::{Attach, Decline, Fed, Hello, Post, PostAnswer, Session, Socket, Stage, WaitingPost};
use crate::end::{SessionEnd, SocketEnd};
use crate::outbox::Close;
use crate::session::stream::{Stream, Taken};

/// POSTs of a session that wait for storage at once.
const POSTS_MAX: usize = 8;

impl Session {
    /// Whether the session will have a recorder with this hello.
    pub(super) fn admit(&self, hello: &Hello) -> Result<(), Decline> {
        self.admit_at_all(hello)?;
        if self.is_idle() || self.is_duplicated_tab(hello) {
            return Err(Decline::OtherSession);
        }
        Ok(())
    }

    /// Whether it has been quiet for so long that only what was held for it is still taken.
    fn is_idle(&self) -> bool {
        self.stale || self.ended == Some(SessionEnd::Idle)
    }

    /// What holds for sockets and POSTs alike. A POST may still bring what was held for an idle session.
    fn admit_at_all(&self, hello: &Hello) -> Result<(), Decline> {
        match self.stage {
            Stage::Unknown => {
                return Err(closed(CloseCode::TryLater, "storage is away"));
            }
            Stage::Draining => return Err(Decline::Close(Close::draining())),
            Stage::Open | Stage::Leaving => {}
        }
        if let Some(close) = self.over() {
            return Err(Decline::Close(close));
        }
        self.count(0)
            .map_err(|limited| Decline::Close(Close::limited(&limited)))?;
        if !self.knows(hello.stream) && self.streams.len() >= self.shared.limits.streams_max {
            return Err(closed(
                CloseCode::SessionEnded,
                "too many page loads in one session",
            ));
        }
        Ok(())
    }

    /// A hello of a new stream beside a live one that is not the page before it comes from a tab that
    /// copied the storage of another.
    fn is_duplicated_tab(&self, hello: &Hello) -> bool {
        !self.knows(hello.stream)
            && self
                .sockets
                .iter()
                .any(|socket| !socket.left && Some(socket.stream) != hello.navigated_from)
    }

    /// Whether the stream is one of the session's, or the page before one of them.
    fn knows(&self, id: StreamId) -> bool {
        self.streams
            .iter()
            .any(|stream| stream.id == id || stream.navigated_from == Some(id))
    }

    pub(super) fn attach(
        &mut self,
        Attach { hello, mut socket }: Attach,
        context: &mut Context<Self>,
    ) {
        self.take_over(hello.stream, context);
        for socket in &mut self.sockets {
            socket.left |= Some(socket.stream) == hello.navigated_from;
        }
        self.resume(context);
        self.open_stream(&hello);
        socket.settle();

        let outbox = socket.outbox();
        let welcomed = outbox.push(Bytes::from(self.welcome(&hello)));
        let told = hello.policy.is_none_or(|policy| outbox.push(policy));
        if !(welcomed && told) {
            outbox.close(Close::bare(SocketEnd::Crash, CloseCode::ServerBug));
        }
        let id = self.next_socket;
        self.next_socket += 1;
        let feed = context.add_stream(socket.map(move |arrival| Fed {
            socket: id,
            arrival,
        }));
        self.sockets.push(Socket {
            id,
            stream: hello.stream,
            outbox,
            feed,
            previous: None,
            left: false,
        });
        self.shared.registry.set_live(self.key.session, true);
    }

    /// The newer socket speaks for the stream.
    fn take_over(&mut self, stream: StreamId, context: &mut Context<Self>) {
        while let Some(older) = self
            .sockets
            .iter()
            .position(|socket| socket.stream == stream)
        {
            let close = Close::bare(SocketEnd::TakenOver, CloseCode::TakenOver);
            self.detach(older, Some(close), context);
        }
    }

    /// Stops listening to a socket; with `close`, also asks it to close. A closing socket goes on being
    /// polled until its close frame is out.
    pub(super) fn detach(
        &mut self,
        socket: usize,
        close: Option<Close>,
        context: &mut Context<Self>,
    ) {
        let socket = self.sockets.swap_remove(socket);
        self.forget_empty(socket.stream);
        match close {
            Some(close) => {
                socket.outbox.close(close);
                self.closing += 1;
            }
            None => {
                context.cancel_future(socket.feed);
            }
        }
        if self.sockets.is_empty() {
            self.shared.registry.set_live(self.key.session, false);
            self.linger(context);
        }
    }

    /// A socket that was told to close has ended.
    pub(super) fn closed(&mut self, context: &mut Context<Self>) {
        self.closing = self.closing.saturating_sub(1);
        if matches!(self.stage, Stage::Leaving | Stage::Draining) {
            self.stop_when_written(context);
        }
    }

    fn open_stream(&mut self, hello: &Hello) {
        if self.stream(hello.stream).is_none() {
            let opening = Arc::clone(&hello.opening);
            self.streams.push(Stream::new(hello.stream, opening));
            let registry = &self.shared.registry;
            registry.add_stream(self.site, hello.stream, self.key);
        }
    }

    /// A stream that never brought a message is not kept in mind.
    fn forget_empty(&mut self, id: StreamId) {
        let before = self.streams.len();
        self.streams
            .retain(|stream| stream.id != id || !stream.received.is_empty());
        if self.streams.len() < before {
            self.shared.registry.remove_stream(self.site, id);
        }
    }

    fn welcome(&self, hello: &Hello) -> Vec<u8> {
        let limits = &settings().limits;
        let mut durable = self
            .stream(hello.stream)
            .map_or_else(Ranges::default, |stream| stream.durable.clone());
        durable.truncate(limits.ranges_max as usize);
        let mut encoded = Vec::with_capacity(256);
        encode(
            &mut encoded,
            &FromServer::Welcome(Welcome {
                session_token: (&*hello.token).into(),
                session: self.key.session,
                resumed: hello.resumed,
                durable,
                ack_level: AckLevel::Postgres,
                credit_bytes: self.shared.limits.credit_bytes,
                limits: RecorderLimits {
                    message_bytes_max: limits.message_bytes_max,
                    batch_bytes_target: limits.batch_bytes_target,
                    batch_inflated_bytes_max: limits.batch_inflated_bytes_max,
                    event_bytes_max: limits.event_bytes_max,
                    batch_ms: settings().intervals.batch_ms,
                },
                flags: Vec::new(),
                heartbeat_ms: settings().intervals.heartbeat_ms,
                server_time_ms: self.shared.clock.now_ms(),
            }),
        );
        encoded
    }

    pub(super) fn post(
        &mut self,
        post: Post,
        context: &mut Context<Self>,
    ) -> oneshot::Receiver<PostAnswer> {
        let (answer, answered) = oneshot::channel();
        let Post { hello, messages } = post;
        if let Err(decline) = self.admit_post(&hello) {
            let _ = answer.send(Err((decline, messages)));
            return answered;
        }
        if !self.is_idle() {
            self.resume(context);
        }
        if self.sockets.is_empty() {
            self.linger(context);
        }
        self.open_stream(&hello);

        let mut numbers = Vec::with_capacity(messages.len());
        let mut previous = None;
        let mut messages = messages.into_iter();
        while let Some(message) = messages.next() {
            let number = message.number;
            match self.take(hello.stream, message, previous) {
                Ok(Taken::New { .. } | Taken::Duplicate { .. }) => {
                    previous = previous.max(Some(number));
                    numbers.push(number);
                }
                Err(close) => {
                    self.forget_empty(hello.stream);
                    self.flush(context);
                    let _ = answer.send(Err((Decline::Close(close), messages.collect())));
                    return answered;
                }
            }
        }
        self.posts.push(WaitingPost {
            stream: hello.stream,
            numbers,
            welcome: self.welcome(&hello),
            answer,
        });
        if self.raw_bytes > self.shared.limits.bytes_max {
            self.end(SessionEnd::Limit, context);
        }
        self.flush(context);
        self.answer_posts();
        self.forget_empty(hello.stream);
        answered
    }

    /// A POST may also bring what was held for an idle session, and does not wait in a long line.
    fn admit_post(&self, hello: &Hello) -> Result<(), Decline> {
        if self.posts.len() >= POSTS_MAX {
            return Err(closed(CloseCode::TryLater, "storage is slow"));
        }
        if self.is_idle() {
            return self.admit_at_all(hello);
        }
        self.admit(hello)
    }

    /// Answers every POST whose numbers are durable now.
    pub(super) fn answer_posts(&mut self) {
        for post in std::mem::take(&mut self.posts) {
            let Some(stream) = self.stream(post.stream) else {
                continue;
            };
            if post
                .numbers
                .iter()
                .all(|&number| stream.durable.contains(number))
            {
                let mut body = post.welcome;
                encode_ack(&stream.durable, &mut body);
                let _ = post.answer.send(Ok(Bytes::from(body)));
            } else {
                self.posts.push(post);
            }
        }
    }

    pub(super) fn stop_actor(&mut self, context: &mut Context<Self>) {
        for stream in &self.streams {
            self.shared.registry.remove_stream(self.site, stream.id);
        }
        self.shared.registry.remove(&self.key, &context.address());
        context.stop();
    }
}

fn closed(code: CloseCode, detail: &str) -> Decline {
    Decline::Close(Close::limit(code, detail))
}
