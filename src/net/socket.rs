//! A recorder's socket after its hello: polled by its session, it sends what is in the outbox and
//! yields what arrives, in the order read, weigh, decode, deliver.

mod closing;

use bytes::Bytes;
use footage_actors::arrival::{Arrival, RecorderSocket};
use footage_actors::budget::{Budget, Permit};
use footage_actors::clock::Clock;
use footage_actors::end::SocketEnd;
use footage_actors::limits::Slot;
use footage_actors::outbox::{Close, Outbox, Outgoing};
use footage_actors::outcome::Ledger;
use footage_protocol::{CloseCode, settings};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, Sink, Stream};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Instant, Sleep};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::door::{Came, Weighed, decode, pong};
use super::guard::{FrameAbuse, Guard};
use crate::telemetry::metrics;
use closing::Reading;
pub use closing::close_for;

/// A recorder's connection after its hello.
pub struct Socket {
    websocket: WebSocketStream<Guard>,
    outbox: Outbox,
    budget: Budget,
    ledger: Arc<Ledger>,
    clock: Clock,
    state: State,
    weighing: Option<Weighing>,
    last_heard: Instant,
    timer: Option<Pin<Box<Sleep>>>,
    unflushed: bool,
    /// Given back when the socket is dropped.
    _place: Slot,
}

/// A message that waits for its share of the budget.
struct Weighing {
    message: Weighed,
    permit: BoxFuture<'static, Option<Permit>>,
}

enum State {
    Open,
    /// The close frame is queued; what still comes is read and dropped.
    Closing {
        close: Close,
        deadline: Instant,
        reading: Reading,
    },
    Done,
}

impl Socket {
    /// Wraps a connection that has said its hello.
    pub fn new(
        websocket: WebSocketStream<Guard>,
        budget: Budget,
        ledger: Arc<Ledger>,
        clock: Clock,
        place: Slot,
    ) -> Self {
        let mut socket = Self {
            websocket,
            outbox: Outbox::default(),
            budget,
            ledger,
            clock,
            state: State::Open,
            weighing: None,
            last_heard: Instant::now(),
            timer: None,
            unflushed: false,
            _place: place,
        };
        socket.websocket.get_mut().unsettle();
        socket
    }

    /// Moves queued messages to the connection.
    fn write(&mut self, context: &mut Context<'_>) -> Result<(), Error> {
        while matches!(self.state, State::Open) {
            let mut sink = Pin::new(&mut self.websocket);
            if sink.as_mut().poll_ready(context)?.is_pending() {
                // Who does not read gets no close frame, but is closed all the same.
                if let Some(close) = self.outbox.closing(context) {
                    self.await_end(close, Reading::Messages);
                }
                break;
            }
            match self.outbox.next(context) {
                None => break,
                Some(Outgoing::Message(message)) => sink.start_send(Message::Binary(message))?,
                Some(Outgoing::Close(close)) => self.begin_close(close, Reading::Messages),
            }
            self.unflushed = true;
        }
        if self.unflushed
            && Pin::new(&mut self.websocket)
                .poll_flush(context)?
                .is_ready()
        {
            self.unflushed = false;
        }
        Ok(())
    }

    /// The next thing to do with what came, or `None` when nothing is there yet.
    fn read(&mut self, context: &mut Context<'_>) -> Poll<Option<Arrival>> {
        if let Some(weighing) = &mut self.weighing {
            let Poll::Ready(permit) = weighing.permit.poll_unpin(context) else {
                return Poll::Pending;
            };
            self.last_heard = Instant::now();
            let weighed = self.weighing.take().zip(permit);
            return Poll::Ready(
                weighed
                    .map(|(weighing, permit)| Arrival::Message(weighing.message.permitted(permit))),
            );
        }
        match Pin::new(&mut self.websocket).poll_next(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Some(Ok(message))) => {
                self.last_heard = Instant::now();
                Poll::Ready(self.accept(message))
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(self.fail(&error)),
            Poll::Ready(None) => {
                Poll::Ready(self.finish(Close::bare(SocketEnd::Closed, CloseCode::GoingAway)))
            }
        }
    }

    /// What one WebSocket message means; `None` when it is dealt with.
    fn accept(&mut self, message: Message) -> Option<Arrival> {
        match message {
            Message::Binary(bytes) => self.accept_binary(bytes),
            Message::Text(_) => {
                self.begin_close(
                    Close::limit(CloseCode::TextFrame, "send binary messages"),
                    Reading::Messages,
                );
                None
            }
            Message::Close(frame) => {
                let code = frame.map_or(CloseCode::GoingAway, |frame| {
                    CloseCode::try_from(u16::from(frame.code)).unwrap_or(CloseCode::Closed)
                });
                self.await_end(Close::bare(SocketEnd::Closed, code), Reading::Messages);
                None
            }
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {
                self.unflushed = true;
                None
            }
        }
    }

