//! The recording itself: the chunks of a session, one frame after the other.

mod chunks;
mod inflate;
mod relay;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};

use super::ApiState;
use super::cursor::SessionId;
use crate::auth::Staff;
use crate::error::ApiError;
use chunks::ChunkReader;
use inflate::Inflater;
use relay::made_here;

const CONTENT_TYPE: HeaderValue = HeaderValue::from_static("application/vnd.footage.events");
const VARY: HeaderValue = HeaderValue::from_static("accept-encoding");
const ZSTD: HeaderValue = HeaderValue::from_static("zstd");

/// `GET /api/v1/sessions/{id}/events`: the stored form, compressed as it lies in Postgres where
/// the client can decode it.
///
/// One run of chunks (1 MiB) and the piece being sent are in memory, and no connection to Postgres is held while
/// the client reads.
pub(super) async fn stream(
    State(state): State<ApiState>,
    staff: Staff,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let session = SessionId::parse(&id).ok_or(ApiError::NotFound)?;
    let mut reader = ChunkReader::open(state.pool().clone(), staff, session).await?;
    // The first run is read before the status is chosen: a failure there is an honest 500.
    let Some(first) = reader.next_run().await? else {
        // No frame at all is not a zstd stream, so nothing claims to be one.
        return Ok(answer(Body::empty(), None));
    };
    let frames = frames(first, reader);
    if accepts_zstd(&headers) {
        return Ok(answer(Body::from_stream(told(frames)), Some(ZSTD)));
    }
    let pieces = frames.map_ok(Inflater::pieces).try_flatten();
    Ok(answer(Body::from_stream(told(pieces)), None))
}

fn answer(body: Body, encoding: Option<HeaderValue>) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, CONTENT_TYPE);
    headers.insert(header::VARY, VARY);
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, encoding);
    }
    response
}

/// The frames of a session, in their order.
fn frames(
    first: Vec<Bytes>,
    reader: ChunkReader,
) -> impl Stream<Item = Result<Bytes, ApiError>> + Send {
    let later = stream::try_unfold(reader, |mut reader| async move {
        Ok::<_, ApiError>(reader.next_run().await?.map(|run| (run, reader)))
    });
    stream::iter([Ok(first)])
        .chain(later)
        .map_ok(|run| stream::iter(run.into_iter().map(Ok)))
        .try_flatten()
}

/// Makes the pieces in the back office, and logs what ends an answer early; the client sees its
/// connection cut.
fn told(
    pieces: impl Stream<Item = Result<Bytes, ApiError>> + Send + 'static,
) -> impl Stream<Item = Result<Bytes, ApiError>> + Send {
    made_here(pieces).inspect_err(|error| {
        tracing::error!(error.message = %error, "an answer with events was cut off");
    })
}

/// Whether the client takes zstd, which it must say.
fn accepts_zstd(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .any(|choice| {
            let mut parts = choice.split(';').map(str::trim);
            let is_zstd = parts
                .next()
                .is_some_and(|coding| coding.eq_ignore_ascii_case("zstd"));
            let is_refused = parts
                .filter_map(|part| part.strip_prefix("q="))
                .any(|weight| weight.parse::<f32>().is_ok_and(|weight| weight <= 0.0));
            is_zstd && !is_refused
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zstd_is_sent_only_to_who_asks_for_it() {
        let accepts = |line: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, line.parse().unwrap());
            accepts_zstd(&headers)
        };
        assert!(accepts("gzip, deflate, br, zstd"));
        assert!(accepts("ZSTD;q=0.5"));
        assert!(!accepts("zstd;q=0, gzip"));
        assert!(!accepts("gzip"));
        assert!(!accepts("*"));
        assert!(!accepts_zstd(&HeaderMap::new()));
    }
}
