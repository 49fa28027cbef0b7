//! The bounded queue of messages to one socket. The actor pushes and never waits; the socket takes
//! when it is polled.

use bytes::Bytes;
use footage_protocol::{CloseCode, CloseReason};
use futures_util::task::AtomicWaker;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Context;

use crate::end::SocketEnd;
use crate::limits::Limited;

/// Bytes that may wait for one recorder. Everything a server says to a recorder is small; a recorder
/// that lets this much pile up does not read.
pub const OUTBOX_BYTES_MAX: usize = 64 * 1024;

/// The actor's and the socket's shared end of the queue.
#[derive(Clone, Debug)]
pub struct Outbox(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    socket: AtomicWaker,
}

#[derive(Debug, Default)]
struct Queue {
    messages: VecDeque<Bytes>,
    bytes: usize,
    close: Option<Close>,
}

/// How the server wants a socket to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Close {
    /// The word for logs and metrics.
    pub end: SocketEnd,
    /// Code of the close frame.
    pub code: CloseCode,
    /// Text of the close frame.
    pub reason: CloseReason,
}

impl Close {
    /// Closes for a broken rule or a limit, with what was wrong and what to do.
    pub fn limit(code: CloseCode, detail: impl std::fmt::Display) -> Self {
        Self {
            end: SocketEnd::Limit,
            code,
            reason: CloseReason::with_detail(code, detail),
        }
    }

    /// Closes because a rate or quota is used up, with the time to wait.
    pub fn limited(limited: &Limited) -> Self {
        let wait_ms = limited.retry_after.as_millis();
        Self::limit(
            CloseCode::Limited,
            format_args!("{limited}; retry_after_ms={wait_ms}"),
        )
    }

    /// Closes with the bare name of the code.
    pub fn bare(end: SocketEnd, code: CloseCode) -> Self {
        Self {
            end,
            code,
            reason: CloseReason::bare(code),
        }
    }
}

/// What a socket should send next.
#[derive(Debug, PartialEq, Eq)]
pub enum Outgoing {
    /// One binary message.
    Message(Bytes),
    /// The close frame; nothing follows it.
    Close(Close),
}

impl Default for Outbox {
    fn default() -> Self {
        Self(Arc::new(Shared::default()))
    }
}

impl Outbox {
    /// Queues a message; false when the outbox is full or closing, and the message is not queued.
    pub fn push(&self, message: Bytes) -> bool {
        let mut queue = self.queue();
        if queue.close.is_some() || queue.bytes + message.len() > OUTBOX_BYTES_MAX {
            return false;
        }
        queue.bytes += message.len();
        queue.messages.push_back(message);
        drop(queue);
        self.0.socket.wake();
        true
    }

    /// Asks the socket to close once the queued messages are sent. The first reason stands.
    pub fn close(&self, close: Close) {
        self.queue().close.get_or_insert(close);
        self.0.socket.wake();
    }

    /// Takes what is to be sent next, and wakes the caller when there is more.
    pub fn next(&self, context: &Context<'_>) -> Option<Outgoing> {
        self.0.socket.register(context.waker());
        let mut queue = self.queue();
        if let Some(message) = queue.messages.pop_front() {
            queue.bytes -= message.len();
            return Some(Outgoing::Message(message));
        }
        queue.close.clone().map(Outgoing::Close)
    }

    fn queue(&self) -> std::sync::MutexGuard<'_, Queue> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
