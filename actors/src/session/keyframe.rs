//! When a stream is due for a new keyframe, and how its recorder is asked for one.
//!
//! A replay, a seek and whoever joins a live session begin at a keyframe and take everything since: the
//! tail. It is kept short whether or not anyone watches. A recorder is asked as its messages are
//! acknowledged, and so never while storage is away and its credit used up.

use bytes::Bytes;
use footage_protocol::message::{BatchHeader, KeyframeCause, KeyframeRequest};
use footage_protocol::{FromServer, StreamId, settings};
use std::time::Duration;
use tokio::time::Instant;
use tracing::debug;

use super::Session;
use super::flush::encode;

/// The metric that counts requests, by `cause`.
pub const REQUESTS: &str = "footage_keyframe_requests_total";

/// What came of a stream since its last keyframe, or since one was asked for.
#[derive(Debug)]
pub(super) struct Tail {
    /// Inflated bytes; a keyframe's own do not count.
    bytes: u64,
    /// When the first of them came.
    began: Instant,
    /// Inflated bytes of the last keyframe.
    keyframe_bytes: u64,
    /// Whether a keyframe was asked for that has not come.
    asked: bool,
}

impl Tail {
    pub fn new() -> Self {
        Self {
            bytes: 0,
            began: Instant::now(),
            keyframe_bytes: 0,
            asked: false,
        }
    }

    /// Counts a batch that was taken.
    pub fn count(&mut self, batch: &BatchHeader) {
        if !batch.flags.is_keyframe() {
            if self.bytes == 0 {
                self.began = Instant::now();
            }
            self.bytes += batch.inflated_bytes;
            return;
        }
        if !batch.is_part() || batch.is_first_part() {
            let all_parts = batch.inflated_bytes * u64::from(batch.parts.max(1));
            self.keyframe_bytes = all_parts.min(settings().limits.event_bytes_max);
        }
        if !batch.is_part() || batch.is_last_part() {
            self.bytes = 0;
            self.asked = false;
        }
    }

    /// Why a keyframe is due, if it is. One that is larger than a tail may be is due as much later, so
    /// that keyframes never outweigh what happens between them. One that was asked for may wait behind
    /// all that the recorder still holds: however much comes before it, only time calls it lost.
    pub fn due(&self) -> Option<KeyframeCause> {
        let usual_bytes = settings().keyframe.tail_bytes;
        let most_bytes = usual_bytes.max(self.keyframe_bytes);
        let longest_ms = settings().intervals.keyframe_tail_ms * most_bytes / usual_bytes;
        if self.bytes > most_bytes && !self.asked {
            Some(KeyframeCause::TailTooLarge)
        } else if self.bytes > 0 && self.began.elapsed() >= Duration::from_millis(longest_ms) {
            Some(KeyframeCause::TailTooOld)
        } else {
            None
        }
    }

    fn ask(&mut self) {
        self.bytes = 0;
        self.asked = true;
    }
}

impl Session {
    /// Asks for a keyframe of the stream if one is due and its recorder has a socket to hear it by.
    pub(super) fn ask_for_keyframe(&mut self, id: StreamId) {
        let hears = self
            .sockets
            .iter()
            .find(|socket| socket.stream == id && !socket.left);
        let stream = self.streams.iter_mut().find(|stream| stream.id == id);
        let (Some(socket), Some(stream)) = (hears, stream) else {
            return;
        };
        let Some(cause) = stream.tail.due().filter(|_| !stream.has_ended()) else {
            return;
        };
        let mut encoded = Vec::with_capacity(4);
        encode(
            &mut encoded,
            &FromServer::Keyframe(KeyframeRequest { cause }),
        );
        if socket.outbox.push(Bytes::from(encoded)) {
            stream.tail.ask();
            metrics::counter!(REQUESTS, "cause" => cause.name()).increment(1);
            debug!(session.id = %self.key.session, cause = cause.name(), "asked for a keyframe");
        }
    }
}
