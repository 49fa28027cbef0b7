//! The list of sessions, newest first, and what is told about each.

mod filters;
mod search;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use footage_actors::end::SessionEnd;
use serde::Serialize;
use sqlx::{Postgres, Transaction};
use utoipa::ToSchema;
use utoipa::openapi::Schema;
use uuid::Uuid;

use self::filters::Filters;
pub(super) use self::filters::ListQuery;
use super::ApiState;
use super::cursor::SessionId;
use super::openapi::one_of_or_null;
use crate::auth::Staff;
use crate::error::ApiError;
use crate::store::Day;

/// Sessions asked for together. Each may be of another day, and Postgres has only so many locks for the
/// partitions of days.
const TOLD_AT_ONCE: usize = 50;

/// The columns of the sessions `$3` of the account `$1`, which began on the days `$2`.
///
/// Numbers of a stream run from 1 to its last known one. Those a gap gave up are not expected
/// (they show as gaps), the others are either received or missing.
const SUMMARIES: &str = "
    select s.id, s.site_id, coalesce(site.name, '') as site_name,
        encode(s.visitor, 'hex') as visitor, s.user_name, s.started_at_ms,
        s.last_event_at_ms, s.duration_ms, s.ended_as, s.pages, s.first_url, s.last_url,
        s.title, s.events, s.clicks, s.inputs, s.errors, s.stored_bytes, s.raw_bytes,
        s.batches, n.received, n.expected
    from sessions s
        left join sites site on site.account_id = s.account_id and site.id = s.site_id
        cross join lateral (
            select coalesce(sum(kept), 0)::bigint as received,
                coalesce(sum(final - given_up), 0)::bigint as expected
            from (
                select greatest(coalesce(t.last_number, 0), coalesce(upper(t.received) - 1, 0))
                        as final,
                    (select coalesce(sum(upper(r) - lower(r)), 0) from unnest(t.lost) r)
                        as given_up,
                    (select coalesce(sum(upper(r) - lower(r)), 0)
                        from unnest(t.received - t.lost) r) as kept
                from streams t
                where t.account_id = s.account_id and t.started_on = s.started_on
                    and t.session_id = s.id and t.started_on = any($2)
            ) per_stream
        ) n
    where s.account_id = $1 and s.started_on = any($2) and s.id = any($3)
    order by s.started_on desc, s.id desc";

/// One page of the list.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionList {
    /// Newest first.
    sessions: Vec<SessionSummary>,
    /// For `before`; null when nothing is left.
    #[schema(required)]
    next: Option<String>,
    /// Set when the search stopped before the page was full: what started before this moment is not
    /// searched yet, and `next` goes on there.
    #[schema(required)]
    searched_to_ms: Option<i64>,
}

/// What the list, and the page of one session, tell about a session.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionSummary {
    id: Uuid,
    site: SiteName,
    visitor: String,
    #[schema(required)]
    user: Option<String>,
    started_at_ms: i64,
    last_event_at_ms: i64,
    duration_ms: i64,
    live: bool,
    #[schema(required, schema_with = session_ends)]
    ended_as: Option<String>,
    pages: i64,
    first_url: String,
    last_url: String,
    title: String,
    events: i64,
    clicks: i64,
    inputs: i64,
    errors: i64,
    bytes: i64,
    raw_bytes: i64,
    batches: i64,
    completeness: Completeness,
}

fn session_ends() -> Schema {
    one_of_or_null(SessionEnd::ALL.map(SessionEnd::as_str))
}

#[derive(Serialize, ToSchema)]
struct SiteName {
    id: i64,
    name: String,
}

/// How many of the numbers that were used are here.
#[derive(Serialize, ToSchema)]
struct Completeness {
    received: i64,
    expected: i64,
    missing: i64,
}

#[derive(sqlx::FromRow)]
pub(super) struct SummaryRow {
    id: Uuid,
    site_id: i64,
    site_name: String,
    visitor: String,
    user_name: Option<String>,
    started_at_ms: i64,
    last_event_at_ms: i64,
    duration_ms: i64,
    ended_as: Option<String>,
    pages: i64,
    first_url: String,
    last_url: String,
    title: String,
    events: i64,
    clicks: i64,
    inputs: i64,
    errors: i64,
    stored_bytes: i64,
    raw_bytes: i64,
    batches: i64,
    received: i64,
    expected: i64,
}

impl SummaryRow {
    pub(super) fn told(self, state: &ApiState) -> SessionSummary {
        SessionSummary {
            live: self.ended_as.is_none() && state.is_live(self.id),
            id: self.id,
            site: SiteName {
                id: self.site_id,
                name: self.site_name,
            },
            visitor: self.visitor,
            user: self.user_name,
            started_at_ms: self.started_at_ms,
            last_event_at_ms: self.last_event_at_ms,
            duration_ms: self.duration_ms,
            ended_as: self.ended_as,
            pages: self.pages,
            first_url: self.first_url,
            last_url: self.last_url,
            title: self.title,
            events: self.events,
            clicks: self.clicks,
            inputs: self.inputs,
            errors: self.errors,
            bytes: self.stored_bytes,
            raw_bytes: self.raw_bytes,
            batches: self.batches,
            completeness: Completeness {
                received: self.received,
                expected: self.expected,
                missing: self.expected - self.received,
            },
        }
    }
}

/// One page of the sessions that match, newest first.
///
/// A search that finds little stops after about half a second and says how far back it came.
#[utoipa::path(
    get,
    path = "/api/v1/sessions",
    operation_id = "sessions",
    tag = "sessions",
    params(ListQuery),
    responses((status = 200, description = "The sessions", body = SessionList))
)]
pub(super) async fn list(
    State(state): State<ApiState>,
    staff: Staff,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<SessionList>, ApiError> {
    let Ok(Query(query)) = query else {
        return Err(ApiError::BadParameter {
            name: "of the query",
            hint: "limit, before, site, from_ms, to_ms, duration_min_ms, duration_max_ms, page, \
                   visitor and live, each at most once",
        });
    };
    let filters = Filters::read(query)?;
    let found = search::search(&state, &staff, &filters).await?;
    let mut rows = Vec::with_capacity(found.ids.len());
    for ids in found.ids.chunks(TOLD_AT_ONCE) {
        let mut transaction = staff.read(state.pool()).await?;
        rows.extend(summaries(&mut transaction, &staff, ids).await?);
    }
    let is_full = found.ids.len() == filters.limit;
    Ok(Json(SessionList {
        sessions: rows.into_iter().map(|row| row.told(&state)).collect(),
        next: found.next.map(SessionId::to_cursor),
        searched_to_ms: found
            .next
            .filter(|_| !is_full)
            .map(SessionId::started_at_ms),
    }))
}

/// What is told of these sessions of the account, newest first.
async fn summaries(
    transaction: &mut Transaction<'static, Postgres>,
    staff: &Staff,
    ids: &[SessionId],
) -> Result<Vec<SummaryRow>, ApiError> {
    let mut days: Vec<Day> = ids.iter().map(|id| Day(id.started_on_day())).collect();
    days.dedup();
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let rows = sqlx::query_as(SUMMARIES)
        .bind(staff.account_id)
        .bind(days)
        .bind(ids)
        .fetch_all(&mut **transaction)
        .await?;
    Ok(rows)
}

/// One session of the account, or none.
pub(super) async fn one(
    transaction: &mut Transaction<'static, Postgres>,
    staff: &Staff,
    session: SessionId,
) -> Result<Option<SummaryRow>, ApiError> {
    Ok(summaries(transaction, staff, &[session]).await?.pop())
}
