//! `/v1/record`: the WebSocket upgrade, the first message, and the way to the session.

use axum::extract::{ConnectInfo, Request as HttpRequest, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use footage_actors::cast::Visit;
use footage_actors::limits::Slot;
use footage_actors::outbox::Close;
use footage_protocol::{CloseCode, Decoded, FromRecorder, decode_from_recorder, settings};
use futures_util::StreamExt;
use hyper_util::rt::TokioIo;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Bytes, Message};
use tracing::{debug, info};

use super::accept::Peer;
use super::guard::Guard;
use super::handshake::Request;
use super::ingest::Ingest;
use super::socket::Socket;
use crate::error::ApiError;
use crate::telemetry::metrics;

/// How long a refused recorder has to read why.
const REFUSAL_TIMEOUT: Duration = Duration::from_secs(3);
/// Read at once; small, since most sockets are idle most of the time. Larger frames are read whole
/// into the message's own buffer.
const READ_BUFFER_BYTES: usize = 4 * 1024;
/// Everything a server says is small; see the outbox's own bound.
const WRITE_BUFFER_BYTES_MAX: usize = 256 * 1024;

/// Answers an upgrade request and takes the connection from there.
#[expect(
    clippy::disallowed_methods,
    reason = "a socket lives on its worker's thread and ends by its own timeouts"
)]
pub async fn record(
    State(ingest): State<Arc<Ingest>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    mut request: HttpRequest,
) -> Response {
    let key = match upgrade_key(request.headers()) {
        Ok(key) => key,
        Err(refusal) => return refusal.into_response(),
    };
    let ip = ingest.client_ip(&peer, request.headers());
    let half_open = match ingest.places.half_open(ip) {
        Ok(slot) => slot,
        Err(limited) => return ApiError::Closed(Close::limited(&limited)).into_response(),
    };
    let about = Request::from_headers(request.headers());
    let upgrade = hyper::upgrade::on(&mut request);
    tokio::task::spawn_local(async move {
        let Ok(upgraded) = upgrade.await else {
            return;
        };
        let Ok(parts) = upgraded.downcast::<TokioIo<TcpStream>>() else {
            return;
        };
        let guard = Guard::new(parts.io.into_inner(), parts.read_buf);
        let websocket =
            WebSocketStream::from_raw_socket(guard, Role::Server, Some(websocket_config())).await;
        greet(ingest, websocket, ip, about, half_open).await;
    });
    switching_protocols(&key)
}

/// Waits for the hello and brings the socket to its session, or closes it with the reason.
async fn greet(
    ingest: Arc<Ingest>,
    mut websocket: WebSocketStream<Guard>,
    ip: IpAddr,
    about: Request,
    half_open: Slot,
) {
    let patience = Duration::from_millis(settings().intervals.hello_timeout_ms);
    let first = tokio::time::timeout(patience, first_message(&mut websocket)).await;
    let met = match first {
        Err(_) => Err(Close::limit(CloseCode::HelloTimeout, "say hello first")),
        Ok(Err(close)) => Err(close),
        Ok(Ok(None)) => return,
        Ok(Ok(Some(message))) => meet(&ingest, &message, ip, &about).await,
    };
    drop(half_open);
    let (visit, place) = match met {
        Ok(met) => met,
        Err(close) => return refuse(websocket, close).await,
    };
    metrics::socket_opened();
    let ledger = ingest.cast.ledger(visit.account);
    let socket = Socket::new(
        websocket,
        ingest.cast.budget().clone(),
        ledger,
        ingest.cast.clock(),
        place,
    );
    if let Err((close, mut socket)) = ingest.cast.attach(visit, Box::new(socket)).await {
        debug!(code = close.code.code(), reason = %close.reason, "a session declined a socket");
        socket.settle();
        socket.outbox().close(close);
        while socket.next().await.is_some() {}
    }
}

