//! Looks for the sessions that match, from the newest on, a stretch of days at a time.
//!
//! The order is that of the primary key, (started_on, id), which is the order of time. A look takes
//! the next sessions in this order, however many match, so that what it costs is known; it grows as
//! long as little is found. After about half a second the search stops and says how far it came.

use std::time::Duration;

use tokio::time::Instant;
use uuid::Uuid;

use super::filters::Filters;
use crate::api::ApiState;
use crate::api::cursor::{DAY_MS, SessionId};
use crate::api::session::PAGES_MAX;
use crate::auth::Staff;
use crate::error::ApiError;

/// No look begins after this long: people are told how far the search came, and may go on.
const BUDGET: Duration = Duration::from_millis(500);
/// A look that takes this long is cut off and tried with fewer sessions.
const LOOK_PATIENCE: Duration = Duration::from_secs(1);
/// Sessions of one look, and of one that reads their pages too: tens of milliseconds.
const LOOK_MAX: usize = 32_768;
const LOOK_WITH_PAGES_MAX: usize = 4_096;
/// How much larger each look is than the one before, and smaller after one that was cut off.
const LOOK_GROWTH: usize = 8;
/// Days of a stretch, and of each one after a stretch in which too little was found: planning for
/// many costs more than looking.
const DAYS: (usize, usize) = (8, 32);
/// Live sessions looked at together.
const LIVE_MAX: usize = 200;

/// What a search found.
pub(super) struct Found {
    /// One page of sessions, newest first.
    pub(super) ids: Vec<SessionId>,
    /// Where the next page begins, unless there is none. Of a page that is not full: how far the
    /// search came.
    pub(super) next: Option<SessionId>,
}

/// Where one look goes.
struct Stretch {
    /// The first and the last day.
    days: (i32, i32),
    /// Only these sessions, those that are live.
    among: Option<Vec<Uuid>>,
    /// Nothing after this place is left when all was looked at.
    end: SessionId,
}

#[derive(sqlx::FromRow)]
struct Seen {
    id: Uuid,
    is_open: bool,
    matches: bool,
    is_last: bool,
}

/// One page of the sessions that match.
///
/// # Errors
/// When Postgres does not answer, or takes too long over a single session.
pub(super) async fn search(
    state: &ApiState,
    staff: &Staff,
    filters: &Filters,
) -> Result<Found, ApiError> {
    let began = Instant::now();
    let mut days = Days::of(state, filters).await?;
    let mut at = filters.before;
    let mut ids = Vec::new();
    // One more than asked for tells whether there is a next page.
    let mut number = filters.limit + 1;
    let mut number_max = match filters.page {
        Some(_) => LOOK_WITH_PAGES_MAX,
        None => LOOK_MAX,
    };
    let mut is_over = false;
    while let Some(stretch) = days.next(state, staff, filters, at) {
        if is_over {
            let next = Some(at);
            return Ok(Found { ids, next });
        }
        let Some(seen) = look(state, staff, filters, &stretch, at, number).await? else {
            if number == 1 {
                return Err(ApiError::TimedOut);
            }
            number = (number / LOOK_GROWTH).max(1);
            number_max = number;
            continue;
        };
        let last = seen.iter().find(|session| session.is_last);
        at = last.map_or(stretch.end, |last| SessionId::from(last.id));
        if last.is_none() {
            days.at_once = DAYS.1;
        }
        let is_wanted = |session: &&Seen| {
            let is_live = || session.is_open && state.is_live(session.id);
            session.matches && (filters.live != Some(false) || !is_live())
        };
        ids.extend(
            seen.iter()
                .filter(is_wanted)
                .map(|found| SessionId::from(found.id)),
        );
        if ids.len() > filters.limit {
            ids.truncate(filters.limit);
            let next = ids.last().copied();
            return Ok(Found { ids, next });
        }
        number = (number * LOOK_GROWTH).min(number_max);
        is_over = began.elapsed() >= BUDGET;
    }
    Ok(Found { ids, next: None })
}

/// The days that have sessions of anyone, newest first, and how many go into one stretch.
struct Days {
    all: Vec<i32>,
    at_once: usize,
}

impl Days {
    async fn of(state: &ApiState, filters: &Filters) -> Result<Self, ApiError> {
        let all = if filters.live == Some(true) {
            Vec::new()
        } else {
            sqlx::query_scalar("select footage_days($1, $2)")
                .bind(filters.from.started_on_day())
                .bind(filters.before.started_on_day())
                .fetch_all(state.pool())
                .await?
        };
        Ok(Self {
            all,
            at_once: DAYS.0,
        })
    }

