//! A recorder of a few lines: says hello, sends messages, reads what the server says.

use footage_protocol::message::{
    Ack, Batch, BatchFlags, BatchHeader, Consent, Encoding, End, EndCause, Hello, KeyframeCause,
    Page,
};
use footage_protocol::{
    Decoded, FromRecorder, FromServer, PolicyHash, Ranges, StreamId, VisitorId, decode_from_server,
    encode_from_recorder, settings,
};
use futures_util::{SinkExt, StreamExt};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Bytes, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

pub const NOW_MS: u64 = 1_790_000_000_000;

type WebSocket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What a recorder says in its hello.
#[derive(Clone)]
pub struct Identity {
    pub site_key: String,
    pub token: Option<String>,
    pub stream: StreamId,
    pub navigated_from: Option<StreamId>,
    pub version: u8,
    pub origin: Option<String>,
}

impl Identity {
    pub fn new(site_key: &str) -> Self {
        Self {
            site_key: site_key.to_owned(),
            token: None,
            stream: StreamId(*uuid::Uuid::new_v4().as_bytes().first_chunk().unwrap()),
            navigated_from: None,
            version: settings().protocol.version as u8,
            origin: None,
        }
    }

    /// The next page load in the same tab.
    pub fn next_page(&self, token: &str) -> Self {
        Self {
            token: Some(token.to_owned()),
            navigated_from: Some(self.stream),
            ..Self::new(&self.site_key)
        }
    }

    pub fn hello(&self) -> Vec<u8> {
        let mut hello = encoded(&FromRecorder::Hello(Hello {
            protocol_version: settings().protocol.version,
            site_key: &self.site_key,
            session_token: self.token.as_deref(),
            stream: self.stream,
            navigated_from: self.navigated_from,
            held: Ranges::default(),
            visitor: VisitorId([7; 16]),
            page: Page {
                url: "https://shop.example/",
                title: "Shop",
                referrer: "",
                viewport_width: 1_280,
                viewport_height: 720,
                time_zone: "Europe/Berlin",
            },
            consent: Consent::Unknown,
            sdk_version: "test",
            policy_hash: PolicyHash([0; 8]),
            sent_at_ms: NOW_MS,
        }));
        // Behind the array's header and the kind; our own encoder refuses to claim another version.
        hello[2] = self.version;
        hello
    }
}

/// A message as bytes.
pub fn encoded(message: &FromRecorder<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode_from_recorder(&mut bytes, message).unwrap();
    bytes
}

/// A batch of one event, the text `event <number>`.
pub fn batch(number: u64) -> Vec<u8> {
    let text = format!("event {number}");
    let mut payload = vec![0xa0 | text.len() as u8];
    payload.extend(text.as_bytes());
    batch_of(number, 1, &payload)
}

/// A plain batch with this payload.
pub fn batch_of(number: u64, events: u32, payload: &[u8]) -> Vec<u8> {
    let header = BatchHeader {
        inflated_bytes: payload.len() as u64,
        ..header(number, events)
    };
    encoded(&FromRecorder::Batch(Batch { header, payload }))
}

/// The header of a plain batch whose payload is one byte.
pub fn header(number: u64, events: u32) -> BatchHeader {
    BatchHeader {
        number,
        first_event_ms: NOW_MS,
        last_event_ms: NOW_MS,
        events,
        flags: BatchFlags::NONE,
        part: 0,
        parts: 0,
        clicks: 0,
        inputs: 0,
        errors: 0,
        encoding: Encoding::Plain,
        inflated_bytes: 1,
    }
}

pub fn end(number: u64) -> Vec<u8> {
    encoded(&FromRecorder::End(End {
        number,
        at_ms: NOW_MS,
        cause: EndCause::PageHidden,
    }))
}

/// An open socket after its welcome.
pub struct Recorder {
    pub identity: Identity,
    pub token: String,
    pub session: footage_protocol::SessionId,
    pub resumed: bool,
    pub durable: Ranges,
    pub acked: u64,
    websocket: WebSocket,
}

/// How the server closed a socket.
#[derive(Debug)]
pub struct Closed {
    pub code: u16,
    pub reason: String,
}

