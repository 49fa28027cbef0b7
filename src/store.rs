//! What is kept in Postgres: sessions, their streams, and the recording as chunks.
//!
//! A write goes in a straight line: the messages of each stream become a `part::Part` (chunks and
//! what the columns say of them), and one transaction keeps all parts. A number is kept once,
//! however often it is written: a part whose numbers are new is taken as it is, of another only
//! what is missing.
//!
//! What does not belong here: buffering and retrying (the writer actor), what staff read (`api`).

mod chunk;
mod day;
mod failure;
mod insert;
mod jobs;
mod load;
mod numbers;
mod part;
mod rows;
mod sites;
mod transaction;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use footage_actors::ports::{
    KeptSession, SessionKey, SessionWrite, Storage, StorageError, WriteOutcome,
};
use futures_util::future::BoxFuture;
use sqlx::PgPool;
use tokio::runtime::Handle;
use tokio::time::timeout;

pub use chunk::CODEC_ZSTD;
pub(crate) use day::Day;
use failure::Failure;
pub use jobs::{ensure_partitions, sweep_idle};
pub use sites::{Site, SiteDirectory};

/// Why a question to Postgres has no answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It is away, or says no.
    #[error("Postgres did not answer: {0}")]
    Database(#[from] sqlx::Error),
    /// It did not answer a moment ago, and is not asked again yet.
    #[error("Postgres did not answer a moment ago")]
    JustFailed,
    /// It took too long.
    #[error("Postgres did not answer within {} s", .0.as_secs())]
    Late(Duration),
    /// The back office stopped.
    #[error("a question to Postgres was cut off: {0}")]
    CutOff(#[from] tokio::task::JoinError),
}

/// Twice what Postgres gives one statement: a connection that went silent takes longer, and so do
/// several slow statements of one write, which is then rolled back and tried again.
const ANSWER_PATIENCE: Duration = Duration::from_secs(60);

/// Keeps sessions in Postgres.
///
/// Its work runs on the back office, which owns the connections, so that a busy caller does not
/// slow a query down; what it returns may be awaited on any runtime.
#[derive(Clone, Debug)]
pub struct PgStorage {
    pool: PgPool,
    back_office: Handle,
}

impl PgStorage {
    /// Storage over the writer pool, which must belong to the runtime `back_office`.
    #[must_use]
    pub fn new(pool: PgPool, back_office: Handle) -> Self {
        Self { pool, back_office }
    }

    /// Runs `work` on the back office. It goes on when the caller no longer waits.
    fn there<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, StorageError>> + Send + 'static,
    ) -> BoxFuture<'static, Result<T, StorageError>> {
        let working = self.back_office.spawn(timeout(ANSWER_PATIENCE, work));
        Box::pin(async move {
            let in_time = working.await.map_err(Failure::from)?;
            let late = |_| {
                Err(StorageError::Away(
                    "Postgres did not answer in time".to_owned(),
                ))
            };
            in_time.unwrap_or_else(late)
        })
    }
}

impl Storage for PgStorage {
    fn load(
        &self,
        key: SessionKey,
    ) -> BoxFuture<'static, Result<Option<KeptSession>, StorageError>> {
        let pool = self.pool.clone();
        self.there(async move { load::load(&pool, key).await })
    }

    fn store(
        &self,
        writes: Vec<SessionWrite>,
    ) -> BoxFuture<'static, Result<Vec<WriteOutcome>, StorageError>> {
        let pool = self.pool.clone();
        self.there(async move { transaction::store(&pool, Arc::new(writes)).await })
    }
}
