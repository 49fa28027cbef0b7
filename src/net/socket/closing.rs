//! How a socket closes: the close frame, and reading on until the other side agrees.

use footage_actors::arrival::Arrival;
use footage_actors::outbox::Close;
use footage_protocol::CloseCode;
use futures_util::{Sink, Stream};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::error::ProtocolError;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::{Socket, State};
use crate::net::door::{Came, decode};
use crate::net::guard::FrameAbuse;

/// How long a closing socket waits for the other side to agree.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(3);

/// How a closing socket reads what still comes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// As WebSocket messages, until the other side's close frame.
    Messages,
    /// As bytes, because the framing is broken, until the other side hangs up.
    Bytes,
}

impl Socket {
    /// Queues the close frame.
    pub(super) fn begin_close(&mut self, close: Close, reading: Reading) {
        let frame = CloseFrame {
            code: close.code.code().into(),
            reason: close.reason.as_str().into(),
        };
        // A connection that cannot take the frame is found gone by the next read.
        let _ = Pin::new(&mut self.websocket).start_send(Message::Close(Some(frame)));
        self.await_end(close, reading);
    }

    /// From here on the socket only waits for its end.
    pub(super) fn await_end(&mut self, close: Close, reading: Reading) {
        self.unflushed = true;
        self.give_up_weighing();
        self.state = State::Closing {
            close,
            deadline: Instant::now() + CLOSE_TIMEOUT,
            reading,
        };
        self.timer = None;
    }

    /// Reads on until the other side agrees to the close, or the time is up.
    pub(super) fn poll_closing(&mut self, context: &mut Context<'_>) -> Poll<Option<Arrival>> {
        loop {
            let State::Closing {
                close,
                deadline,
                reading,
            } = &self.state
            else {
                return Poll::Ready(None);
            };
            let (close, deadline, reading) = (close.clone(), *deadline, *reading);
            if Instant::now() >= deadline {
                return Poll::Ready(self.finish(close));
            }
            if self.unflushed {
                match Pin::new(&mut self.websocket).poll_flush(context) {
                    Poll::Ready(Ok(())) => self.unflushed = false,
                    Poll::Ready(Err(_)) if reading == Reading::Messages => {
                        return Poll::Ready(self.finish(close));
                    }
                    Poll::Ready(Err(_)) => self.unflushed = false,
                    Poll::Pending => {}
                }
            }
            let gone = match reading {
                Reading::Messages => match Pin::new(&mut self.websocket).poll_next(context) {
                    Poll::Pending => return self.poll_timer(deadline, context),
                    Poll::Ready(Some(Ok(Message::Binary(bytes)))) => {
                        if let Ok(Came::Message(late)) = decode(&bytes, &self.ledger) {
                            late.give_up();
                        }
                        false
                    }
                    Poll::Ready(Some(Ok(_))) => false,
                    Poll::Ready(Some(Err(_)) | None) => true,
                },
                Reading::Bytes => match self.poll_discard(context) {
                    Poll::Pending => return self.poll_timer(deadline, context),
                    Poll::Ready(gone) => gone,
                },
            };
            if gone {
                return Poll::Ready(self.finish(close));
            }
        }
    }

    /// Reads and forgets some bytes; true when the other side hung up. Our own side is shut down
    /// first, so that the other side sees the end after the close frame.
    fn poll_discard(&mut self, context: &mut Context<'_>) -> Poll<bool> {
        if self.unflushed {
            return Poll::Pending;
        }
        let connection = self.websocket.get_mut();
        let _ = Pin::new(&mut *connection).poll_shutdown(context);
        let mut scratch = [0; 4096];
        let mut buffer = ReadBuf::new(&mut scratch);
        Pin::new(connection)
            .poll_read(context, &mut buffer)
            .map(|read| match read {
                Ok(()) => buffer.filled().is_empty(),
                Err(error) => frame_abuse(&error).is_none(),
            })
    }
}

/// What to close with after an error of the WebSocket; `None` when the connection is gone.
pub fn close_for(error: &Error) -> Option<Close> {
    match error {
        Error::Capacity(_) => Some(Close::limit(CloseCode::MessageTooBig, error)),
        Error::Utf8(_) => Some(Close::limit(CloseCode::BadText, error)),
        Error::Io(cause) => {
            frame_abuse(cause).map(|abuse| Close::limit(CloseCode::FrameAbuse, abuse))
        }
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)
        | Error::ConnectionClosed
        | Error::AlreadyClosed => None,
        _ => Some(Close::limit(CloseCode::ProtocolError, error)),
    }
}

fn frame_abuse(error: &std::io::Error) -> Option<FrameAbuse> {
    error.get_ref()?.downcast_ref::<FrameAbuse>().copied()
}