    fn accept_binary(&mut self, bytes: Bytes) -> Option<Arrival> {
        match decode(&bytes, &self.ledger) {
            Ok(Came::Message(weighed)) => self.weigh(weighed),
            Ok(Came::Ping { sent_at_ms }) => {
                self.outbox.push(pong(sent_at_ms, self.clock.now_ms()));
                None
            }
            Ok(Came::Nothing) => None,
            Err(close) => {
                self.begin_close(close, Reading::Messages);
                None
            }
        }
    }

    fn weigh(&mut self, weighed: Weighed) -> Option<Arrival> {
        match self.budget.try_take(weighed.bytes) {
            Some(permit) => Some(Arrival::Message(weighed.permitted(permit))),
            None => {
                self.weighing = Some(Weighing {
                    permit: self.budget.clone().take(weighed.bytes).boxed(),
                    message: weighed,
                });
                None
            }
        }
    }

    fn give_up_weighing(&mut self) {
        if let Some(weighing) = self.weighing.take() {
            weighing.message.give_up();
        }
    }

    fn fail(&mut self, error: &Error) -> Option<Arrival> {
        match close_for(error) {
            Some(close) => {
                self.begin_close(close, Reading::Bytes);
                None
            }
            None => self.finish(Close::bare(SocketEnd::Closed, CloseCode::GoingAway)),
        }
    }

    fn finish(&mut self, close: Close) -> Option<Arrival> {
        self.state = State::Done;
        metrics::socket_closed(close.end, close.code);
        Some(Arrival::Ended(close))
    }

    /// Wakes at the next deadline; ready when it has passed.
    fn poll_timer(
        &mut self,
        deadline: Instant,
        context: &mut Context<'_>,
    ) -> Poll<Option<Arrival>> {
        let timer = self
            .timer
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(deadline)));
        if timer.deadline() > deadline {
            timer.as_mut().reset(deadline);
        }
        match timer.poll_unpin(context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(()) => {
                self.timer = None;
                context.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    /// What time has to say: nothing heard for too long, or a frame begun and never finished.
    fn overdue(&self) -> Option<(Close, Reading)> {
        let now = Instant::now();
        let intervals = &settings().intervals;
        if self.weighing.is_some() {
            return None;
        }
        if now >= self.heartbeat_deadline() {
            let close = Close {
                end: SocketEnd::Heartbeat,
                ..Close::limit(
                    CloseCode::HeartbeatLost,
                    "nothing heard; send a ping every heartbeat_ms",
                )
            };
            return Some((close, Reading::Messages));
        }
        let unfinished = self
            .frame_deadline()
            .is_some_and(|deadline| now >= deadline);
        unfinished.then(|| {
            let abuse = FrameAbuse::Unfinished(intervals.frame_timeout_ms);
            (Close::limit(CloseCode::FrameAbuse, abuse), Reading::Bytes)
        })
    }

    fn heartbeat_deadline(&self) -> Instant {
        self.last_heard + Duration::from_millis(settings().intervals.heartbeat_dead_ms)
    }

    fn frame_deadline(&self) -> Option<Instant> {
        let patience = Duration::from_millis(settings().intervals.frame_timeout_ms);
        self.websocket
            .get_ref()
            .frame_began()
            .map(|began| began + patience)
    }
}

impl RecorderSocket for Socket {
    fn outbox(&self) -> Outbox {
        self.outbox.clone()
    }

    fn settle(&mut self) {
        self.websocket.get_mut().settle();
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.give_up_weighing();
    }
}

impl Stream for Socket {
    type Item = Arrival;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Arrival>> {
        loop {
            match self.state {
                State::Done => return Poll::Ready(None),
                State::Closing { .. } => return self.poll_closing(context),
                State::Open => {}
            }
            if let Err(error) = self.write(context) {
                let arrival = self.fail(&error);
                if arrival.is_some() {
                    return Poll::Ready(arrival);
                }
                continue;
            }
            if !matches!(self.state, State::Open) {
                continue;
            }
            match self.read(context) {
                Poll::Ready(Some(arrival)) => return Poll::Ready(Some(arrival)),
                Poll::Ready(None) => continue,
                Poll::Pending => {}
            }
            if let Some((close, reading)) = self.overdue() {
                self.begin_close(close, reading);
                continue;
            }
            let heartbeat = self.heartbeat_deadline();
            let deadline = self
                .frame_deadline()
                .map_or(heartbeat, |frame| frame.min(heartbeat));
            return self.poll_timer(deadline, context);
        }
    }
}
