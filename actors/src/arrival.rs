//! What a socket hands to its session, and what a session needs of a socket.

use bytes::Bytes;
use footage_protocol::message::BatchHeader;
use futures_util::Stream;

use crate::budget::Permit;
use crate::outbox::{Close, Outbox};
use crate::outcome::Tracked;

/// One thing that came from a socket, weighed and decoded as far as its envelope.
#[derive(Debug)]
pub enum Arrival {
    /// A numbered message.
    Message(Message),
    /// The socket is gone; nothing follows.
    Ended(Close),
}

/// A numbered message with what rides along until its fate is known.
#[derive(Debug)]
pub struct Message {
    /// Its number within the stream.
    pub number: u64,
    /// What it says, as far as the session cares.
    pub kind: Kind,
    /// Bytes of the message as sent.
    pub wire_bytes: usize,
    /// Its share of the node's byte budget.
    pub permit: Permit,
    /// Its fate.
    pub fate: Tracked,
}

impl Message {
    /// What it costs of its account's and session's bytes a second: as sent, or an eighth of what it
    /// inflates to where that is more.
    pub fn cost_bytes(&self) -> usize {
        match &self.kind {
            Kind::Batch(header, _) => self.wire_bytes.max(header.inflated_bytes as usize / 8),
            Kind::Gap { .. } | Kind::End(_) | Kind::Other(_) => self.wire_bytes,
        }
    }
}

/// What a numbered message says.
#[derive(Debug)]
pub enum Kind {
    /// A batch: header and payload as sent.
    Batch(BatchHeader, Bytes),
    /// The numbers from `first` to `last` will never come.
    Gap {
        /// First of them.
        first: u64,
        /// Last of them.
        last: u64,
        /// The message as sent.
        message: Bytes,
    },
    /// The stream's last message.
    End(Bytes),
    /// Page, identify, tag, custom or consent, as sent.
    Other(Bytes),
}

/// A recorder's connection: polled by its session, it sends what is in its outbox and yields what
/// arrives. Boxed and sent to the session's home worker once, before its first poll there.
pub trait RecorderSocket: Stream<Item = Arrival> + Send + Unpin + 'static {
    /// The queue to the recorder.
    fn outbox(&self) -> Outbox;

    /// Called once on the home worker's thread, before the first poll: moves what is bound to a
    /// thread (the socket's registration with its event loop).
    fn settle(&mut self);
}
