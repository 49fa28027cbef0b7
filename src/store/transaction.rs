//! The one transaction that keeps many sessions' writes.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use footage_actors::ports::{
    Kept, SessionKey, SessionWrite, StorageError, StreamOutcome, StreamWrite, WriteOutcome,
};
use footage_protocol::Ranges;
use sqlx::{Connection, PgConnection, PgPool};

use super::chunk::ChunkBuilder;
use super::day::Day;
use super::failure::Failure;
use super::insert;
use super::jobs;
use super::part::{Part, StreamKey, Tally};
use super::rows::{Place, SessionRow, bytea, text};

/// Keeps all writes or none; the outcomes are in their order.
///
/// The connection comes first: a Postgres that is away is found before anything is compressed. The
/// transaction comes after: no row is held meanwhile. Only what overlaps is compressed under a lock.
///
/// # Errors
/// As [`footage_actors::ports::Storage::store`].
pub async fn store(
    pool: &PgPool,
    writes: Arc<Vec<SessionWrite>>,
) -> Result<Vec<WriteOutcome>, StorageError> {
    let mut connection = pool.acquire().await.map_err(Failure::from)?;
    let parts = build_parts(Arc::clone(&writes)).await?;
    let mut answer = keep(&mut connection, &writes, &parts).await;
    if answer.as_ref().is_err_and(Failure::is_missing_partition) {
        let days: BTreeSet<Day> = writes
            .iter()
            .map(|write| Day::from(write.key.session))
            .collect();
        jobs::make_partitions(&mut connection, days)
            .await
            .map_err(Failure::from)?;
        answer = keep(&mut connection, &writes, &parts).await;
    }
    Ok(answer?)
}

/// The parts of all writes, built where blocking is no harm.
async fn build_parts(writes: Arc<Vec<SessionWrite>>) -> Result<Vec<Part>, Failure> {
    tokio::task::spawn_blocking(move || {
        let mut builder = ChunkBuilder::new()?;
        writes
            .iter()
            .flat_map(|write| write.streams.iter().map(|stream| (write.key, stream)))
            .map(|(session, stream)| part_of(&mut builder, session, stream))
            .collect()
    })
    .await?
}

fn part_of(
    builder: &mut ChunkBuilder,
    session: SessionKey,
    write: &StreamWrite,
) -> Result<Part, Failure> {
    let key = StreamKey {
        session,
        stream: write.stream,
    };
    Part::build(builder, key, Arc::clone(&write.opened), &write.messages)
}

async fn keep(
    connection: &mut PgConnection,
    writes: &[SessionWrite],
    parts: &[Part],
) -> Result<Vec<WriteOutcome>, Failure> {
    let mut transaction = connection.begin().await?;
    let stored = keep_parts(&mut transaction, &in_key_order(writes)?, parts).await?;
    transaction.commit().await?;
    let outcomes = writes.iter().map(|write| outcome_of(write, &stored));
    Ok(outcomes.collect())
}

/// Rows are taken in key order, so that two transactions wait for each other in one direction only,
/// and one statement can change a row only once.
fn in_key_order(writes: &[SessionWrite]) -> Result<Vec<&SessionWrite>, Failure> {
    let by_key: BTreeMap<SessionKey, &SessionWrite> =
        writes.iter().map(|write| (write.key, write)).collect();
    if by_key.len() != writes.len() {
        let twice = "a session comes twice in one transaction";
        return Err(Failure::Data(twice.to_owned()));
    }
    Ok(by_key.into_values().collect())
}

fn outcome_of(write: &SessionWrite, stored: &HashMap<StreamKey, u64>) -> WriteOutcome {
    let outcome_of_stream = |stream: &StreamWrite| {
        let key = StreamKey {
            session: write.key,
            stream: stream.stream,
        };
        let stored = stored.get(&key).copied().unwrap_or_default();
        StreamOutcome {
            stored,
            duplicate: stream.messages.len() as u64 - stored,
        }
    };
    WriteOutcome {
        streams: write.streams.iter().map(outcome_of_stream).collect(),
    }
}

/// Keeps what is new and says how many messages of each stream were.
async fn keep_parts(
    connection: &mut PgConnection,
    writes: &[&SessionWrite],
    parts: &[Part],
) -> Result<HashMap<StreamKey, u64>, Failure> {
    let wanted: BTreeMap<StreamKey, &Part> = parts.iter().map(|part| (part.key, part)).collect();
    if wanted.len() != parts.len() {
        let twice = "a stream comes twice in one write";
        return Err(Failure::Data(twice.to_owned()));
    }
    let in_order: Vec<&Part> = wanted.into_values().collect();
    let grown = insert::grow_streams(connection, &in_order).await?;
    let others = without(&in_order, &grown);
    let opened = insert::open_streams(connection, &others).await?;
    let overlapping = without(&others, &opened);
    let rebuilt = rebuild(connection, writes, &overlapping).await?;

    let stored: Vec<&Part> = in_order
        .into_iter()
        .filter(|part| grown.contains(&part.key) || opened.contains(&part.key))
        .chain(&rebuilt)
        .collect();
    insert::add_chunks(connection, &stored).await?;
    insert::add_pages(connection, &pages_of(&stored, &opened)).await?;
    let gaps = stored.iter().flat_map(|part| &part.gaps);
    insert::add_gaps(connection, &gaps.collect::<Vec<_>>()).await?;
    let sessions: Vec<SessionRow> = writes
        .iter()
        .map(|write| session_row(write, &stored, &opened))
        .collect();
    insert::grow_sessions(connection, &sessions).await?;
    Ok(stored
        .iter()
        .map(|part| (part.key, part.tally.messages))
        .collect())
}

