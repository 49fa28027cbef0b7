//! The outside world as the actors see it: traits only, implemented by the node.
//!
//! What belongs here: the questions actors ask of storage and clock, and the plain data that
//! crosses. What does not: how a question is answered (SQL, files, sockets).

use bytes::Bytes;
use footage_protocol::message::BatchHeader;
use footage_protocol::{AccountId, PolicyHash, Ranges, SessionId, SiteId, StreamId, VisitorId};
use futures_util::future::BoxFuture;
use std::sync::{Arc, LazyLock};

use crate::end::SessionEnd;

/// Names one session within its account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SessionKey {
    /// The tenant.
    pub account: AccountId,
    /// The session, a UUIDv7 whose day chooses the partition.
    pub session: SessionId,
}

/// Keeps sessions durably and knows what it has kept.
pub trait Storage: Send + Sync + 'static {
    /// Loads what is kept of a session, `None` when nothing is.
    ///
    /// # Errors
    /// [`StorageError::Away`] when storage cannot be asked now.
    fn load(
        &self,
        key: SessionKey,
    ) -> BoxFuture<'static, Result<Option<KeptSession>, StorageError>>;

    /// Keeps all writes in one transaction; the answers are in the order of the writes.
    ///
    /// Storing a number that is already kept is harmless: it is reported as a duplicate.
    ///
    /// # Errors
    /// [`StorageError::Away`] when nothing was kept and trying again may help,
    /// [`StorageError::Refused`] when storage will never take one of these writes.
    fn store(
        &self,
        writes: Vec<SessionWrite>,
    ) -> BoxFuture<'static, Result<Vec<WriteOutcome>, StorageError>>;
}

/// Why storage did not keep something.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StorageError {
    /// Storage cannot be reached, or is too busy; the same write may succeed later.
    #[error("storage is away: {0}")]
    Away(String),
    /// Storage answered that the data itself cannot be kept.
    #[error("storage refused the data: {0}")]
    Refused(String),
}

/// What storage knows of a session.
#[derive(Clone, Debug)]
pub struct KeptSession {
    /// The site it was recorded on.
    pub site: SiteId,
    /// How it ended, `None` while it is open.
    pub ended: Option<SessionEnd>,
    /// The server's clock when a socket of it was last open, ms since 1970.
    pub seen_at_ms: u64,
    /// Inflated payload bytes kept so far.
    pub raw_bytes: u64,
    /// Its streams, in the order of their beginnings.
    pub streams: Vec<KeptStream>,
}

/// What storage knows of one stream.
#[derive(Clone, Debug)]
pub struct KeptStream {
    /// The stream.
    pub stream: StreamId,
    /// Numbers that are kept, and those a kept `gap` says will never come.
    pub received: Ranges,
    /// Whether its `end` is kept.
    pub ended: bool,
}

/// One session's part of a transaction.
#[derive(Clone, Debug)]
pub struct SessionWrite {
    /// Which session.
    pub key: SessionKey,
    /// The site it is recorded on.
    pub site: SiteId,
    /// The pseudonymous browser.
    pub visitor: VisitorId,
    /// The server's clock when a socket of the session was last open, ms since 1970.
    pub seen_at_ms: u64,
    /// How the session stands after this write: `None` is open (and clears an earlier end).
    pub ended: Option<SessionEnd>,
    /// Batches and numbered messages by stream. May be empty (only `seen_at_ms` or `ended` moved).
    pub streams: Vec<StreamWrite>,
}

impl SessionWrite {
    /// Payload bytes of all its messages, inflated.
    pub fn payload_bytes(&self) -> usize {
        self.streams
            .iter()
            .flat_map(|stream| &stream.messages)
            .map(|message| message.content.len())
            .sum()
    }
}

/// One stream's new messages.
#[derive(Clone, Debug)]
pub struct StreamWrite {
    /// Which stream.
    pub stream: StreamId,
    /// What its hello said.
    pub opened: Arc<StreamOpening>,
    /// New messages in ascending order of their numbers, each number once.
    pub messages: Vec<Kept>,
}

/// What a stream's hello said of the page load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamOpening {
    /// The server's clock at the hello, ms since 1970.
    pub opened_at_ms: u64,
    /// The stream of the page before in the same tab.
    pub navigated_from: Option<StreamId>,
    /// The page's address after stripping.
    pub url: String,
    /// The page's title.
    pub title: String,
    /// Where the visitor came from.
    pub referrer: String,
    /// Width of the view in CSS pixels.
    pub viewport_width: u32,
    /// Height of the view in CSS pixels.
    pub viewport_height: u32,
    /// IANA time zone name.
    pub time_zone: String,
    /// The recorder's version.
    pub sdk_version: String,
    /// Hash of the masking policy the recorder applies.
    pub policy_hash: PolicyHash,
    /// The browser's `User-Agent`, cut to 512 bytes.
    pub user_agent: String,
}

impl StreamOpening {
    /// Stands for the opening of a stream that storage knows: storage keeps the first one.
    pub fn known() -> Arc<Self> {
        static KNOWN: LazyLock<Arc<StreamOpening>> = LazyLock::new(|| {
            Arc::new(StreamOpening {
                opened_at_ms: 0,
                navigated_from: None,
                url: String::new(),
                title: String::new(),
                referrer: String::new(),
                viewport_width: 0,
                viewport_height: 0,
                time_zone: String::new(),
                sdk_version: String::new(),
                policy_hash: PolicyHash([0; 8]),
                user_agent: String::new(),
            })
        });
        Arc::clone(&KNOWN)
    }
}

/// One numbered message on its way to storage.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Its number within the stream.
    pub number: u64,
    /// The server's clock on arrival, ms since 1970.
    pub received_at_ms: u64,
    /// What it holds.
    pub content: Content,
}

/// What a numbered message holds.
#[derive(Clone, Debug)]
pub enum Content {
    /// A batch: its header and its payload, inflated.
    Batch(BatchHeader, Bytes),
    /// Any other numbered message, as its bytes on the wire.
    Message(Bytes),
}

impl Content {
    /// Its bytes.
    pub fn len(&self) -> usize {
        match self {
            Self::Batch(_, bytes) | Self::Message(bytes) => bytes.len(),
        }
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What became of one [`SessionWrite`].
#[derive(Clone, Debug)]
pub struct WriteOutcome {
    /// Per stream of the write, in its order.
    pub streams: Vec<StreamOutcome>,
}

/// What became of one [`StreamWrite`].
#[derive(Clone, Debug)]
pub struct StreamOutcome {
    /// Messages newly kept.
    pub stored: u64,
    /// Messages that were kept before.
    pub duplicate: u64,
}
