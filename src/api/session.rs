//! One session: its streams, what is missing of each, and the pages visited.

use axum::Json;
use axum::extract::{Path, State};
use footage_protocol::message::{GapCause, PageCause};
use serde::Serialize;
use sqlx::{Postgres, Transaction};
use utoipa::ToSchema;
use utoipa::openapi::Schema;

use super::ApiState;
use super::cursor::SessionId;
use super::openapi::one_of;
use super::sessions::{SessionSummary, one};
use crate::auth::Staff;
use crate::error::ApiError;

/// Pages told at most; `pages` of the session counts all of them.
pub(super) const PAGES_MAX: i64 = 10_000;
/// Gaps told at most.
const GAPS_MAX: i64 = 10_000;

/// Everything about one session but its events.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionDetail {
    #[serde(flatten)]
    summary: SessionSummary,
    streams: Vec<Stream>,
    pages_visited: Vec<Visit>,
}

/// A page load within a session. Ranges hold both their ends.
#[derive(Serialize, ToSchema)]
struct Stream {
    id: String,
    /// The server's clock.
    started_at_ms: i64,
    url: String,
    title: String,
    viewport_width: i64,
    viewport_height: i64,
    /// Whether the recorder said its end.
    ended: bool,
    /// The numbers of messages that are here.
    received: Vec<(i64, i64)>,
    /// The numbers up to the last known one that are not here and may still come.
    missing: Vec<(i64, i64)>,
    gaps: Vec<Gap>,
}

/// Numbers that will never come.
#[derive(Serialize, ToSchema)]
struct Gap {
    first: i64,
    last: i64,
    #[schema(schema_with = gap_causes)]
    cause: String,
}

fn gap_causes() -> Schema {
    one_of(GapCause::ALL.iter().map(|cause| cause.name()))
}

fn page_causes() -> Schema {
    one_of(PageCause::ALL.iter().map(|cause| cause.name()))
}

#[derive(sqlx::FromRow)]
struct StreamRow {
    id: String,
    opened_at_ms: i64,
    url: String,
    title: String,
    viewport_width: i64,
    viewport_height: i64,
    ended: bool,
    kept_first: Vec<i64>,
    kept_last: Vec<i64>,
    missing_first: Vec<i64>,
    missing_last: Vec<i64>,
}

#[derive(sqlx::FromRow)]
struct GapRow {
    stream: String,
    first_seq: i64,
    last_seq: i64,
    cause: String,
}

/// A page within a session.
#[derive(sqlx::FromRow, Serialize, ToSchema)]
struct Visit {
    /// The visitor's clock; of a page load (`load`, the first of its stream) the server's.
    at_ms: i64,
    url: String,
    title: String,
    #[schema(schema_with = page_causes)]
    cause: String,
    stream: String,
}

/// Tells everything about one session but its events.
#[utoipa::path(
    get,
    path = "/api/v1/sessions/{id}",
    operation_id = "session",
    tag = "sessions",
    params(("id" = Uuid, Path, description = "The session")),
    responses((status = 200, description = "The session", body = SessionDetail))
)]
pub(super) async fn show(
    State(state): State<ApiState>,
    staff: Staff,
    Path(id): Path<String>,
) -> Result<Json<SessionDetail>, ApiError> {
    let session = SessionId::parse(&id).ok_or(ApiError::NotFound)?;
    let mut transaction = staff.read(state.pool()).await?;
    let Some(row) = one(&mut transaction, &staff, session).await? else {
        return Err(ApiError::NotFound);
    };
    let streams = streams_of(&mut transaction, &staff, session).await?;
    let gaps = gaps_of(&mut transaction, &staff, session).await?;
    let visits = visits_of(&mut transaction, &staff, session).await?;
    Ok(Json(SessionDetail {
        summary: row.told(&state),
        streams: streams
            .into_iter()
            .map(|stream| stream.told(&gaps))
            .collect(),
        pages_visited: visits,
    }))
}

