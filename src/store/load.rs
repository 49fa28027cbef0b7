//! What is kept of a session, for an actor that takes it up again.

use footage_actors::end::SessionEnd;
use footage_actors::ports::{KeptSession, KeptStream, SessionKey, StorageError};
use footage_protocol::{SiteId, StreamId};
use sqlx::PgPool;
use uuid::Uuid;

use super::day::Day;
use super::failure::Failure;
use super::numbers;

/// A session and one of its streams, if it has any.
type LoadedRow = (
    i64,
    Option<String>,
    i64,
    i64,
    Option<Vec<u8>>,
    Option<String>,
    bool,
);

/// Reads a session and its streams in the order of their beginnings.
///
/// # Errors
/// As [`footage_actors::ports::Storage::load`].
pub async fn load(pool: &PgPool, key: SessionKey) -> Result<Option<KeptSession>, StorageError> {
    let rows = read(pool, key).await.map_err(Failure::from)?;
    let Some((site, ended, seen_at_ms, raw_bytes, ..)) = rows.first() else {
        return Ok(None);
    };
    let mut session = KeptSession {
        site: SiteId(*site),
        ended: ended.as_deref().and_then(SessionEnd::from_word),
        seen_at_ms: u64::try_from(*seen_at_ms).unwrap_or_default(),
        raw_bytes: u64::try_from(*raw_bytes).unwrap_or_default(),
        streams: Vec::new(),
    };
    for (.., stream, received, ended) in rows {
        let (Some(stream), Some(received)) = (stream, received) else {
            continue;
        };
        let unreadable = |what: &str| StorageError::Away(format!("{what} cannot be read"));
        session.streams.push(KeptStream {
            stream: StreamId::try_from(stream.as_slice()).map_err(|_| unreadable("streams.id"))?,
            received: numbers::from_text(&received).ok_or_else(|| unreadable("received"))?,
            ended,
        });
    }
    Ok(Some(session))
}

async fn read(pool: &PgPool, key: SessionKey) -> Result<Vec<LoadedRow>, sqlx::Error> {
    sqlx::query_as(
        "select s.site_id, s.ended_as, s.seen_at_ms, s.raw_bytes, t.id, t.received::text,
            t.last_number is not null
         from sessions s left join streams t on t.account_id = s.account_id
            and t.started_on = s.started_on and t.session_id = s.id and t.started_on = $2
         where s.account_id = $1 and s.started_on = $2 and s.id = $3
         order by t.opened_at_ms, t.id",
    )
    .bind(key.account.0)
    .bind(Day::from(key.session))
    .bind(Uuid::from(key.session))
    .fetch_all(pool)
    .await
}
