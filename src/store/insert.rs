//! The statements of a write. Each takes all rows at once: one round trip, rows in key order.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use footage_actors::ports::SessionKey;
use footage_protocol::{AccountId, Ranges, SessionId, StreamId};
use serde::Serialize;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection, Row};
use uuid::Uuid;

use super::chunk::{CODEC_ZSTD, Chunk};
use super::day::Day;
use super::failure::Failure;
use super::numbers;
use super::part::{Part, StreamKey};
use super::rows::{GapRow, PageRow, SessionRow, StreamRow};

/// Grows streams that are known and have none of the numbers yet (of those a gap gave up a late
/// one is welcome), and says which.
pub async fn grow_streams(
    connection: &mut PgConnection,
    parts: &[&Part],
) -> Result<HashSet<StreamKey>, Failure> {
    if parts.is_empty() {
        return Ok(HashSet::new());
    }
    let keys = KeyColumns::of(parts.iter().map(|part| part.key));
    let grown: Vec<KeyRow> = sqlx::query_as(
        "update streams s set
            received = s.received + w.numbers + w.given_up,
            lost = s.lost - w.numbers + (w.given_up - (s.received - s.lost) - w.numbers),
            last_number = coalesce(w.last_number, s.last_number)
         from (
            select account_id, started_on, session_id, id,
                numbers::int8multirange, given_up::int8multirange, last_number
            from unnest($1::int8[], $2::date[], $3::uuid[], $4::bytea[], $5::text[], $6::text[],
                $7::int8[])
                as u (account_id, started_on, session_id, id, numbers, given_up, last_number)
         ) w
         where s.started_on = any ($2)
            and s.account_id = w.account_id and s.started_on = w.started_on
            and s.session_id = w.session_id and s.id = w.id
            and not (s.received - s.lost) && w.numbers
         returning s.account_id, s.session_id, s.id",
    )
    .bind(&keys.accounts)
    .bind(&keys.days)
    .bind(&keys.sessions)
    .bind(&keys.streams)
    .bind(column(parts, |part| numbers::to_text(&part.numbers)))
    .bind(column(parts, |part| numbers::to_text(&part.given_up)))
    .bind(column(parts, |part| part.last_number.map(int)))
    .fetch_all(connection)
    .await?;
    Ok(grown.into_iter().map(|row| row.0).collect())
}

/// Adds streams that are new, and says which were.
pub async fn open_streams(
    connection: &mut PgConnection,
    parts: &[&Part],
) -> Result<HashSet<StreamKey>, Failure> {
    if parts.is_empty() {
        return Ok(HashSet::new());
    }
    let rows = column(parts, |part| {
        let (key, kept, given_up) = (part.key, &part.numbers, &part.given_up);
        StreamRow::new(
            key.session,
            key.stream,
            &part.opened,
            kept,
            given_up,
            part.last_number,
        )
    });
    let opened: Vec<KeyRow> = sqlx::query_as(
        "insert into streams (account_id, started_on, session_id, id, opened_at_ms,
            navigated_from, url, title, referrer, viewport_width, viewport_height, time_zone,
            sdk_version, policy_hash, user_agent, received, lost, last_number)
         select account_id, started_on, session_id, id, opened_at_ms,
            navigated_from, url, title, referrer, viewport_width, viewport_height, time_zone,
            sdk_version, policy_hash, user_agent, received, lost, last_number
         from json_populate_recordset(null::streams, $1::json)
         on conflict do nothing
         returning account_id, session_id, id",
    )
    .bind(json(&rows)?)
    .fetch_all(connection)
    .await?;
    Ok(opened.into_iter().map(|row| row.0).collect())
}

/// Locks streams and says which numbers each has.
pub async fn lock_streams(
    connection: &mut PgConnection,
    keys: &[StreamKey],
) -> Result<HashMap<StreamKey, Ranges>, Failure> {
    let keys = KeyColumns::of(keys.iter().copied());
    let rows: Vec<PgRow> = sqlx::query(
        "select s.account_id, s.session_id, s.id, (s.received - s.lost)::text as kept
         from unnest($1::int8[], $2::date[], $3::uuid[], $4::bytea[])
            as w (account_id, started_on, session_id, id)
         join streams s on s.account_id = w.account_id and s.started_on = w.started_on
            and s.session_id = w.session_id and s.id = w.id
         where s.started_on = any ($2)
         order by s.account_id, s.started_on, s.session_id, s.id
         for update of s",
    )
    .bind(&keys.accounts)
    .bind(&keys.days)
    .bind(&keys.sessions)
    .bind(&keys.streams)
    .fetch_all(connection)
    .await?;
    let mut kept = HashMap::with_capacity(rows.len());
    for row in rows {
        let KeyRow(key) = KeyRow::from_row(&row)?;
        let text: String = row.try_get("kept")?;
        let numbers = numbers::from_text(&text)
            .ok_or_else(|| sqlx::Error::Decode(format!("{text} is no multirange").into()))?;
        kept.insert(key, numbers);
    }
    Ok(kept)
}

