//! The bounded queue of messages to one socket. The actor pushes and never waits; the socket takes
//! when it is polled.

use bytes::Bytes;
use footage_protocol::{CloseCode, CloseReason, Retry};
use futures_util::task::AtomicWaker;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Context;
use std::time::Duration;

use crate::end::SocketEnd;
use crate::limits::Limited;

/// Bytes that may wait for one recorder. Everything a server says to a recorder is small; a recorder
/// that lets this much pile up does not read.
pub const OUTBOX_BYTES_MAX: usize = 64 * 1024;

/// The wait of a close that says "come back" and knows no better time.
const WAIT: Duration = Duration::from_secs(2);
/// Another node, or this one anew, is soon there.
const RESTART_WAIT: Duration = Duration::from_secs(1);

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
    /// When to come back, of codes whose class is `after`; the reason says it too.
    pub retry_after: Option<Duration>,
}

impl Close {
    /// Closes for a broken rule or a limit, with what was wrong and what to do.
    pub fn limit(code: CloseCode, detail: impl std::fmt::Display) -> Self {
        if code.retry() == Retry::After {
            return Self::after(code, detail, WAIT);
        }
        Self {
            end: SocketEnd::Limit,
            code,
            reason: CloseReason::with_detail(code, detail),
            retry_after: None,
        }
    }

    /// Closes because a rate or quota is used up, with the time to wait.
    pub fn limited(limited: &Limited) -> Self {
        Self::after(CloseCode::Limited, limited, limited.retry_after)
    }

    /// Closes because the node stops, with the time to wait.
    pub fn draining() -> Self {
        Self {
            end: SocketEnd::Drain,
            ..Self::after(CloseCode::Restart, "the node stops", RESTART_WAIT)
        }
    }

    /// Closes with the bare name of the code; of one that says "come back", with the time to wait.
    pub fn bare(end: SocketEnd, code: CloseCode) -> Self {
        if code.retry() == Retry::After {
            return Self {
                end,
                ..Self::after(code, code.text(), WAIT)
            };
        }
        Self {
            end,
            code,
            reason: CloseReason::bare(code),
            retry_after: None,
        }
    }

    /// Closes with a code whose class is `after`.
    pub(crate) fn after(code: CloseCode, detail: impl std::fmt::Display, wait: Duration) -> Self {
        Self {
            end: SocketEnd::Limit,
            code,
            reason: CloseReason::after(code, detail, wait.as_millis() as u64),
            retry_after: Some(wait),
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

    /// How the socket is to close, if it is; asked while nothing can be sent. Wakes the caller when that
    /// changes.
    pub fn closing(&self, context: &Context<'_>) -> Option<Close> {
        self.0.socket.register(context.waker());
        self.queue().close.clone()
    }

    fn queue(&self) -> std::sync::MutexGuard<'_, Queue> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w15_every_close_that_says_come_back_says_when() {
        let limited = Limited {
            what: "sockets",
            figure: 3,
            retry_after: Duration::from_millis(1_500),
        };
        let mut closes = vec![Close::limited(&limited), Close::draining()];
        for &code in CloseCode::ALL {
            closes.push(Close::limit(code, "x".repeat(300)));
            closes.push(Close::bare(SocketEnd::Limit, code));
        }
        for close in closes {
            let ending = close
                .retry_after
                .map(|wait| format!("; retry_after_ms={}", wait.as_millis()));
            let says_when = ending.is_some_and(|ending| close.reason.as_str().ends_with(&ending));
            assert_eq!(says_when, close.code.retry() == Retry::After, "{close:?}");
        }
    }
}
