//! The map of a recording: which chunks it consists of, without their bodies.

use std::io::Write as _;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde::Serialize;
use utoipa::ToSchema;

use super::ApiState;
use super::cursor::SessionId;
use super::session::must_exist;
use crate::auth::Staff;
use crate::error::ApiError;
use crate::web::accepts_gzip;

/// Chunks told at most; one each second for four hours are 14,400.
const CHUNKS_MAX: usize = 50_000;

/// What a recording consists of, in the order of replay.
#[derive(Serialize, ToSchema)]
pub(super) struct ChunkMap {
    /// The streams that have chunks.
    streams: Vec<String>,
    /// At most 50,000.
    chunks: Vec<Chunk>,
    /// Whether there are more chunks than are told.
    cut: bool,
}

/// A run of messages of one stream. Its address is `<stream>.<first>`.
#[derive(Serialize, ToSchema)]
struct Chunk {
    /// The place of its stream in `streams`.
    stream: usize,
    /// The number of its first message.
    first: i64,
    /// The number of its last message.
    last: i64,
    /// The visitor's clock at its first event; null where it has none.
    #[schema(required)]
    from_ms: Option<i64>,
    /// The visitor's clock at its last event; null where it has none.
    #[schema(required)]
    to_ms: Option<i64>,
    events: i64,
    /// Inflated.
    raw_bytes: i64,
    /// As stored.
    bytes: i64,
    /// Whether a keyframe begins within.
    keyframe: bool,
}

#[derive(sqlx::FromRow)]
struct ChunkRow {
    stream: String,
    first_seq: i64,
    last_seq: i64,
    first_event_ms: Option<i64>,
    last_event_ms: Option<i64>,
    events: i64,
    raw_bytes: i64,
    bytes: i64,
    keyframe: bool,
}

/// Tells which chunks a recording consists of, and which begin a keyframe.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{id}/chunks",
    operation_id = "list_chunks",
    tag = "recordings",
    params(("id" = Uuid, Path, description = "The session")),
    responses((
        status = 200,
        description = "The map, in gzip for a client that takes it",
        body = ChunkMap,
    ))
)]
pub(super) async fn list(
    State(state): State<ApiState>,
    staff: Staff,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let session = SessionId::parse(&id).ok_or(ApiError::NotFound)?;
    let mut transaction = staff.read(state.pool()).await?;
    must_exist(&mut transaction, &staff, session).await?;
    // The length of a body is read from its pointer.
    let rows: Vec<ChunkRow> = sqlx::query_as(
        "select encode(t.id, 'hex') as stream, c.first_seq, c.last_seq, c.first_event_ms,
            c.last_event_ms, c.events, c.raw_bytes, coalesce(octet_length(c.body), 0)::bigint as bytes,
            c.keyframe_offset is not null as keyframe
         from streams t
            join chunks c on c.account_id = t.account_id and c.started_on = t.started_on
                and c.session_id = t.session_id and c.stream_id = t.id
         where t.account_id = $1 and t.started_on = date '1970-01-01' + $2 and t.session_id = $3
            and c.started_on = date '1970-01-01' + $2
         order by t.opened_at_ms, t.id, c.first_seq limit $4",
    )
    .bind(staff.account_id)
    .bind(session.started_on_day())
    .bind(session.uuid())
    .bind(CHUNKS_MAX as i64 + 1)
    .fetch_all(&mut *transaction)
    .await?;
    drop(transaction);
    let in_gzip = accepts_gzip(&headers);
    let body = written(&ChunkMap::of(rows), in_gzip)
        .map_err(|error| ApiError::Internal(error.to_string()))?;
    let kind = [
        (header::CONTENT_TYPE, "application/json"),
        (header::VARY, "accept-encoding"),
    ];
    let encoding = in_gzip.then_some([(header::CONTENT_ENCODING, "gzip")]);
    Ok((kind, encoding, body).into_response())
}

impl ChunkMap {
    fn of(mut rows: Vec<ChunkRow>) -> Self {
        let cut = rows.len() > CHUNKS_MAX;
        rows.truncate(CHUNKS_MAX);
        let mut streams: Vec<String> = Vec::new();
        let chunks = rows
            .into_iter()
            .map(|row| {
                if streams.last() != Some(&row.stream) {
                    streams.push(row.stream);
                }
                Chunk {
                    stream: streams.len() - 1,
                    first: row.first_seq,
                    last: row.last_seq,
                    from_ms: row.first_event_ms,
                    to_ms: row.last_event_ms,
                    events: row.events,
                    raw_bytes: row.raw_bytes,
                    bytes: row.bytes,
                    keyframe: row.keyframe,
                }
            })
            .collect();
        Self {
            streams,
            chunks,
            cut,
        }
    }
}

/// Maps of long sessions have megabytes of figures that repeat.
fn written(map: &ChunkMap, in_gzip: bool) -> std::io::Result<Vec<u8>> {
    let body = serde_json::to_vec(map)?;
    if !in_gzip {
        return Ok(body);
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(&body)?;
    encoder.finish()
}
