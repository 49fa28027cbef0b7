//! Reads the chunks of a session run by run.

use bytes::Bytes;
use sqlx::PgPool;

use super::range::{Placed, Span};
use crate::api::cursor::SessionId;
use crate::api::session::must_exist;
use crate::auth::Staff;
use crate::error::ApiError;
use crate::store::CODEC_ZSTD;

/// Compressed bytes read from Postgres at a time; a single chunk may be larger.
const RUN_BYTES_MAX: i64 = 1024 * 1024;
/// Chunks looked at for one run.
const RUN_CHUNKS_MAX: i64 = 64;

/// One chunk as it goes out.
pub(super) type Frame = Result<Bytes, ApiError>;

/// Walks the streams of one session in the order of their beginnings, and the chunks of each in
/// the order of their numbers.
///
/// Each run is a transaction of its own, so that a slow client holds no connection. Chunks never
/// change; one that is erased meanwhile is skipped like one that was erased before.
pub(super) struct ChunkReader {
    pool: PgPool,
    staff: Staff,
    session: SessionId,
    span: Placed,
}

#[derive(sqlx::FromRow)]
struct ChunkRow {
    last_seq: i64,
    codec: i16,
    dictionary_id: Option<i64>,
    body: Option<Vec<u8>>,
}

impl ChunkReader {
    /// Finds the streams of a session.
    ///
    /// # Errors
    /// When the account has no such session, the span is not in it, or Postgres does not answer.
    pub(super) async fn open(
        pool: PgPool,
        staff: Staff,
        session: SessionId,
        span: Span,
    ) -> Result<Self, ApiError> {
        let mut transaction = staff.read(&pool).await?;
        must_exist(&mut transaction, &staff, session).await?;
        let streams: Vec<Vec<u8>> = sqlx::query_scalar(
            "select id from streams
             where account_id = $1 and started_on = date '1970-01-01' + $2 and session_id = $3
             order by opened_at_ms, id",
        )
        .bind(staff.account_id)
        .bind(session.started_on_day())
        .bind(session.uuid())
        .fetch_all(&mut *transaction)
        .await?;
        drop(transaction);
        Ok(Self {
            pool,
            staff,
            session,
            span: span.place(streams)?,
        })
    }

    /// The next frames, or none at the end. One that cannot be sent is an error in its place.
    ///
    /// # Errors
    /// When Postgres does not answer.
    pub(super) async fn next_run(&mut self) -> Result<Option<Vec<Frame>>, ApiError> {
        while let Some(stream) = self.span.streams.front() {
            let rows = self.read_run(stream).await?;
            let Some(last) = rows.last() else {
                self.span.streams.pop_front();
                self.span.after = 0;
                continue;
            };
            self.span.after = last.last_seq;
            return Ok(Some(rows.into_iter().map(ChunkRow::into_frame).collect()));
        }
        Ok(None)
    }

    async fn read_run(&self, stream: &[u8]) -> Result<Vec<ChunkRow>, ApiError> {
        let until = match self.span.streams.len() {
            1 => self.span.until,
            _ => i64::MAX,
        };
        let mut transaction = self.staff.read(&self.pool).await?;
        // The length of a body is read from its pointer; bodies beyond the run are not touched.
        let rows = sqlx::query_as(
            "select last_seq, codec, dictionary_id, body from (
                select first_seq, last_seq, codec, dictionary_id, body,
                    row_number() over run as place,
                    sum(coalesce(octet_length(body), 0)) over run as bytes_so_far
                from (
                    select first_seq, last_seq, codec, dictionary_id, body from chunks
                    where account_id = $1 and started_on = date '1970-01-01' + $2
                        and session_id = $3 and stream_id = $4 and first_seq > $5
                        and first_seq <= $6
                    order by first_seq limit $7
                ) ahead
                window run as (order by first_seq)
             ) measured
             where place = 1 or bytes_so_far <= $8
             order by first_seq",
        )
        .bind(self.staff.account_id)
        .bind(self.session.started_on_day())
        .bind(self.session.uuid())
        .bind(stream)
        .bind(self.span.after)
        .bind(until)
        .bind(RUN_CHUNKS_MAX)
        .bind(RUN_BYTES_MAX)
        .fetch_all(&mut *transaction)
        .await?;
        Ok(rows)
    }
}

impl ChunkRow {
    fn into_frame(self) -> Frame {
        match self.body {
            Some(body) if self.codec == CODEC_ZSTD && self.dictionary_id.is_none() => {
                Ok(Bytes::from(body))
            }
            _ => Err(ApiError::ChunkUnreadable(format!(
                "the chunk ending at {} is of codec {}, elsewhere, or needs a dictionary",
                self.last_seq, self.codec
            ))),
        }
    }
}
