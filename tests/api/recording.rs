//! Recordings as the writer would have stored them.

use sqlx::PgPool;
use uuid::Uuid;

use crate::stage::Stage;

/// 2026-11-20, some time in the morning.
pub const BEGAN_MS: u64 = 1_795_161_600_000;
const DAY_MS: u64 = 86_400_000;

/// The id of a session that began then, the same for the same arguments.
pub fn session_id(began_ms: u64, random: u64) -> Uuid {
    let high = (u128::from(began_ms) << 80) | (7 << 76);
    Uuid::from_u128(high | (2 << 62) | u128::from(random))
}

/// A stream's id as it is told.
pub fn hex(stream: [u8; 8]) -> String {
    format!("{:016x}", u64::from_be_bytes(stream))
}

/// One session to be stored.
pub struct Recording {
    pub account: i64,
    pub site: i64,
    pub id: Uuid,
}

/// One row of `chunks`.
pub struct StoredChunk<'a> {
    pub stream: [u8; 8],
    pub numbers: (i64, i64),
    pub event_ms: Option<(i64, i64)>,
    pub keyframe_offset: Option<i64>,
    pub codec: i16,
    /// Kept elsewhere without one.
    pub body: Option<&'a [u8]>,
}

impl<'a> StoredChunk<'a> {
    /// A chunk over one number.
    pub fn of(stream: [u8; 8], number: i64, body: &'a [u8]) -> Self {
        Self {
            stream,
            numbers: (number, number),
            event_ms: None,
            keyframe_offset: None,
            codec: 1,
            body: Some(body),
        }
    }
}

impl Recording {
    pub async fn store(stage: &Stage, account: i64, site: i64, id: Uuid) -> Self {
        let recording = Self { account, site, id };
        recording.insert(&stage.writer).await;
        recording
    }

    fn began_ms(&self) -> i64 {
        i64::try_from(self.id.as_u128() >> 80).unwrap()
    }

    fn day(&self) -> i32 {
        i32::try_from(u64::try_from(self.began_ms()).unwrap() / DAY_MS).unwrap()
    }

    pub async fn insert(&self, writer: &PgPool) {
        sqlx::query("select footage_ensure_partitions(date '1970-01-01' + $1)")
            .bind(self.day())
            .execute(writer)
            .await
            .unwrap();
        sqlx::query(
            "insert into sessions (account_id, started_on, id, site_id, visitor, started_at_ms,
                last_event_at_ms, seen_at_ms, first_event_ms, last_event_ms, pages, batches,
                events, clicks, raw_bytes, stored_bytes, first_url, last_url, title)
             values ($1, date '1970-01-01' + $2, $3, $4, '\\x000102030405060708090a0b0c0d0e0f', $5,
                $5 + 9000, $5 + 9000, $5, $5 + 9000, 2, 3, 40, 5, 1000, 300,
                'https://shop.example/', 'https://shop.example/cart', 'Shop')",
        )
        .bind(self.account)
        .bind(self.day())
        .bind(self.id)
        .bind(self.site)
        .bind(self.began_ms())
        .execute(writer)
        .await
        .unwrap();
    }

    /// Adds a page load with the numbers it has, as Postgres writes multiranges.
    pub async fn stream(
        &self,
        stage: &Stage,
        id: [u8; 8],
        after_ms: i64,
        (received, lost, last): (&str, &str, Option<i64>),
    ) {
        sqlx::query(
            "insert into streams (account_id, started_on, session_id, id, opened_at_ms, url, title,
                referrer, viewport_width, viewport_height, time_zone, sdk_version, policy_hash,
                user_agent, received, lost, last_number)
             values ($1, date '1970-01-01' + $2, $3, $4, $5, 'https://shop.example/', 'Shop', '',
                1280, 720, 'Europe/Rome', '1', '\\x0000000000000000', '',
                $6::text::int8multirange, $7::text::int8multirange, $8)",
        )
        .bind(self.account)
        .bind(self.day())
        .bind(self.id)
        .bind(id.as_slice())
        .bind(self.began_ms() + after_ms)
        .bind(received)
        .bind(lost)
        .bind(last)
        .execute(&stage.writer)
        .await
        .unwrap();
    }

    /// Adds a chunk over one number, whose frame holds these bytes.
    pub async fn chunk(&self, stage: &Stage, stream: [u8; 8], number: i64, inflated: &[u8]) {
        let body = zstd::encode_all(inflated, 3).unwrap();
        self.stored(stage, StoredChunk::of(stream, number, &body))
            .await;
    }

    pub async fn stored(&self, stage: &Stage, chunk: StoredChunk<'_>) {
        sqlx::query(
            "insert into chunks (account_id, started_on, session_id, stream_id, first_seq, last_seq,
                received_at_ms, messages, events, raw_bytes, codec, body, storage_key,
                first_event_ms, last_event_ms, keyframe_offset)
             values ($1, date '1970-01-01' + $2, $3, $4, $5, $6, $7, 1, 1, 1, $8, $9,
                case when $9::bytea is null then 'elsewhere' end, $10, $11, $12)",
        )
        .bind(self.account)
        .bind(self.day())
        .bind(self.id)
        .bind(chunk.stream.as_slice())
        .bind(chunk.numbers.0)
        .bind(chunk.numbers.1)
        .bind(self.began_ms())
        .bind(chunk.codec)
        .bind(chunk.body)
        .bind(chunk.event_ms.map(|(first, _)| first))
        .bind(chunk.event_ms.map(|(_, last)| last))
        .bind(chunk.keyframe_offset)
        .execute(&stage.writer)
        .await
        .unwrap();
    }

    /// Adds as many chunks of one byte each.
    pub async fn many_chunks(&self, stage: &Stage, stream: [u8; 8], chunks: i64) {
        sqlx::query(
            "insert into chunks (account_id, started_on, session_id, stream_id, first_seq, last_seq,
                received_at_ms, messages, events, raw_bytes, codec, body)
             select $1, date '1970-01-01' + $2, $3, $4, number, number, $5, 1, 1, 1, 1, '\\x00'
             from generate_series(1, $6) number",
        )
        .bind(self.account)
        .bind(self.day())
        .bind(self.id)
        .bind(stream.as_slice())
        .bind(self.began_ms())
        .bind(chunks)
        .execute(&stage.writer)
        .await
        .unwrap();
    }

    pub async fn page_and_gap(&self, stage: &Stage, stream: [u8; 8], gap: (i64, i64)) {
        sqlx::query(
            "insert into pages (account_id, started_on, session_id, stream_id, number, at_ms,
                received_at_ms, url, title, cause)
             values ($1, date '1970-01-01' + $2, $3, $4, 0, $5, $5, 'https://shop.example/', 'Shop',
                'load')",
        )
        .bind(self.account)
        .bind(self.day())
        .bind(self.id)
        .bind(stream.as_slice())
        .bind(self.began_ms())
        .execute(&stage.writer)
        .await
        .unwrap();
        sqlx::query(
            "insert into gaps (account_id, started_on, session_id, stream_id, number, first_seq,
                last_seq, cause, events, at_ms)
             values ($1, date '1970-01-01' + $2, $3, $4, $6 + 1, $5, $6, 'no_room', 1, $7)",
        )
        .bind(self.account)
        .bind(self.day())
        .bind(self.id)
        .bind(stream.as_slice())
        .bind(gap.0)
        .bind(gap.1)
        .bind(self.began_ms())
        .execute(&stage.writer)
        .await
        .unwrap();
    }
}