/// Adds the chunks of parts.
pub async fn add_chunks(connection: &mut PgConnection, parts: &[&Part]) -> Result<(), Failure> {
    let chunks: Vec<(StreamKey, &Chunk)> = parts
        .iter()
        .flat_map(|part| part.chunks.iter().map(|chunk| (part.key, chunk)))
        .collect();
    if chunks.is_empty() {
        return Ok(());
    }
    let keys = KeyColumns::of(chunks.iter().map(|(key, _)| *key));
    sqlx::query(
        "insert into chunks (account_id, started_on, session_id, stream_id, first_seq, last_seq,
            first_event_ms, last_event_ms, received_at_ms, messages, events, raw_bytes,
            keyframe_offset, codec, body)
         select account_id, started_on, session_id, stream_id, first_seq, last_seq,
            first_event_ms, last_event_ms, received_at_ms, messages, events, raw_bytes,
            keyframe_offset, $14, body
         from unnest($1::int8[], $2::date[], $3::uuid[], $4::bytea[], $5::int8[], $6::int8[],
            $7::int8[], $8::int8[], $9::int8[], $10::int8[], $11::int8[], $12::int8[],
            $13::int8[], $15::bytea[])
            as w (account_id, started_on, session_id, stream_id, first_seq, last_seq,
                first_event_ms, last_event_ms, received_at_ms, messages, events, raw_bytes,
                keyframe_offset, body)",
    )
    .bind(&keys.accounts)
    .bind(&keys.days)
    .bind(&keys.sessions)
    .bind(&keys.streams)
    .bind(column(&chunks, |(_, chunk)| int(chunk.first)))
    .bind(column(&chunks, |(_, chunk)| int(chunk.last)))
    .bind(column(&chunks, |(_, chunk)| {
        chunk.event_ms.map(|(first, _)| int(first))
    }))
    .bind(column(&chunks, |(_, chunk)| {
        chunk.event_ms.map(|(_, last)| int(last))
    }))
    .bind(column(&chunks, |(_, chunk)| int(chunk.received_at_ms)))
    .bind(column(&chunks, |(_, chunk)| int(chunk.messages)))
    .bind(column(&chunks, |(_, chunk)| int(chunk.events)))
    .bind(column(&chunks, |(_, chunk)| int(chunk.raw_bytes)))
    .bind(column(&chunks, |(_, chunk)| chunk.keyframe_offset.map(int)))
    .bind(CODEC_ZSTD)
    .bind(column(&chunks, |(_, chunk)| chunk.body.as_slice()))
    .execute(connection)
    .await?;
    Ok(())
}

/// Adds pages. A page load may be told twice, by the hello and by a message: the later word wins.
pub async fn add_pages(
    connection: &mut PgConnection,
    pages: &[Cow<'_, PageRow>],
) -> Result<(), Failure> {
    if pages.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into pages (account_id, started_on, session_id, stream_id, number, at_ms,
            received_at_ms, url, title, cause)
         select account_id, started_on, session_id, stream_id, number, at_ms,
            received_at_ms, url, title, cause
         from json_populate_recordset(null::pages, $1::json)
         on conflict (account_id, started_on, session_id, stream_id, number) do update set
            at_ms = excluded.at_ms, received_at_ms = excluded.received_at_ms,
            url = excluded.url, title = excluded.title",
    )
    .bind(json(pages)?)
    .execute(connection)
    .await?;
    Ok(())
}

/// Adds gaps.
pub async fn add_gaps(connection: &mut PgConnection, gaps: &[&GapRow]) -> Result<(), Failure> {
    if gaps.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into gaps (account_id, started_on, session_id, stream_id, number, first_seq,
            last_seq, cause, events, at_ms)
         select account_id, started_on, session_id, stream_id, number, first_seq,
            last_seq, cause, events, at_ms
         from json_populate_recordset(null::gaps, $1::json)",
    )
    .bind(json(gaps)?)
    .execute(connection)
    .await?;
    Ok(())
}

