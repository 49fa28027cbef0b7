//! The recording itself: the chunks of a session, one frame after the other.

mod inflate;
mod range;
mod reader;
mod relay;

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use utoipa::ToSchema;

use super::ApiState;
use super::cursor::SessionId;
use crate::auth::Staff;
use crate::error::{ApiError, ErrorBody};
use crate::web::accepts;
use inflate::Inflater;
use range::{RangeQuery, Span};
use reader::{ChunkReader, Frame};
use relay::made_here;

const CONTENT_TYPE: HeaderValue = HeaderValue::from_static("application/vnd.footage.events");
const VARY: HeaderValue = HeaderValue::from_static("accept-encoding");
const ZSTD: HeaderValue = HeaderValue::from_static("zstd");

/// Gives the recording, or a range of it, in its stored form.
///
/// The chunks come in the order of replay, compressed as they lie in Postgres where the client can
/// decode zstd. A chunk that cannot be read is an error when it is the first of the answer;
/// elsewhere the chunks before it come, and then the answer is cut off.
//
// One run of chunks (1 MiB) and the piece being sent are in memory, and no connection to Postgres
// is held while the client reads.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{id}/events",
    operation_id = "read_events",
    tag = "recordings",
    params(("id" = Uuid, Path, description = "The session"), RangeQuery),
    responses(
        (
            status = 200,
            description = "The chunks, one after the other",
            body = inline(Frames),
            content_type = "application/vnd.footage.events",
        ),
        (status = 500, description = "`chunk_unreadable`: the first chunk cannot be read",
            body = ErrorBody),
    )
)]
pub(super) async fn stream(
    State(state): State<ApiState>,
    staff: Staff,
    Path(id): Path<String>,
    query: Result<Query<RangeQuery>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Frames, ApiError> {
    let session = SessionId::parse(&id).ok_or(ApiError::NotFound)?;
    let span = Span::read(query)?;
    let mut reader = ChunkReader::open(state.pool().clone(), staff, session, span).await?;
    // The first chunk is read before the status is chosen: a failure there is told as one.
    let mut run = reader.next_run().await?.into_iter().flatten();
    let Some(first) = run.next().transpose()? else {
        // No frame at all is not a zstd stream, so nothing claims to be one.
        return Ok(answer(Body::empty(), None));
    };
    let in_zstd = accepts("zstd", &headers);
    if !in_zstd {
        Inflater::check(first.clone())?;
    }
    let frames = frames(first, run, reader);
    if in_zstd {
        return Ok(answer(Body::from_stream(told(frames)), Some(ZSTD)));
    }
    let pieces = frames.map_ok(Inflater::pieces).try_flatten();
    Ok(answer(Body::from_stream(told(pieces)), None))
}

/// An answer with chunks.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub(super) struct Frames(Response);

impl IntoResponse for Frames {
    fn into_response(self) -> Response {
        self.0
    }
}

fn answer(body: Body, encoding: Option<HeaderValue>) -> Frames {
    let kind = [(header::CONTENT_TYPE, CONTENT_TYPE), (header::VARY, VARY)];
    let encoding = encoding.map(|encoding| [(header::CONTENT_ENCODING, encoding)]);
    Frames((kind, encoding, body).into_response())
}

/// The frames of a session, in their order: the first, the rest of its run, and all later ones.
fn frames(
    first: Bytes,
    rest: impl Iterator<Item = Frame> + Send,
    reader: ChunkReader,
) -> impl Stream<Item = Frame> + Send {
    let later = stream::try_unfold(reader, |mut reader| async move {
        Ok::<_, ApiError>(reader.next_run().await?.map(|run| (run, reader)))
    });
    stream::iter([Ok(first)])
        .chain(stream::iter(rest))
        .chain(later.map_ok(stream::iter).try_flatten())
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
