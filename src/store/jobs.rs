//! Periodic work over all accounts. Run it over the jobs pool.

use std::ops::RangeInclusive;

use footage_protocol::settings;
use sqlx::{PgConnection, PgPool};

use super::StoreError;
use super::day::Day;

/// Days from today for which partitions are there: clocks may differ, and jobs may fail a while.
const PARTITION_DAYS: RangeInclusive<i32> = -1..=7;

/// Ends sessions that no socket and no batch has touched for `session_idle_ms`, and says how many.
///
/// # Errors
/// When Postgres is away.
pub async fn sweep_idle(pool: &PgPool) -> Result<u64, StoreError> {
    let swept = sqlx::query(
        "update sessions set ended_as = 'idle' where ended_as is null
            and seen_at_ms < extract(epoch from clock_timestamp()) * 1000 - $1::int8",
    )
    .bind(settings().intervals.session_idle_ms as i64)
    .execute(pool)
    .await?;
    Ok(swept.rows_affected())
}

/// Makes the partitions of yesterday to a week ahead where they are missing.
///
/// # Errors
/// When Postgres is away.
pub async fn ensure_partitions(pool: &PgPool) -> Result<(), StoreError> {
    let mut connection = pool.acquire().await?;
    let today: i32 = sqlx::query_scalar(
        "select (clock_timestamp() at time zone 'utc')::date - date '1970-01-01'",
    )
    .fetch_one(&mut *connection)
    .await?;
    let days = PARTITION_DAYS.map(|days| Day(today + days));
    Ok(make_partitions(&mut connection, days).await?)
}

/// Makes the partitions of these days where they are missing; each day in a transaction of its own,
/// because one takes some 50 locks.
///
/// # Errors
/// When Postgres is away.
pub async fn make_partitions(
    connection: &mut PgConnection,
    days: impl IntoIterator<Item = Day>,
) -> Result<(), sqlx::Error> {
    for day in days {
        sqlx::query("select footage_ensure_partitions($1)")
            .bind(day)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}