/// Adds sessions that are new and grows those that are known.
pub async fn grow_sessions(
    connection: &mut PgConnection,
    sessions: &[SessionRow],
) -> Result<(), Failure> {
    sqlx::query(
        "insert into sessions as s (account_id, started_on, id, site_id, visitor, user_name,
            identified_at_ms, started_at_ms, last_event_at_ms, seen_at_ms, first_event_ms,
            last_event_ms, ended_as, pages, messages, batches, events, clicks, inputs, errors,
            raw_bytes, stored_bytes, first_url, last_url, title, last_page_at_ms, user_agent)
         select account_id, started_on, id, site_id, visitor, user_name,
            identified_at_ms, started_at_ms, last_event_at_ms, seen_at_ms, first_event_ms,
            last_event_ms, ended_as, pages, messages, batches, events, clicks, inputs, errors,
            raw_bytes, stored_bytes, first_url, last_url, title, last_page_at_ms, user_agent
         from json_populate_recordset(null::sessions, $1::json)
         on conflict (account_id, started_on, id) do update set
            user_name = case when excluded.identified_at_ms >= coalesce(s.identified_at_ms, 0)
                then excluded.user_name else s.user_name end,
            identified_at_ms = greatest(s.identified_at_ms, excluded.identified_at_ms),
            last_event_at_ms = greatest(s.last_event_at_ms, excluded.last_event_at_ms),
            seen_at_ms = greatest(s.seen_at_ms, excluded.seen_at_ms),
            first_event_ms = least(s.first_event_ms, excluded.first_event_ms),
            last_event_ms = greatest(s.last_event_ms, excluded.last_event_ms),
            ended_as = excluded.ended_as,
            pages = s.pages + excluded.pages,
            messages = s.messages + excluded.messages,
            batches = s.batches + excluded.batches,
            events = s.events + excluded.events,
            clicks = s.clicks + excluded.clicks,
            inputs = s.inputs + excluded.inputs,
            errors = s.errors + excluded.errors,
            raw_bytes = s.raw_bytes + excluded.raw_bytes,
            stored_bytes = s.stored_bytes + excluded.stored_bytes,
            first_url = case when s.first_url = '' then excluded.first_url else s.first_url end,
            last_url = case when excluded.last_page_at_ms >= s.last_page_at_ms
                then excluded.last_url else s.last_url end,
            title = case when excluded.last_page_at_ms >= s.last_page_at_ms
                then excluded.title else s.title end,
            last_page_at_ms = greatest(s.last_page_at_ms, excluded.last_page_at_ms),
            user_agent = case when s.user_agent = '' then excluded.user_agent
                else s.user_agent end",
    )
    .bind(json(sessions)?)
    .execute(connection)
    .await?;
    Ok(())
}

/// Keys, one array per column.
struct KeyColumns {
    accounts: Vec<i64>,
    days: Vec<Day>,
    sessions: Vec<Uuid>,
    streams: Vec<Vec<u8>>,
}

impl KeyColumns {
    fn of(keys: impl Iterator<Item = StreamKey>) -> Self {
        let keys: Vec<StreamKey> = keys.collect();
        Self {
            accounts: column(&keys, |key| key.session.account.0),
            days: column(&keys, |key| Day::from(key.session.session)),
            sessions: column(&keys, |key| key.session.session.into()),
            streams: column(&keys, |key| key.stream.as_bytes().to_vec()),
        }
    }
}

/// A stream's key as a statement returns it.
struct KeyRow(StreamKey);

impl FromRow<'_, PgRow> for KeyRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let not_an_id = |error: footage_protocol::id::IdError| sqlx::Error::Decode(error.into());
        let account = AccountId(row.try_get("account_id")?);
        let session: Uuid = row.try_get("session_id")?;
        let session = SessionId::try_from(session).map_err(not_an_id)?;
        let stream: &[u8] = row.try_get("id")?;
        let stream = StreamId::try_from(stream).map_err(not_an_id)?;
        Ok(Self(StreamKey {
            session: SessionKey { account, session },
            stream,
        }))
    }
}

fn column<Row, Value>(rows: &[Row], value: impl Fn(&Row) -> Value) -> Vec<Value> {
    rows.iter().map(value).collect()
}

/// Postgres has no unsigned numbers; what is above its greatest one is no number of ours.
fn int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn json<Rows: Serialize + ?Sized>(rows: &Rows) -> Result<String, Failure> {
    serde_json::to_string(rows).map_err(|error| Failure::Data(error.to_string()))
}
