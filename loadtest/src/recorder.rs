//! A recorder's side of the wire, as small as the specification allows.

use footage_protocol::message::{
    Ack, Batch, BatchFlags, BatchHeader, Consent, Encoding, End, EndCause, Hello, Page,
};
use footage_protocol::{
    Decoded, FromRecorder, FromServer, PolicyHash, Ranges, SessionId, StreamId, VisitorId,
    WireError, decode_from_server, encode_from_recorder, settings,
};
use futures_util::{SinkExt, StreamExt};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::SEC_WEBSOCKET_PROTOCOL;
use tokio_tungstenite::tungstenite::{Bytes, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// Why a recorder could not go on.
#[derive(Debug, thiserror::Error)]
pub enum RecorderError {
    /// The connection failed.
    #[error("the connection failed: {0}")]
    Connection(#[from] tokio_tungstenite::tungstenite::Error),
    /// The server said something that is not of the wire.
    #[error("not of the wire: {0}")]
    Wire(#[from] WireError),
    /// The server closed.
    #[error("closed with {code} {reason}")]
    Closed {
        /// The close code, 1006 where there was none.
        code: u16,
        /// The close reason.
        reason: String,
    },
    /// The server answered the hello with something else than a welcome.
    #[error("no welcome")]
    NoWelcome,
}

/// An open socket after its welcome.
pub struct Recorder {
    websocket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    session: SessionId,
    next_number: u64,
    acked: u64,
}

impl Recorder {
    /// Connects to `url` (`ws://host:port/v1/record`) and says hello for a new session.
    ///
    /// # Errors
    /// [`RecorderError`] when there is no welcome.
    pub async fn connect(url: &str, site_key: &str) -> Result<Self, RecorderError> {
        let mut request = url.into_client_request()?;
        let subprotocol = HeaderValue::from_static(settings().protocol.subprotocol);
        request
            .headers_mut()
            .insert(SEC_WEBSOCKET_PROTOCOL, subprotocol);
        let (mut websocket, _) = connect_async(request).await?;
        let random = *uuid::Uuid::new_v4().as_bytes();
        let [a, b, c, d, e, f, g, h, ..] = random;
        let hello = FromRecorder::Hello(Hello {
            protocol_version: settings().protocol.version,
            site_key,
            session_token: None,
            stream: StreamId([a, b, c, d, e, f, g, h]),
            navigated_from: None,
            held: Ranges::default(),
            visitor: VisitorId(random),
            page: Page {
                url: "about:smoke",
                title: "footage-loadtest",
                referrer: "",
                viewport_width: 1_280,
                viewport_height: 720,
                time_zone: "UTC",
            },
            consent: Consent::Granted,
            sdk_version: env!("CARGO_PKG_VERSION"),
            policy_hash: PolicyHash([0; 8]),
            sent_at_ms: now_ms(),
        });
        send(&mut websocket, &hello).await?;
        let said = next(&mut websocket).await?;
        let Decoded::Message(FromServer::Welcome(welcome)) = decode_from_server(&said)? else {
            return Err(RecorderError::NoWelcome);
        };
        Ok(Self {
            session: welcome.session,
            websocket,
            next_number: 1,
            acked: 0,
        })
    }

    /// The session the server made.
    pub fn session(&self) -> SessionId {
        self.session
    }

    /// Sends one event as a batch of its own; `event` is one MessagePack value.
    ///
    /// # Errors
    /// [`RecorderError`] when it cannot be sent.
    pub async fn send_event(&mut self, event: &[u8]) -> Result<(), RecorderError> {
        let header = BatchHeader {
            number: self.take_number(),
            first_event_ms: now_ms(),
            last_event_ms: now_ms(),
            events: 1,
            flags: BatchFlags::NONE,
            part: 0,
            parts: 0,
            clicks: 0,
            inputs: 0,
            errors: 0,
            encoding: Encoding::Plain,
            inflated_bytes: event.len() as u64,
        };
        let batch = Batch {
            header,
            payload: event,
        };
        send(&mut self.websocket, &FromRecorder::Batch(batch)).await
    }

    /// Ends the stream.
    ///
    /// # Errors
    /// [`RecorderError`] when it cannot be sent.
    pub async fn send_end(&mut self) -> Result<(), RecorderError> {
        let end = End {
            number: self.take_number(),
            at_ms: now_ms(),
            cause: EndCause::Stopped,
        };
        send(&mut self.websocket, &FromRecorder::End(end)).await
    }

    /// Waits until everything sent is acknowledged.
    ///
    /// # Errors
    /// [`RecorderError`] when the server closes before.
    pub async fn wait_until_acked(&mut self) -> Result<(), RecorderError> {
        while self.acked + 1 < self.next_number {
            let said = next(&mut self.websocket).await?;
            if let Decoded::Message(FromServer::Ack(Ack { up_to, .. })) = decode_from_server(&said)?
            {
                self.acked = up_to;
            }
        }
        Ok(())
    }

    fn take_number(&mut self) -> u64 {
        let number = self.next_number;
        self.next_number += 1;
        number
    }
}

type WebSocket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn send(websocket: &mut WebSocket, message: &FromRecorder<'_>) -> Result<(), RecorderError> {
    let mut bytes = Vec::new();
    encode_from_recorder(&mut bytes, message)?;
    Ok(websocket.send(Message::Binary(bytes.into())).await?)
}

async fn next(websocket: &mut WebSocket) -> Result<Bytes, RecorderError> {
    loop {
        match websocket.next().await {
            Some(Ok(Message::Binary(bytes))) => return Ok(bytes),
            Some(Ok(Message::Close(Some(frame)))) => {
                return Err(RecorderError::Closed {
                    code: frame.code.into(),
                    reason: frame.reason.to_string(),
                });
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => return Err(error.into()),
            None => {
                return Err(RecorderError::Closed {
                    code: 1006,
                    reason: String::new(),
                });
            }
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a recorder stamps events with its machine's clock"
)]
fn now_ms() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis() as u64)
}
