//! The Writer actor.
//!
//! Born with the node, dies with it. Takes the sessions' writes, puts many of them into one
//! transaction, and answers each when it is durable. While storage is away it tries again for ever;
//! a session never has more than one write here, and the node's byte budget bounds what they hold.
//! When storage refuses a transaction, each write is tried alone, so that one poisonous write does
//! not take the others down. Never touches a socket.

use actix::{Actor, AsyncContext, Context, Handler, Message, ResponseFuture};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tracing::{error, warn};

use crate::ports::{SessionWrite, Storage, StorageError, WriteOutcome};

/// Transactions under way at once: one is being written while the next one is being built.
const SAVES_MAX: usize = 2;
/// Writes in one transaction at most.
const WRITES_MAX: usize = 256;
/// Inflated bytes in one transaction, after which no further write is added.
const SAVE_BYTES: usize = 8 * 1024 * 1024;
/// Waits between tries while storage is away.
const RETRY_FIRST: Duration = Duration::from_millis(100);
const RETRY_MOST: Duration = Duration::from_secs(5);

/// Asks to keep one session's write; answered when it is durable, or when storage refused it.
#[derive(Debug)]
pub struct Save(pub SessionWrite);

impl Message for Save {
    type Result = Result<WriteOutcome, StorageError>;
}

/// The queue between sessions and storage.
pub struct Writer {
    storage: Arc<dyn Storage>,
    waiting: VecDeque<Waiting>,
    saves: usize,
}

struct Waiting {
    write: SessionWrite,
    answer: oneshot::Sender<Result<WriteOutcome, StorageError>>,
}

impl Writer {
    /// Every session sends at most one `Save` at a time; capacity per sender need not be more.
    const MAILBOX: usize = 2;

    /// Makes a writer with nothing to write.
    pub fn new(storage: Arc<dyn Storage>) -> Self {
        Self {
            storage,
            waiting: VecDeque::new(),
            saves: 0,
        }
    }

    fn save_next(&mut self, context: &mut Context<Self>) {
        while self.saves < SAVES_MAX && !self.waiting.is_empty() {
            self.saves += 1;
            let batch = self.take_batch();
            let save = save(Arc::clone(&self.storage), batch);
            context.spawn(actix::fut::ActorFutureExt::map(
                actix::fut::wrap_future(save),
                |(), writer: &mut Self, context| {
                    writer.saves -= 1;
                    writer.save_next(context);
                },
            ));
        }
    }

    fn take_batch(&mut self) -> Vec<Waiting> {
        let mut bytes = 0;
        let mut batch = Vec::new();
        while bytes < SAVE_BYTES && batch.len() < WRITES_MAX {
            let Some(waiting) = self.waiting.pop_front() else {
                break;
            };
            bytes += waiting.write.payload_bytes();
            batch.push(waiting);
        }
        batch
    }
}

impl Actor for Writer {
    type Context = Context<Self>;

    fn started(&mut self, context: &mut Self::Context) {
        context.set_mailbox_capacity(Self::MAILBOX);
    }
}

impl Handler<Save> for Writer {
    type Result = ResponseFuture<Result<WriteOutcome, StorageError>>;

    fn handle(&mut self, Save(write): Save, context: &mut Self::Context) -> Self::Result {
        let (answer, answered) = oneshot::channel();
        self.waiting.push_back(Waiting { write, answer });
        self.save_next(context);
        Box::pin(async move {
            answered
                .await
                .unwrap_or_else(|_| Err(StorageError::Away("the writer stopped".into())))
        })
    }
}

async fn save(storage: Arc<dyn Storage>, batch: Vec<Waiting>) {
    match store_until_answered(&*storage, &batch).await {
        Ok(outcomes) => {
            for (waiting, outcome) in batch.into_iter().zip(outcomes) {
                let _ = waiting.answer.send(Ok(outcome));
            }
        }
        Err(refusal) if batch.len() == 1 => {
            for waiting in batch {
                error!(session.id = %waiting.write.key.session, reason = %refusal, "storage refused a write");
                let _ = waiting.answer.send(Err(refusal.clone()));
            }
        }
        Err(refusal) => {
            warn!(writes = batch.len(), reason = %refusal, "storage refused a transaction, trying its writes one by one");
            for waiting in batch {
                Box::pin(save(Arc::clone(&storage), vec![waiting])).await;
            }
        }
    }
}

/// Tries until storage takes the batch or refuses it.
async fn store_until_answered(
    storage: &dyn Storage,
    batch: &[Waiting],
) -> Result<Vec<WriteOutcome>, StorageError> {
    let mut wait = RETRY_FIRST;
    loop {
        let writes = batch.iter().map(|waiting| waiting.write.clone()).collect();
        match storage.store(writes).await {
            Err(StorageError::Away(reason)) => {
                warn!(
                    writes = batch.len(),
                    reason, "storage is away, trying again"
                );
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(RETRY_MOST);
            }
            answered => return answered,
        }
    }
}
