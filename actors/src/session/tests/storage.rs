//! Storage of one session in memory, which fails as it is told.

use footage_protocol::{Ranges, SiteId, StreamId};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use crate::end::SessionEnd;
use crate::ports::{
    Content, KeptSession, KeptStream, SessionKey, SessionWrite, Storage, StorageError,
    StreamOutcome, WriteOutcome,
};

/// Keeps one session in memory, and fails as it is told.
#[derive(Default)]
pub struct MemoryStorage {
    kept: Mutex<KeptRows>,
}

#[derive(Default)]
struct KeptRows {
    away: bool,
    refused: BTreeSet<u64>,
    streams: BTreeMap<StreamId, (BTreeSet<u64>, Ranges)>,
    ended: Option<SessionEnd>,
    seen_at_ms: u64,
    written: bool,
}

impl MemoryStorage {
    pub fn set_away(&self, away: bool) {
        self.kept.lock().unwrap().away = away;
    }

    pub fn refuse_number(&self, number: u64) {
        self.kept.lock().unwrap().refused.insert(number);
    }

    pub fn set_ended(&self, end: SessionEnd) {
        self.kept.lock().unwrap().ended = Some(end);
    }

    pub fn ended(&self) -> Option<SessionEnd> {
        self.kept.lock().unwrap().ended
    }

    pub fn seen_at_ms(&self) -> u64 {
        self.kept.lock().unwrap().seen_at_ms
    }

    pub fn numbers(&self, stream: StreamId) -> Vec<u64> {
        let kept = self.kept.lock().unwrap();
        kept.streams
            .get(&stream)
            .map(|(numbers, _)| numbers.iter().copied().collect())
            .unwrap_or_default()
    }

    /// Numbers that are kept, or named in a kept gap.
    pub fn settled(&self, stream: StreamId) -> Ranges {
        let kept = self.kept.lock().unwrap();
        kept.streams
            .get(&stream)
            .map(|(_, received)| received.clone())
            .unwrap_or_default()
    }

    fn load_now(&self) -> Result<Option<KeptSession>, StorageError> {
        let kept = self.kept.lock().unwrap();
        if kept.away {
            return Err(StorageError::Away("told to be".into()));
        }
        Ok(kept.written.then(|| KeptSession {
            site: SiteId(1),
            ended: kept.ended,
            seen_at_ms: kept.seen_at_ms,
            raw_bytes: 0,
            streams: kept
                .streams
                .iter()
                .map(|(&stream, (_, received))| KeptStream {
                    stream,
                    received: received.clone(),
                    ended: false,
                })
                .collect(),
        }))
    }

    fn store_now(&self, writes: &[SessionWrite]) -> Result<Vec<WriteOutcome>, StorageError> {
        let mut kept = self.kept.lock().unwrap();
        if kept.away {
            return Err(StorageError::Away("told to be".into()));
        }
        let numbers = writes
            .iter()
            .flat_map(|write| &write.streams)
            .flat_map(|stream| &stream.messages);
        if numbers
            .clone()
            .any(|message| kept.refused.contains(&message.number))
        {
            return Err(StorageError::Refused("told to".into()));
        }
        Ok(writes.iter().map(|write| kept.keep(write)).collect())
    }
}

impl KeptRows {
    fn keep(&mut self, write: &SessionWrite) -> WriteOutcome {
        self.written = true;
        self.ended = write.ended;
        self.seen_at_ms = write.seen_at_ms;
        let streams = write
            .streams
            .iter()
            .map(|stream| {
                let (numbers, received) = self.streams.entry(stream.stream).or_default();
                let mut outcome = StreamOutcome { stored: 0, duplicate: 0 };
                for message in &stream.messages {
                    assert!(!matches!(&message.content, Content::Batch(_, payload) if payload.is_empty()));
                    received.insert(message.number..=message.number);
                    if let Content::Message(bytes) = &message.content
                        && let Some((first, last)) = gap_of(bytes)
                    {
                        received.insert(first..=last);
                    }
                    match numbers.insert(message.number) {
                        true => outcome.stored += 1,
                        false => outcome.duplicate += 1,
                    }
                }
                outcome
            })
            .collect();
        WriteOutcome { streams }
    }
}

/// Gaps stand in memory as two numbers.
fn gap_of(bytes: &[u8]) -> Option<(u64, u64)> {
    let (first, last) = std::str::from_utf8(bytes).ok()?.split_once(' ')?;
    Some((first.parse().ok()?, last.parse().ok()?))
}

impl Storage for MemoryStorage {
    fn load(
        &self,
        _key: SessionKey,
    ) -> BoxFuture<'static, Result<Option<KeptSession>, StorageError>> {
        let loaded = self.load_now();
        async move { loaded }.boxed()
    }

    fn store(
        &self,
        writes: Vec<SessionWrite>,
    ) -> BoxFuture<'static, Result<Vec<WriteOutcome>, StorageError>> {
        let stored = self.store_now(&writes);
        async move {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            stored
        }
        .boxed()
    }
}
