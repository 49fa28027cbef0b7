//! A session and everything around it in memory.

use bytes::Bytes;
use footage_protocol::{AccountId, PolicyHash, SessionId, SiteId, StreamId, VisitorId};
use std::sync::Arc;
use tokio::time::Instant;

use super::storage::MemoryStorage;
use super::tab::{Tab, message};

use crate::account::Admission;
use crate::arbiters::start_session;
use crate::budget::Budget;
use crate::clock::Clock;
use crate::limits::{ACCOUNT_WORDS, Meter, Rate, SessionLimits, Slots};
use crate::outcome::Ledger;
use crate::ports::{SessionKey, Storage, StreamOpening};
use crate::registry::Registry;
use crate::session::{Attach, Birth, Decline, Drain, Hello, Post, Shared};
use crate::writer::Writer;

pub const START_MS: u64 = 1_700_000_000_000;

/// Runs a test on an actor system whose time jumps when everybody waits.
pub fn in_virtual_time<Test: Future<Output = ()>>(test: Test) {
    let system = actix::System::with_tokio_rt(|| {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap()
    });
    system.block_on(test);
}

pub fn stream(number: u8) -> StreamId {
    StreamId([number; 8])
}

/// One session, its storage, and everything around them.
pub struct Stage {
    pub storage: Arc<MemoryStorage>,
    pub shared: Arc<Shared>,
    pub ledger: Arc<Ledger>,
    key: SessionKey,
    budget: Budget,
}

impl Stage {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test is on an arbiter of its own"
    )]
    pub fn new() -> Self {
        let storage = Arc::new(MemoryStorage::default());
        let as_storage: Arc<dyn Storage> = storage.clone();
        let shared = Arc::new(Shared {
            limits: SessionLimits::default(),
            clock: Clock::Virtual {
                start_ms: START_MS,
                since: Instant::now(),
            },
            storage: as_storage.clone(),
            writer: actix::Actor::start(Writer::new(as_storage)),
            registry: Registry::default(),
        });
        Self {
            storage,
            shared,
            ledger: Arc::default(),
            key: SessionKey {
                account: AccountId(1),
                session: SessionId::new(START_MS, &[1; 10]),
            },
            budget: Budget::new(1 << 20),
        }
    }

    fn session(&self) -> actix::Addr<crate::session::Session> {
        let plenty = Rate {
            per_s: 1_000_000,
            burst: 1_000_000,
        };
        let slots = Slots::new("sessions", 10);
        let birth = Birth {
            key: self.key,
            site: SiteId(1),
            visitor: VisitorId([1; 16]),
            may_be_kept: true,
            admission: Admission {
                meter: Arc::new(Meter::new(plenty, plenty, ACCOUNT_WORDS)),
                slot: slots.take().unwrap(),
                node_slot: slots.take().unwrap(),
            },
            shared: Arc::clone(&self.shared),
        };
        self.shared
            .registry
            .find_or_start(self.key, || start_session(birth))
    }

    pub async fn visit(&self, stream: StreamId) -> Tab {
        self.try_visit(stream, None)
            .await
            .expect("the session takes the socket")
    }

    pub async fn try_visit(
        &self,
        stream: StreamId,
        navigated_from: Option<StreamId>,
    ) -> Option<Tab> {
        let (tab, socket) = Tab::open(stream, Arc::clone(&self.ledger), self.budget.clone());
        let attach = Attach {
            hello: hello(stream, navigated_from),
            socket,
        };
        let attached = self.session().send(attach).await.unwrap();
        attached.ok().map(|()| tab)
    }

    pub async fn post(&self, stream: StreamId, numbers: &[u64]) -> Result<Bytes, Decline> {
        let messages = numbers
            .iter()
            .map(|&number| message(number, 10, &self.ledger, &self.budget))
            .collect();
        let hello = hello(stream, None);
        let posted = self.session().send(Post { hello, messages }).await.unwrap();
        posted.map_err(|(decline, _)| decline)
    }

    pub async fn drain(&self) {
        self.session().send(Drain).await.unwrap();
    }
}

fn hello(stream: StreamId, navigated_from: Option<StreamId>) -> Hello {
    Hello {
        stream,
        navigated_from,
        opening: Arc::new(StreamOpening {
            opened_at_ms: START_MS,
            navigated_from,
            url: "https://shop.example/".into(),
            title: "Shop".into(),
            referrer: String::new(),
            viewport_width: 1_280,
            viewport_height: 720,
            time_zone: "Europe/Berlin".into(),
            sdk_version: "test".into(),
            policy_hash: PolicyHash([0; 8]),
            user_agent: String::new(),
        }),
        token: "token".into(),
        policy: None,
        resumed: true,
    }
}