impl Recorder {
    /// Connects, says hello and waits for the welcome, or the close.
    pub async fn connect(address: &str, identity: &Identity) -> Result<Self, Closed> {
        let mut websocket = open(address, identity.origin.as_deref()).await;
        websocket
            .send(Message::Binary(identity.hello().into()))
            .await
            .unwrap();
        let said = next(&mut websocket).await?;
        let FromServer::Welcome(welcome) = decoded(&said) else {
            panic!("expected a welcome, got {said:?}");
        };
        Ok(Self {
            identity: identity.clone(),
            token: welcome.session_token.into_owned(),
            session: welcome.session,
            resumed: welcome.resumed,
            durable: welcome.durable,
            acked: 0,
            websocket,
        })
    }

    pub async fn send(&mut self, message: Vec<u8>) {
        self.send_raw(Message::Binary(message.into())).await;
    }

    /// Sends anything; a server that has closed already is found out by reading.
    pub async fn send_raw(&mut self, message: Message) {
        let _ = self.websocket.send(message).await;
    }

    /// Waits until everything up to `number` is acknowledged.
    pub async fn wait_for_ack(&mut self, number: u64) -> Result<(), Closed> {
        while self.acked < number {
            let said = next(&mut self.websocket).await?;
            if let FromServer::Ack(Ack { up_to, .. }) = decoded(&said) {
                self.acked = up_to;
            }
        }
        Ok(())
    }

    /// Waits until the server asks for a keyframe.
    pub async fn asked(&mut self) -> Result<KeyframeCause, Closed> {
        loop {
            let said = next(&mut self.websocket).await?;
            if let FromServer::Keyframe(request) = decoded(&said) {
                return Ok(request.cause);
            }
        }
    }

    /// Reads until the server closes.
    pub async fn closed(&mut self) -> Closed {
        loop {
            if let Err(closed) = next(&mut self.websocket).await {
                return closed;
            }
        }
    }

    /// The same stream of the same session on a new socket.
    pub async fn reconnect(&self, address: &str) -> Result<Self, Closed> {
        let identity = Identity {
            token: Some(self.token.clone()),
            ..self.identity.clone()
        };
        Self::connect(address, &identity).await
    }

    pub fn stream(&mut self) -> &mut TcpStream {
        match self.websocket.get_mut() {
            MaybeTlsStream::Plain(stream) => stream,
            _ => panic!("a plain connection"),
        }
    }

    pub async fn close(mut self) {
        let _ = self.websocket.close(None).await;
    }
}

pub async fn open(address: &str, origin: Option<&str>) -> WebSocket {
    let mut request = format!("ws://{address}/v1/record")
        .into_client_request()
        .unwrap();
    let headers = request.headers_mut();
    headers.insert("sec-websocket-protocol", "footage.v1".parse().unwrap());
    if let Some(origin) = origin {
        headers.insert("origin", origin.parse().unwrap());
    }
    let stream = TcpStream::connect(address).await.unwrap();
    let (websocket, _) = tokio_tungstenite::client_async(request, MaybeTlsStream::Plain(stream))
        .await
        .unwrap();
    websocket
}

/// The next message of the server.
pub async fn next(websocket: &mut WebSocket) -> Result<Bytes, Closed> {
    let patience = Duration::from_secs(30);
    loop {
        let arrived = tokio::time::timeout(patience, websocket.next())
            .await
            .expect("the server says something");
        match arrived {
            Some(Ok(Message::Binary(bytes))) => return Ok(bytes),
            Some(Ok(Message::Close(Some(frame)))) => {
                return Err(Closed {
                    code: frame.code.into(),
                    reason: frame.reason.to_string(),
                });
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => {
                return Err(Closed {
                    code: 1006,
                    reason: error.to_string(),
                });
            }
            None => {
                return Err(Closed {
                    code: 1006,
                    reason: "no close frame".to_owned(),
                });
            }
        }
    }
}

pub fn decoded(bytes: &[u8]) -> FromServer<'_> {
    match decode_from_server(bytes).unwrap() {
        Decoded::Message(message) => message,
        Decoded::Skipped(kind) => panic!("unknown kind {kind}"),
    }
}