    /// The stretch that begins at a place; none when nothing is left.
    fn next(
        &self,
        state: &ApiState,
        staff: &Staff,
        filters: &Filters,
        at: SessionId,
    ) -> Option<Stretch> {
        if filters.live == Some(true) {
            let mut live = state.live_before(staff.account_id, at.uuid(), LIVE_MAX);
            live.retain(|id| *id >= filters.from.uuid());
            let (newest, oldest) = (*live.first()?, SessionId::from(*live.last()?));
            return Some(Stretch {
                days: (
                    oldest.started_on_day(),
                    SessionId::from(newest).started_on_day(),
                ),
                among: Some(live),
                end: oldest,
            });
        }
        let begin = |day: i32| SessionId::floor(i64::from(day) * DAY_MS);
        let mut left = self.all.iter().copied().skip_while(|day| begin(*day) >= at);
        let newest = left.next()?;
        let oldest = left.take(self.at_once - 1).last().unwrap_or(newest);
        Some(Stretch {
            days: (oldest, newest),
            among: None,
            end: begin(oldest),
        })
    }
}

/// Looks at the next sessions before a place, at most `number`; none when it took too long.
///
/// Each look is a transaction of its own: what is cut off spoils no other, and the locks on hundreds
/// of partitions are not gathered.
async fn look(
    state: &ApiState,
    staff: &Staff,
    filters: &Filters,
    stretch: &Stretch,
    before: SessionId,
    number: usize,
) -> Result<Option<Vec<Seen>>, ApiError> {
    let mut transaction = staff.read(state.pool()).await?;
    sqlx::query("select set_config('statement_timeout', $1, true)")
        .bind(LOOK_PATIENCE.as_millis().to_string())
        .execute(&mut *transaction)
        .await?;
    let (shortest, longest) = filters.duration_ms;
    let seen = sqlx::query_as(LOOK)
        .bind(staff.account_id)
        .bind(stretch.days.0)
        .bind(stretch.days.1)
        .bind(filters.from.uuid())
        .bind(before.uuid())
        .bind(filters.site)
        .bind(filters.visitor)
        .bind(&stretch.among)
        .bind(number as i64)
        .bind(shortest)
        .bind(longest)
        .bind(&filters.user)
        .bind(filters.visitors.map(|(lowest, _)| lowest))
        .bind(filters.visitors.map(|(_, highest)| highest))
        .bind(&filters.page)
        .bind(PAGES_MAX)
        .fetch_all(&mut *transaction)
        .await;
    match seen {
        Ok(seen) => Ok(Some(seen)),
        Err(error) if is_cut_off(&error) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Whether the statement ran into its time limit.
fn is_cut_off(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .and_then(|answer| answer.code())
        .as_deref()
        == Some("57014")
}

/// A filter that is not asked for is null, and the planner, who sees the parameters, leaves it out.
/// What an index finds chooses the sessions; the rest is asked of each. A literal pattern of `~*` is
/// found in less than half the time that `ilike` takes, which copies both texts in small letters.
const LOOK: &str = "
    select id, is_open, matches, is_last from (
        select s.id, s.ended_as is null as is_open,
            row_number() over (order by s.started_on desc, s.id desc) = $9 as is_last,
            coalesce(($10::bigint is null or s.duration_ms >= $10)
                and ($11::bigint is null or s.duration_ms <= $11)
                and ($12::text is null or s.user_name ~* $12 or s.visitor between $13 and $14)
                and ($15::text is null or (
                    select true from (
                        select p.url, p.title from pages p
                        where p.account_id = $1 and p.started_on = s.started_on
                            and p.started_on between date '1970-01-01' + $2 and date '1970-01-01' + $3
                            and p.session_id = s.id
                        limit $16) page
                    where (page.url || E'\\n' || page.title) ~* $15 limit 1)), false) as matches
        from (
            select id, started_on, ended_as, duration_ms, user_name, visitor from sessions
            where account_id = $1
                and started_on between date '1970-01-01' + $2 and date '1970-01-01' + $3
                and id >= $4 and id < $5
                and ($6::bigint is null or site_id = $6)
                and ($7::bytea is null or visitor = $7)
                and ($8::uuid[] is null or (id = any($8) and ended_as is null))
            order by started_on desc, id desc limit $9) s
    ) looked_at
    where matches or is_last
    order by id desc";