fn without<'a>(parts: &[&'a Part], taken: &HashSet<StreamKey>) -> Vec<&'a Part> {
    parts
        .iter()
        .copied()
        .filter(|part| !taken.contains(&part.key))
        .collect()
}

/// Of parts some of whose numbers are kept already: smaller parts of the rest, and the streams
/// grown by them.
async fn rebuild(
    connection: &mut PgConnection,
    writes: &[&SessionWrite],
    overlapping: &[&Part],
) -> Result<Vec<Part>, Failure> {
    if overlapping.is_empty() {
        return Ok(Vec::new());
    }
    let keys: Vec<StreamKey> = overlapping.iter().map(|part| part.key).collect();
    let kept = insert::lock_streams(connection, &keys).await?;
    if kept.len() != keys.len() {
        return Err(Failure::Moved);
    }
    let mut rest: Vec<(SessionKey, StreamWrite)> = Vec::new();
    for write in writes {
        for stream in &write.streams {
            let key = StreamKey {
                session: write.key,
                stream: stream.stream,
            };
            // Of the others nothing overlaps.
            let Some(kept) = kept.get(&key) else { continue };
            let missing = missing_of(&stream.messages, kept);
            if !missing.is_empty() {
                rest.push((
                    write.key,
                    StreamWrite {
                        messages: missing,
                        ..stream.clone()
                    },
                ));
            }
        }
    }
    let rebuilt: Vec<Part> = tokio::task::spawn_blocking(move || {
        let mut builder = ChunkBuilder::new()?;
        let parts = rest
            .iter()
            .map(|(session, write)| part_of(&mut builder, *session, write));
        parts.collect::<Result<_, Failure>>()
    })
    .await??;
    let in_order: Vec<&Part> = rebuilt.iter().collect();
    let grown = insert::grow_streams(connection, &in_order).await?;
    if grown.len() != rebuilt.len() {
        return Err(Failure::Moved);
    }
    Ok(rebuilt)
}

fn missing_of(messages: &[Kept], kept: &Ranges) -> Vec<Kept> {
    messages
        .iter()
        .filter(|message| !kept.contains(message.number))
        .cloned()
        .collect()
}

/// The pages the parts tell of; of a stream that is new also the page load itself.
fn pages_of<'a>(
    stored: &[&'a Part],
    opened: &HashSet<StreamKey>,
) -> Vec<std::borrow::Cow<'a, super::rows::PageRow>> {
    use std::borrow::Cow;
    let mut pages = Vec::new();
    for part in stored {
        let tells_load = part.pages.iter().any(|page| page.number == 0);
        if opened.contains(&part.key) && !tells_load {
            pages.push(Cow::Owned(part.opening_page()));
        }
        pages.extend(part.pages.iter().map(Cow::Borrowed));
    }
    pages
}

fn session_row(write: &SessionWrite, stored: &[&Part], opened: &HashSet<StreamKey>) -> SessionRow {
    let mut tally = Tally::default();
    let mut first: Option<&Part> = None;
    for part in stored.iter().filter(|part| part.key.session == write.key) {
        tally.add(&part.tally);
        if opened.contains(&part.key) {
            let load = part.opening_page();
            tally.add(&Tally {
                pages: 1,
                page: Some((load.received_at_ms, load.url, load.title)),
                ..Tally::default()
            });
            first = first
                .filter(|first| first.opened.opened_at_ms <= part.opened.opened_at_ms)
                .or(Some(part));
        }
    }
    let started_at_ms = write.key.session.started_at_ms();
    let (identified_at_ms, user_name) = tally.identified.unzip();
    let (first_event_ms, last_event_ms) = tally.event_ms.unzip();
    let (last_page_at_ms, last_url, title) = tally.page.unwrap_or_default();
    SessionRow {
        place: Place(write.key),
        id: write.key.session,
        site_id: write.site.0,
        visitor: bytea(write.visitor.as_bytes()),
        user_name,
        identified_at_ms,
        started_at_ms,
        last_event_at_ms: tally.received_at_ms.unwrap_or(started_at_ms),
        seen_at_ms: write.seen_at_ms,
        first_event_ms,
        last_event_ms,
        ended_as: write.ended.map(|end| end.as_str()),
        pages: tally.pages,
        messages: tally.messages,
        batches: tally.batches,
        events: tally.events,
        clicks: tally.clicks,
        inputs: tally.inputs,
        errors: tally.errors,
        raw_bytes: tally.raw_bytes,
        stored_bytes: tally.stored_bytes,
        first_url: first.map(|part| text(&part.opened.url)).unwrap_or_default(),
        last_url,
        title,
        last_page_at_ms,
        user_agent: first
            .map(|part| text(&part.opened.user_agent))
            .unwrap_or_default(),
    }
}
