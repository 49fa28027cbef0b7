//! The list of sessions, newest first, and what is told about each.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use sqlx::{Postgres, Transaction};
use uuid::Uuid;

use super::ApiState;
use super::cursor::SessionId;
use crate::auth::Staff;
use crate::error::ApiError;

const LIMIT_DEFAULT: i64 = 50;
const LIMIT_MAX: i64 = 200;

/// The list is looked for among the latest days first: this many, then more, then all. A query
/// over a year of partitions takes longer to plan than to run.
const DAYS_BACK: [i32; 4] = [8, 64, 512, i32::MAX];
/// 9999-12-31, counted from 1970-01-01.
const LAST_DAY: i32 = 2_932_896;

/// The columns of a session, for the sessions that a sub-query chooses from the account `$1` and
/// the days `$2` to `$3`.
///
/// Numbers of a stream run from 1 to its last known one. Those a gap gave up are not expected
/// (they show as gaps), the others are either received or missing.
macro_rules! summaries_of {
    ($chosen:literal) => {
        concat!(
            "select s.id, s.site_id, coalesce(site.name, '') as site_name,
                encode(s.visitor, 'hex') as visitor, s.user_name, s.started_at_ms,
                s.last_event_at_ms, s.duration_ms, s.ended_as, s.pages, s.first_url, s.last_url,
                s.title, s.events, s.clicks, s.inputs, s.errors, s.stored_bytes, s.raw_bytes,
                s.batches, n.received, n.expected
             from (",
            $chosen,
            ") s
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
                        and t.session_id = s.id
                        and t.started_on between date '1970-01-01' + $2 and date '1970-01-01' + $3
                ) per_stream
             ) n
             order by s.started_at_ms desc, s.id desc"
        )
    };
}

#[derive(Deserialize)]
pub(super) struct ListQuery {
    limit: Option<i64>,
    before: Option<String>,
}

#[derive(Serialize)]
pub(super) struct SessionList {
    sessions: Vec<SessionSummary>,
    next: Option<String>,
}

/// What the list, and the page of one session, tell about a session.
#[derive(Serialize)]
pub(super) struct SessionSummary {
    id: Uuid,
    site: SiteName,
    visitor: String,
    user: Option<String>,
    started_at_ms: i64,
    last_event_at_ms: i64,
    duration_ms: i64,
    live: bool,
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

#[derive(Serialize)]
struct SiteName {
    id: i64,
    name: String,
}

/// How many of the numbers that were used are here.
#[derive(Serialize)]
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

/// `GET /api/v1/sessions`: one page of the list.
pub(super) async fn list(
    State(state): State<ApiState>,
    staff: Staff,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<SessionList>, ApiError> {
    let limit_hint = ApiError::BadParameter {
        name: "limit",
        hint: "a whole number from 1 to 200",
    };
    let Ok(Query(query)) = query else {
        return Err(limit_hint);
    };
    let limit = query.limit.unwrap_or(LIMIT_DEFAULT);
    if !(1..=LIMIT_MAX).contains(&limit) {
        return Err(limit_hint);
    }
    let before = query
        .before
        .map(|cursor| {
            SessionId::from_cursor(&cursor).ok_or(ApiError::BadParameter {
                name: "before",
                hint: "the `next` of the page before",
            })
        })
        .transpose()?;
    // One more than asked for tells whether there is a next page.
    let mut rows = page(&state, &staff, before, limit + 1).await?;
    let has_next = i64::try_from(rows.len()).is_ok_and(|found| found > limit);
    if has_next {
        rows.pop();
    }
    let next = rows
        .last()
        .filter(|_| has_next)
        .map(|last| SessionId::from(last.id).to_cursor());
    let sessions = rows.into_iter().map(|row| row.told(&state)).collect();
    Ok(Json(SessionList { sessions, next }))
}

async fn page(
    state: &ApiState,
    staff: &Staff,
    before: Option<SessionId>,
    limit: i64,
) -> Result<Vec<SummaryRow>, ApiError> {
    let mut transaction = staff.read(state.pool()).await?;
    let today: i32 =
        sqlx::query_scalar("select (now() at time zone 'utc')::date - date '1970-01-01'")
            .fetch_one(&mut *transaction)
            .await?;
    let newest = before.map_or(today, SessionId::started_on_day);
    // Without a cursor also what a clock ahead of ours has begun.
    let mut last = before.map_or(LAST_DAY, |_| newest);
    let mut rows = Vec::new();
    let mut wanted = limit;
    for days in DAYS_BACK {
        let first = newest.saturating_sub(days).max(0);
        let found = between(&mut transaction, staff, (first, last), before, wanted).await?;
        wanted -= i64::try_from(found.len()).unwrap_or(wanted);
        rows.extend(found);
        last = first - 1;
        if wanted <= 0 || last < 0 {
            break;
        }
    }
    Ok(rows)
}

async fn between(
    transaction: &mut Transaction<'static, Postgres>,
    staff: &Staff,
    (first, last): (i32, i32),
    before: Option<SessionId>,
    limit: i64,
) -> Result<Vec<SummaryRow>, ApiError> {
    let rows = sqlx::query_as(summaries_of!(
        "select * from sessions where account_id = $1
            and started_on between date '1970-01-01' + $2 and date '1970-01-01' + $3
            and (started_at_ms, id) < ($4, $5)
         order by started_at_ms desc, id desc limit $6"
    ))
    .bind(staff.account_id)
    .bind(first)
    .bind(last)
    .bind(before.map_or(i64::MAX, SessionId::started_at_ms))
    .bind(before.map_or(Uuid::max(), SessionId::uuid))
    .bind(limit)
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
    let row = sqlx::query_as(summaries_of!(
        "select * from sessions where account_id = $1
            and started_on between date '1970-01-01' + $2 and date '1970-01-01' + $3 and id = $4"
    ))
    .bind(staff.account_id)
    .bind(session.started_on_day())
    .bind(session.started_on_day())
    .bind(session.uuid())
    .fetch_optional(&mut **transaction)
    .await?;
    Ok(row)
}
