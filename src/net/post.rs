//! `POST /v1/batches`: the way of the last messages of a page, and of recorders whose WebSocket is
//! blocked. The body is a hello and then messages; the answer comes when they are durable.

use axum::body::Body;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use footage_actors::arrival::Message;
use footage_actors::budget::Permit;
use footage_actors::cast::Visit;
use footage_actors::end::SocketEnd;
use footage_actors::outbox::Close;
use footage_protocol::{CloseCode, Decoded, FromRecorder, decode_sequence, settings};
use http_body_util::BodyExt;
use std::sync::Arc;
use std::time::Duration;

use super::accept::Peer;
use super::door::{Came, Weighed, refuse, understand};
use super::handshake;
use super::ingest::Ingest;
use crate::api::headers::CROSS_ORIGIN_RESOURCE_POLICY;
use crate::error::ApiError;
use crate::telemetry::metrics;

/// How long a body may take to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// Bytes that the messages of one body may hold until they are stored.
const HELD_BYTES_MAX: usize = 16 << 20;
/// How much of a body is read before the connection is cut.
const DISCARDED_BYTES_MAX: usize = 8 << 20;

/// Takes a body of messages.
#[expect(
    clippy::disallowed_methods,
    reason = "it is awaited, and ends by its own timeouts"
)]
pub async fn batches(
    State(ingest): State<Arc<Ingest>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    request: Request<Body>,
) -> Response {
    let (parts, body) = request.into_parts();
    let origin = parts.headers.get(header::ORIGIN).cloned();
    // Not cut short when the page that sent it goes away.
    let taking =
        tokio::task::spawn_local(async move { take(&ingest, &peer, &parts.headers, body).await });
    let answer = taking
        .await
        .unwrap_or_else(|_| Err(Close::bare(SocketEnd::Crash, CloseCode::ServerBug)));
    metrics::post_answered(answer.is_ok());
    let refused = |close| ApiError::Closed(close).into_response();
    allow_origin(answer.unwrap_or_else(refused), origin)
}

/// Answers a browser that asks first, since a page sent a content type that is not simple.
pub async fn preflight(headers: HeaderMap) -> Response {
    let allowed = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "POST"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type"),
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
    ];
    let answer = (StatusCode::NO_CONTENT, allowed).into_response();
    allow_origin(answer, headers.get(header::ORIGIN).cloned())
}

/// Lets the page read the answer; whether its origin may record is decided by the handshake.
fn allow_origin(mut answer: Response, origin: Option<HeaderValue>) -> Response {
    let headers = answer.headers_mut();
    let anyone = HeaderValue::from_static("cross-origin");
    headers.insert(CROSS_ORIGIN_RESOURCE_POLICY, anyone);
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.append(header::VARY, HeaderValue::from_static("origin"));
    }
    answer
}

async fn take(
    ingest: &Ingest,
    peer: &Peer,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Close> {
    if headers
        .get(header::CONTENT_ENCODING)
        .is_some_and(|encoding| encoding != "identity")
    {
        let detail = "send the body without Content-Encoding";
        return Err(Close::limit(CloseCode::Malformed, detail));
    }
    let _place = ingest
        .places
        .half_open(ingest.client_ip(peer, headers))
        .map_err(|limited| Close::limited(&limited))?;
    let patience = Duration::from_millis(settings().intervals.post_timeout_ms);
    let room = room(ingest, settings().limits.post_bytes_max as usize, patience).await?;
    let body = read(body).await?;
    drop(room);
    let about = handshake::Request::from_headers(headers);
    let (visit, weighed) = open(ingest, &body, &about).await?;
    let messages = permit(ingest, weighed, patience).await?;
    let answered = tokio::time::timeout(patience, ingest.cast.post(visit, messages)).await;
    let body = answered.map_err(|_| {
        let detail = "storage did not answer in time; send it again";
        Close::limit(CloseCode::TryLater, detail)
    })??;
    Ok(([(header::CONTENT_TYPE, "application/vnd.footage.v1")], body).into_response())
}

async fn read(body: Body) -> Result<Bytes, Close> {
    match tokio::time::timeout(BODY_TIMEOUT, collect(body)).await {
        Err(_) => {
            let detail = format_args!("send the body within {} s", BODY_TIMEOUT.as_secs());
            Err(Close::limit(CloseCode::HelloTimeout, detail))
        }
        Ok(collected) => collected,
    }
}

/// Reads a whole body. Of one that is too large, some more is read and dropped: a client that is
/// still sending does not see the answer.
async fn collect(mut body: Body) -> Result<Bytes, Close> {
    let limit = settings().limits.post_bytes_max as usize;
    let mut collected = BytesMut::new();
    let mut bytes = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Close::limit(CloseCode::Malformed, error))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        bytes += data.len();
        if bytes <= limit {
            collected.extend_from_slice(&data);
        } else if bytes > DISCARDED_BYTES_MAX {
            break;
        }
    }
    if bytes > limit {
        let detail = format_args!("the body is above {limit} bytes; send it in several POSTs");
        return Err(Close::limit(CloseCode::MessageTooBig, detail));
    }
    Ok(collected.freeze())
}