/// Refuses what is no session of the account.
pub(super) async fn must_exist(
    transaction: &mut Transaction<'static, Postgres>,
    staff: &Staff,
    session: SessionId,
) -> Result<(), ApiError> {
    let exists: bool = sqlx::query_scalar(
        "select exists (select from sessions
         where account_id = $1 and started_on = date '1970-01-01' + $2 and id = $3)",
    )
    .bind(staff.account_id)
    .bind(session.started_on_day())
    .bind(session.uuid())
    .fetch_one(&mut **transaction)
    .await?;
    exists.then_some(()).ok_or(ApiError::NotFound)
}

async fn streams_of(
    transaction: &mut Transaction<'static, Postgres>,
    staff: &Staff,
    session: SessionId,
) -> Result<Vec<StreamRow>, ApiError> {
    let rows = sqlx::query_as(
        "select encode(t.id, 'hex') as id, t.opened_at_ms, t.url, t.title, t.viewport_width,
            t.viewport_height, t.last_number is not null as ended,
            array(select lower(r) from unnest(t.received - t.lost) r order by r) as kept_first,
            array(select upper(r) - 1 from unnest(t.received - t.lost) r order by r) as kept_last,
            array(select lower(r) from unnest(m.missing) r order by r) as missing_first,
            array(select upper(r) - 1 from unnest(m.missing) r order by r) as missing_last
         from streams t
         cross join lateral (
            select int8multirange(int8range(1, 1 + greatest(
                coalesce(t.last_number, 0), coalesce(upper(t.received) - 1, 0)))) - t.received
                as missing) m
         where t.account_id = $1 and t.started_on = date '1970-01-01' + $2 and t.session_id = $3
         order by t.opened_at_ms, t.id",
    )
    .bind(staff.account_id)
    .bind(session.started_on_day())
    .bind(session.uuid())
    .fetch_all(&mut **transaction)
    .await?;
    Ok(rows)
}

async fn gaps_of(
    transaction: &mut Transaction<'static, Postgres>,
    staff: &Staff,
    session: SessionId,
) -> Result<Vec<GapRow>, ApiError> {
    let rows = sqlx::query_as(
        "select encode(stream_id, 'hex') as stream, first_seq, last_seq, cause from gaps
         where account_id = $1 and started_on = date '1970-01-01' + $2 and session_id = $3
         order by stream_id, first_seq limit $4",
    )
    .bind(staff.account_id)
    .bind(session.started_on_day())
    .bind(session.uuid())
    .bind(GAPS_MAX)
    .fetch_all(&mut **transaction)
    .await?;
    Ok(rows)
}

async fn visits_of(
    transaction: &mut Transaction<'static, Postgres>,
    staff: &Staff,
    session: SessionId,
) -> Result<Vec<Visit>, ApiError> {
    let rows = sqlx::query_as(
        "select p.at_ms, p.url, p.title, p.cause, encode(p.stream_id, 'hex') as stream
         from pages p
            left join streams t on t.account_id = p.account_id and t.started_on = p.started_on
                and t.session_id = p.session_id and t.id = p.stream_id
         where p.account_id = $1 and p.started_on = date '1970-01-01' + $2 and p.session_id = $3
         order by coalesce(t.opened_at_ms, p.received_at_ms), p.stream_id, p.number limit $4",
    )
    .bind(staff.account_id)
    .bind(session.started_on_day())
    .bind(session.uuid())
    .bind(PAGES_MAX)
    .fetch_all(&mut **transaction)
    .await?;
    Ok(rows)
}

impl StreamRow {
    fn told(self, gaps: &[GapRow]) -> Stream {
        let gaps = gaps
            .iter()
            .filter(|gap| gap.stream == self.id)
            .map(|gap| Gap {
                first: gap.first_seq,
                last: gap.last_seq,
                cause: gap.cause.clone(),
            })
            .collect();
        Stream {
            id: self.id,
            started_at_ms: self.opened_at_ms,
            url: self.url,
            title: self.title,
            viewport_width: self.viewport_width,
            viewport_height: self.viewport_height,
            ended: self.ended,
            received: self.kept_first.into_iter().zip(self.kept_last).collect(),
            missing: self
                .missing_first
                .into_iter()
                .zip(self.missing_last)
                .collect(),
            gaps,
        }
    }
}