async fn meet(
    ingest: &Ingest,
    message: &[u8],
    ip: IpAddr,
    about: &Request,
) -> Result<(Visit, Slot), Close> {
    let hello = match decode_from_recorder(message) {
        Ok(Decoded::Message(FromRecorder::Hello(hello))) => hello,
        Ok(_) => {
            return Err(Close::limit(
                CloseCode::Malformed,
                "the first message must be a hello",
            ));
        }
        Err(reason) => return Err(Close::limit(reason.close_code(), reason)),
    };
    let visit = ingest.handshake.visit(&hello, about).await?;
    let place = ingest
        .places
        .open(ip, visit.account)
        .map_err(|limited| Close::limited(&limited))?;
    Ok((visit, place))
}

/// The first binary message, or `None` when the other side went away.
async fn first_message(websocket: &mut WebSocketStream<Guard>) -> Result<Option<Bytes>, Close> {
    while let Some(arrived) = websocket.next().await {
        match arrived {
            Ok(Message::Binary(bytes)) => return Ok(Some(bytes)),
            Ok(Message::Text(_)) => {
                return Err(Close::limit(CloseCode::TextFrame, "send binary messages"));
            }
            Ok(Message::Close(_)) => return Ok(None),
            Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_)) => {}
            Err(error) => return super::socket::close_for(&error).map_or(Ok(None), Err),
        }
    }
    Ok(None)
}

/// Closes a connection that never came to a session.
async fn refuse(mut websocket: WebSocketStream<Guard>, close: Close) {
    info!(code = close.code.code(), reason = %close.reason, "refused a recorder");
    metrics::socket_refused(close.code);
    let frame = CloseFrame {
        code: close.code.code().into(),
        reason: close.reason.as_str().into(),
    };
    let goodbye = async {
        if websocket.close(Some(frame)).await.is_ok() {
            while let Some(Ok(_)) = websocket.next().await {}
        }
    };
    let _ = tokio::time::timeout(REFUSAL_TIMEOUT, goodbye).await;
}

fn websocket_config() -> WebSocketConfig {
    let limits = &settings().limits;
    let mut config = WebSocketConfig::default();
    config.read_buffer_size = READ_BUFFER_BYTES;
    config.write_buffer_size = 0;
    config.max_write_buffer_size = WRITE_BUFFER_BYTES_MAX;
    config.max_message_size = Some(limits.message_bytes_max as usize);
    config.max_frame_size = Some(limits.frame_bytes_max as usize);
    config
}

/// Checks that a request is a WebSocket upgrade for our subprotocol (RFC 6455, section 4.2.1).
fn upgrade_key(headers: &HeaderMap) -> Result<HeaderValue, ApiError> {
    let has = |name: HeaderName, token: &str| {
        headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|part| part.trim().eq_ignore_ascii_case(token))
    };
    let subprotocol = settings().protocol.subprotocol;
    let wrong = |hint: &'static str| ApiError::NotAnUpgrade { hint };
    if !has(header::CONNECTION, "upgrade") || !has(header::UPGRADE, "websocket") {
        return Err(wrong(
            "this address is a WebSocket; connect with one, or POST to /v1/batches",
        ));
    }
    if !has(header::SEC_WEBSOCKET_VERSION, "13") {
        return Err(wrong("send Sec-WebSocket-Version: 13"));
    }
    if !has(header::SEC_WEBSOCKET_PROTOCOL, subprotocol) {
        return Err(wrong("ask for the subprotocol footage.v1"));
    }
    headers
        .get(header::SEC_WEBSOCKET_KEY)
        .cloned()
        .ok_or_else(|| wrong("send Sec-WebSocket-Key"))
}

fn switching_protocols(key: &HeaderValue) -> Response {
    let accept = derive_accept_key(key.as_bytes());
    let headers = [
        (header::CONNECTION, "upgrade".to_owned()),
        (header::UPGRADE, "websocket".to_owned()),
        (header::SEC_WEBSOCKET_ACCEPT, accept),
        (
            header::SEC_WEBSOCKET_PROTOCOL,
            settings().protocol.subprotocol.to_owned(),
        ),
    ];
    (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
}