/// Reads the hello and the messages behind it. Nothing is taken of a body that is broken anywhere.
async fn open(
    ingest: &Ingest,
    body: &Bytes,
    about: &handshake::Request,
) -> Result<(Visit, Vec<Weighed>), Close> {
    let mut sequence = decode_sequence(body);
    let hello = match sequence.next() {
        Some(Ok(Decoded::Message(FromRecorder::Hello(hello)))) => hello,
        Some(Err(reason)) => return Err(Close::limit(reason.close_code(), reason)),
        Some(Ok(_)) | None => {
            return Err(Close::limit(
                CloseCode::Malformed,
                "the first message must be a hello",
            ));
        }
    };
    let visit = ingest.handshake.visit(&hello, about).await?;
    let ledger = ingest.cast.ledger(visit.account);
    let mut messages = Vec::new();
    loop {
        let before = sequence.rest();
        let Some(read) = sequence.next() else {
            return Ok((visit, messages));
        };
        let message = &before[..before.len() - sequence.rest().len()];
        let came = match read {
            Ok(Decoded::Message(decoded)) => understand(&body.slice_ref(message), decoded, &ledger),
            Ok(Decoded::Skipped(_)) => Ok(Came::Nothing),
            Err(reason) => Err(refuse(&reason, &ledger)),
        };
        match came {
            Ok(Came::Message(weighed)) => messages.push(weighed),
            Ok(Came::Ping { .. } | Came::Nothing) => {}
            Err(close) => return Err(give_up(messages, close)),
        }
    }
}

/// Takes the weight of all messages at once: who took them one by one could wait for itself.
async fn permit(
    ingest: &Ingest,
    weighed: Vec<Weighed>,
    patience: Duration,
) -> Result<Vec<Message>, Close> {
    let bytes: usize = weighed.iter().map(|message| message.bytes).sum();
    if bytes > HELD_BYTES_MAX {
        let detail =
            format_args!("{bytes} bytes when inflated, above {HELD_BYTES_MAX}; send less at once");
        return Err(give_up(
            weighed,
            Close::limit(CloseCode::MessageTooBig, detail),
        ));
    }
    let mut share = match room(ingest, bytes, patience).await {
        Ok(share) => share,
        Err(close) => return Err(give_up(weighed, close)),
    };
    let mut messages = Vec::with_capacity(weighed.len());
    for message in weighed {
        match share.split(message.bytes) {
            Some(permit) => messages.push(message.permitted(permit)),
            None => message.give_up(),
        }
    }
    Ok(messages)
}

/// A share of the node's byte budget, if there is one in time.
async fn room(ingest: &Ingest, bytes: usize, patience: Duration) -> Result<Permit, Close> {
    let taking = ingest.cast.budget().clone().take(bytes);
    match tokio::time::timeout(patience, taking).await {
        Ok(Some(permit)) => Ok(permit),
        Ok(None) => Err(Close::draining()),
        Err(_) => Err(Close::limit(
            CloseCode::TryLater,
            "the node has no room now",
        )),
    }
}

fn give_up(weighed: Vec<Weighed>, close: Close) -> Close {
    weighed.into_iter().for_each(Weighed::give_up);
    close
}
