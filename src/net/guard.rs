//! The reader under every WebSocket: it walks the frame headers that pass and refuses what a
//! WebSocket library lets through: endless fragments, control-frame floods, and frames that are begun
//! and never finished. It also lets a connection move to another thread's event loop.

use bytes::{Buf, Bytes};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;

use footage_protocol::settings;

/// A broken rule of framing; closes with 1008.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameAbuse {
    /// More fragments in one message than `fragments_max`.
    #[error("more than {0} fragments in one message; send it in fewer")]
    Fragments(u64),
    /// More control frames in a second than `control_frames_per_s_max`.
    #[error("more than {0} control frames in a second; send fewer")]
    ControlFrames(u64),
    /// A frame was begun `frame_timeout_ms` ago and is not whole.
    #[error("a frame was not finished in {0} ms")]
    Unfinished(u64),
}

/// A TCP connection whose incoming frames are watched.
#[derive(Debug)]
pub struct Guard {
    connection: Connection,
    early: Bytes,
    walk: FrameWalk,
}

#[derive(Debug)]
enum Connection {
    Here(TcpStream),
    /// Between two event loops.
    Moving(std::net::TcpStream),
    Gone,
}

impl Guard {
    /// Watches `connection`; `early` holds bytes that were read along with the upgrade request.
    pub fn new(connection: TcpStream, early: Bytes) -> Self {
        Self {
            connection: Connection::Here(connection),
            early,
            walk: FrameWalk::default(),
        }
    }

    /// When the frame that is arriving began, if one is.
    pub fn frame_began(&self) -> Option<Instant> {
        self.walk.frame_began
    }

    /// Leaves this thread's event loop.
    pub fn unsettle(&mut self) {
        self.connection = match std::mem::replace(&mut self.connection, Connection::Gone) {
            Connection::Here(stream) => stream
                .into_std()
                .map_or(Connection::Gone, Connection::Moving),
            other => other,
        };
    }

    /// Joins this thread's event loop.
    pub fn settle(&mut self) {
        self.connection = match std::mem::replace(&mut self.connection, Connection::Gone) {
            Connection::Moving(stream) => {
                TcpStream::from_std(stream).map_or(Connection::Gone, Connection::Here)
            }
            other => other,
        };
    }

    fn stream(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        match &mut self.connection {
            Connection::Here(stream) => Ok(Pin::new(stream)),
            Connection::Moving(_) | Connection::Gone => Err(io::ErrorKind::NotConnected.into()),
        }
    }
}

impl AsyncRead for Guard {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        if self.early.has_remaining() {
            let taken = self.early.len().min(buffer.remaining());
            buffer.put_slice(&self.early.split_to(taken));
        } else {
            ready!(self.stream()?.poll_read(context, buffer))?;
        }
        let arrived = &buffer.filled()[before..];
        Poll::Ready(self.walk.step(arrived).map_err(io::Error::other))
    }
}

impl AsyncWrite for Guard {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.stream()?.poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_shutdown(context)
    }
}

/// Follows frame headers through a stream of bytes (RFC 6455, section 5.2).
#[derive(Debug, Default)]
struct FrameWalk {
    header: [u8; 14],
    header_have: usize,
    payload_left: u64,
    fragments: u64,
    frame_began: Option<Instant>,
    control_since: Option<Instant>,
    control_frames: u64,
}

const FIN: u8 = 0x80;
const OPCODE: u8 = 0x0f;
const OPCODE_CONTINUATION: u8 = 0;
const OPCODE_CONTROL: u8 = 8;
const MASKED: u8 = 0x80;

impl FrameWalk {
    fn step(&mut self, mut arrived: &[u8]) -> Result<(), FrameAbuse> {
        while !arrived.is_empty() {
            if self.payload_left > 0 {
                let skipped = self.payload_left.min(arrived.len() as u64);
                self.payload_left -= skipped;
                arrived = &arrived[skipped as usize..];
            } else {
                self.header[self.header_have] = arrived[0];
                self.header_have += 1;
                arrived = &arrived[1..];
                self.frame_began.get_or_insert_with(Instant::now);
                if self.header_have >= 2 && self.header_have == header_length(self.header[1]) {
                    self.begin_payload()?;
                }
            }
            if self.header_have == 0 && self.payload_left == 0 {
                self.frame_began = None;
            }
        }
        Ok(())
    }

