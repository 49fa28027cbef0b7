//! Writes as sessions make them, and what came of them.

use std::sync::Arc;

use bytes::Bytes;
use footage::postgres::Pools;
use footage::store::{PgStorage, ensure_partitions};
use footage_actors::ports::{
    Content, Kept, SessionKey, SessionWrite, Storage, StreamOpening, StreamOutcome, StreamWrite,
};
use footage_protocol::message::{BatchFlags, BatchHeader, Encoding};
use footage_protocol::stored::read_chunk;
use footage_protocol::{
    AccountId, FromRecorder, PolicyHash, SessionId, SiteId, StreamId, VisitorId,
    encode_from_recorder,
};
use sqlx::PgPool;
use tokio::runtime::Handle;
use uuid::Uuid;

use crate::postgres::TestDatabase;

/// A storage over a database of its own.
pub struct Store {
    pub storage: PgStorage,
    pub pools: Pools,
    pub owner: PgPool,
    _database: TestDatabase,
}

impl Store {
    pub async fn open() -> Self {
        let database = TestDatabase::create().await;
        let pools = Pools::new(database.connect_options());
        ensure_partitions(&pools.jobs).await.unwrap();
        Self {
            storage: PgStorage::new(pools.writer.clone(), Handle::current()),
            owner: database.owner().await,
            pools,
            _database: database,
        }
    }

    /// Stores one write of one stream.
    pub async fn keep(&self, write: SessionWrite) -> StreamOutcome {
        let mut outcomes = self.storage.store(vec![write]).await.unwrap();
        outcomes.remove(0).streams.remove(0)
    }

    /// Chunks of a session: first and last number, and the frame.
    pub async fn chunks(&self, key: SessionKey) -> Vec<(i64, i64, Vec<u8>)> {
        sqlx::query_as(
            "select first_seq, last_seq, body from chunks where session_id = $1
             order by stream_id, first_seq",
        )
        .bind(Uuid::from(key.session))
        .fetch_all(&self.owner)
        .await
        .unwrap()
    }

    /// One value of the session's row.
    pub async fn session<T>(&self, key: SessionKey, column: &'static str) -> T
    where
        T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
    {
        let statement = format!("select {column} from sessions where id = $1");
        sqlx::query_scalar(sqlx::AssertSqlSafe(statement))
            .bind(Uuid::from(key.session))
            .fetch_one(&self.owner)
            .await
            .unwrap()
    }
}

/// Now, by the machine's clock.
pub fn now_ms() -> u64 {
    footage_actors::clock::Clock::System.now_ms()
}

/// A new session of an account, today.
pub fn session_of(account: i64) -> SessionKey {
    session_at(account, now_ms())
}

/// A new session that began at a moment.
pub fn session_at(account: i64, started_at_ms: u64) -> SessionKey {
    let random = *Uuid::new_v4().as_bytes().first_chunk().unwrap();
    SessionKey {
        account: AccountId(account),
        session: SessionId::new(started_at_ms, &random),
    }
}

pub const STREAM: StreamId = StreamId(*b"stream-1");

/// A write of one stream.
pub fn write(key: SessionKey, messages: Vec<Kept>) -> SessionWrite {
    SessionWrite {
        key,
        site: SiteId(7),
        visitor: VisitorId([9; 16]),
        seen_at_ms: now_ms(),
        ended: None,
        streams: vec![stream(STREAM, messages)],
    }
}

pub fn stream(stream: StreamId, messages: Vec<Kept>) -> StreamWrite {
    StreamWrite {
        stream,
        opened: Arc::new(StreamOpening {
            opened_at_ms: now_ms(),
            navigated_from: None,
            url: "https://shop.example/".to_owned(),
            title: "Shop \0".to_owned(),
            referrer: String::new(),
            viewport_width: 1280,
            viewport_height: 720,
            time_zone: "Europe/Vienna".to_owned(),
            sdk_version: "0.1.0".to_owned(),
            policy_hash: PolicyHash([1; 8]),
            user_agent: "a browser".to_owned(),
        }),
        messages,
    }
}

/// A batch whose payload names its number.
pub fn batch(number: u64) -> Kept {
    batch_of(
        number,
        format!("\x01payload of {number} ").repeat(20).into_bytes(),
    )
}

/// A batch of these bytes.
pub fn batch_of(number: u64, payload: Vec<u8>) -> Kept {
    let header = BatchHeader {
        number,
        first_event_ms: 1_000 * number,
        last_event_ms: 1_000 * number + 500,
        events: 2,
        flags: if number == 2 {
            BatchFlags::KEYFRAME
        } else {
            BatchFlags::NONE
        },
        part: 0,
        parts: 0,
        clicks: 1,
        inputs: 0,
        errors: 0,
        encoding: Encoding::DeflateRaw,
        inflated_bytes: payload.len() as u64,
    };
    let content = Content::Batch(header, Bytes::from(payload));
    Kept {
        number,
        received_at_ms: now_ms(),
        content,
    }
}

pub fn batches(numbers: impl IntoIterator<Item = u64>) -> Vec<Kept> {
    numbers.into_iter().map(batch).collect()
}

/// Any other numbered message.
pub fn message(number: u64, message: &FromRecorder<'_>) -> Kept {
    let mut bytes = Vec::new();
    encode_from_recorder(&mut bytes, message).unwrap();
    let content = Content::Message(Bytes::from(bytes));
    Kept {
        number,
        received_at_ms: now_ms(),
        content,
    }
}

/// Numbers and payloads of the batches in frames, one after the other as a browser inflates them.
pub fn payloads_in(frames: &[(i64, i64, Vec<u8>)]) -> Vec<(u64, Vec<u8>)> {
    let mut found = Vec::new();
    for (first, last, frame) in frames {
        let chunk = zstd::decode_all(frame.as_slice()).unwrap();
        let (head, records) = read_chunk(&chunk).unwrap();
        assert_eq!(
            (head.first_number, head.last_number),
            (*first as u64, *last as u64)
        );
        for record in records {
            if let FromRecorder::Batch(batch) = record.unwrap().message {
                found.push((batch.header.number, batch.payload.to_vec()));
            }
        }
    }
    found
}

pub fn payloads_of(messages: &[Kept]) -> Vec<(u64, Vec<u8>)> {
    messages
        .iter()
        .filter_map(|kept| match &kept.content {
            Content::Batch(_, payload) => Some((kept.number, payload.to_vec())),
            Content::Message(_) => None,
        })
        .collect()
}