    fn begin_payload(&mut self) -> Result<(), FrameAbuse> {
        let [first, second, ..] = self.header;
        self.payload_left = match second & !MASKED {
            126 => u64::from(u16::from_be_bytes([self.header[2], self.header[3]])),
            127 => self.header[2..10]
                .iter()
                .fold(0, |length, &byte| length << 8 | u64::from(byte)),
            short => u64::from(short),
        };
        self.header_have = 0;
        if first & OPCODE >= OPCODE_CONTROL {
            self.count_control_frame()
        } else {
            self.count_fragment(first)
        }
    }

    fn count_fragment(&mut self, first: u8) -> Result<(), FrameAbuse> {
        let most = settings().limits.fragments_max;
        self.fragments = match first & OPCODE {
            OPCODE_CONTINUATION => self.fragments + 1,
            _ => 1,
        };
        if self.fragments > most {
            return Err(FrameAbuse::Fragments(most));
        }
        if first & FIN != 0 {
            self.fragments = 0;
        }
        Ok(())
    }

    fn count_control_frame(&mut self) -> Result<(), FrameAbuse> {
        let most = settings().limits.control_frames_per_s_max;
        let now = Instant::now();
        let same_second = self
            .control_since
            .is_some_and(|since| now.duration_since(since) < Duration::from_secs(1));
        if !same_second {
            self.control_since = Some(now);
            self.control_frames = 0;
        }
        self.control_frames += 1;
        if self.control_frames > most {
            return Err(FrameAbuse::ControlFrames(most));
        }
        Ok(())
    }
}

/// Bytes of a frame's header, told by its second byte.
fn header_length(second: u8) -> usize {
    let extended = match second & !MASKED {
        126 => 2,
        127 => 8,
        _ => 0,
    };
    let mask = if second & MASKED != 0 { 4 } else { 0 };
    2 + extended + mask
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![first];
        match payload.len() {
            short @ 0..126 => bytes.push(MASKED | short as u8),
            medium @ 126..65_536 => {
                bytes.push(MASKED | 126);
                bytes.extend((medium as u16).to_be_bytes());
            }
            long => {
                bytes.push(MASKED | 127);
                bytes.extend((long as u64).to_be_bytes());
            }
        }
        bytes.extend([0; 4]);
        bytes.extend(payload);
        bytes
    }

    #[test]
    fn p4_the_65th_fragment_of_a_message_is_refused() {
        let mut walk = FrameWalk::default();
        walk.step(&frame(0x02, b"")).unwrap();
        for _ in 1..64 {
            walk.step(&frame(0x00, b"")).unwrap();
        }
        assert_eq!(walk.step(&frame(0x00, b"")), Err(FrameAbuse::Fragments(64)));
    }

    #[tokio::test(start_paused = true)]
    async fn p4_the_11th_control_frame_in_a_second_is_refused() {
        let mut walk = FrameWalk::default();
        for _ in 0..10 {
            walk.step(&frame(0x89, b"hi")).unwrap();
        }
        tokio::time::advance(Duration::from_secs(1)).await;
        for _ in 0..10 {
            walk.step(&frame(0x89, b"hi")).unwrap();
        }
        assert_eq!(
            walk.step(&frame(0x89, b"hi")),
            Err(FrameAbuse::ControlFrames(10))
        );
    }

    proptest! {
        #[test]
        fn frames_are_followed_however_the_bytes_are_sliced(
            lengths in proptest::collection::vec(prop_oneof![0usize..300, 65_000usize..66_000], 1..6),
            slice in 1usize..5_000,
        ) {
            let bytes: Vec<u8> = lengths.iter().flat_map(|&length| frame(0x82, &vec![7; length])).collect();
            let mut walk = FrameWalk::default();
            for part in bytes.chunks(slice) {
                walk.step(part).unwrap();
            }
            prop_assert_eq!(walk.frame_began, None);
            walk.step(&bytes[..1]).unwrap();
            prop_assert!(walk.frame_began.is_some());
        }
    }
}
