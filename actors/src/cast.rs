//! The cast of a node: every actor and what they share, with the one door through which recorders
//! come in.

use actix::Addr;
use bytes::Bytes;
use dashmap::DashMap;
use footage_protocol::{AccountId, CloseCode, SessionId, SiteId, VisitorId};
use std::sync::Arc;

use crate::account::{Account, Admission, Admit};
use crate::arbiters::{Arbiters, Office, start_session};
use crate::arrival::{Message, RecorderSocket};
use crate::budget::Budget;
use crate::clock::Clock;
use crate::end::SocketEnd;
use crate::limits::{AccountLimits, SessionLimits, Slots};
use crate::outbox::Close;
use crate::outcome::{Ledger, Outcome};
use crate::ports::{SessionKey, Storage};
use crate::registry::Registry;
use crate::session::{Attach, Birth, Decline, Drain, Hello, Post, Session, Shared};
use crate::writer::Writer;

/// What a node is made with.
pub struct CastSettings {
    /// Figures of sessions.
    pub session: SessionLimits,
    /// Figures of accounts.
    pub account: AccountLimits,
    /// Sessions with an actor on this node at once.
    pub sessions_max: u32,
    /// Bytes the node may hold for recorders.
    pub budget_bytes: usize,
    /// Wall time.
    pub clock: Clock,
}

/// Every actor of a node.
pub struct Cast {
    shared: Arc<Shared>,
    office: Office,
    account_limits: AccountLimits,
    accounts: DashMap<AccountId, AccountHandle>,
    sessions: Slots,
    budget: Budget,
}

#[derive(Clone)]
struct AccountHandle {
    actor: Addr<Account>,
    ledger: Arc<Ledger>,
}

/// A recorder at the door: its site is known and its token, if any, is genuine.
#[derive(Clone)]
pub struct Visit {
    /// The site's account.
    pub account: AccountId,
    /// The site.
    pub site: SiteId,
    /// The browser.
    pub visitor: VisitorId,
    /// The session its token names.
    pub session: Option<SessionId>,
    /// The id to use when it gets a session of its own.
    pub fresh: SessionId,
    /// What the hello says to the session; its token is set here.
    pub hello: Hello,
    /// Makes the token of a session.
    pub mint: Arc<dyn Fn(SessionKey) -> String + Send + Sync>,
}

impl Cast {
    /// Puts the actors on their threads.
    pub fn new(arbiters: &Arbiters, storage: Arc<dyn Storage>, settings: CastSettings) -> Self {
        let writer = arbiters.start_writer(Writer::new(Arc::clone(&storage)));
        Self {
            shared: Arc::new(Shared {
                limits: settings.session,
                clock: settings.clock,
                storage,
                writer,
                registry: Registry::default(),
            }),
            office: arbiters.office(),
            account_limits: settings.account,
            accounts: DashMap::new(),
            sessions: Slots::new("sessions of this node at once", settings.sessions_max),
            budget: Budget::new(settings.budget_bytes),
        }
    }

    /// The node's byte budget.
    pub fn budget(&self) -> &Budget {
        &self.budget
    }

    /// The wall clock.
    pub fn clock(&self) -> Clock {
        self.shared.clock
    }

    /// Sessions with an actor now.
    pub fn registry(&self) -> &Registry {
        &self.shared.registry
    }

    /// An account's count of arrivals and fates.
    pub fn ledger(&self, account: AccountId) -> Arc<Ledger> {
        self.account(account).ledger
    }

    /// Every account seen since the start, with its ledger.
    pub fn ledgers(&self) -> Vec<(AccountId, Arc<Ledger>)> {
        self.accounts
            .iter()
            .map(|entry| (*entry.key(), Arc::clone(&entry.ledger)))
            .collect()
    }

    /// Brings a socket to its session. Call on a worker's thread. From here on the session speaks to the
    /// recorder; a refusal gives the socket back with what to close it with.
    ///
    /// # Errors
    /// The close code and reason of a refusal.
    pub async fn attach(
        &self,
        visit: Visit,
        mut socket: Box<dyn RecorderSocket>,
    ) -> Result<(), (Close, Box<dyn RecorderSocket>)> {
        let mut key = self.named_session(&visit);
        // Twice at most: the session the token names, then one of its own.
        loop {
            let (session, hello) = match self.session(&visit, key).await {
                Ok(found) => found,
                Err(close) => return Err((close, socket)),
            };
            match session.send(Attach { hello, socket }).await {
                Ok(Ok(())) => return Ok(()),
                Ok(Err((Decline::Close(close), returned))) => return Err((close, returned)),
                Ok(Err((Decline::OtherSession, returned))) => socket = returned,
                // The actor died with the socket in its mailbox: the recorder connects again.
                Err(_) => return Ok(()),
            }
            key = None;
        }
    }

    /// Brings what came by POST to its session; the answer is the response's body, sent when every
    /// message is durable.
    ///
    /// # Errors
    /// The close code and reason of a refusal.
    pub async fn post(&self, visit: Visit, mut messages: Vec<Message>) -> Result<Bytes, Close> {
        let mut key = self.named_session(&visit);
        // Twice at most, as in attach.
        loop {
            let (session, hello) = match self.session(&visit, key).await {
                Ok(found) => found,
                Err(close) => return Err(refuse(messages, close)),
            };
            match session.send(Post { hello, messages }).await {
                Ok(Ok(body)) => return Ok(body),
                Ok(Err((Decline::Close(close), returned))) => return Err(refuse(returned, close)),
                Ok(Err((Decline::OtherSession, returned))) => messages = returned,
                Err(_) => return Err(Close::bare(SocketEnd::Crash, CloseCode::ServerBug)),
            }
            key = None;
        }
    }

    /// Tells every session to write out and stop.
    pub async fn drain(&self) {
        self.shared.registry.sweep();
        let told = self
            .shared
            .registry
            .all()
            .into_iter()
            .map(|session| session.send(Drain));
        futures_util::future::join_all(told).await;
    }

    /// The session of the token; or, of a page that was left before its first welcome and so never got
    /// one, the session its last POST made.
    fn named_session(&self, visit: &Visit) -> Option<SessionKey> {
        let account = visit.account;
        let of_token = visit.session.map(|session| SessionKey { account, session });
        of_token.or_else(|| {
            let page_before = visit.hello.navigated_from?;
            self.shared.registry.owner_of(visit.site, page_before)
        })
    }

    /// The actor of the named session, or of a new one, and the hello it should get.
    async fn session(
        &self,
        visit: &Visit,
        named: Option<SessionKey>,
    ) -> Result<(Addr<Session>, Hello), Close> {
        let key = named.unwrap_or(SessionKey {
            account: visit.account,
            session: visit.fresh,
        });
        let hello = Hello {
            token: (visit.mint)(key),
            resumed: named.is_some(),
            ..visit.hello.clone()
        };
        if let Some(living) = self.shared.registry.find(&key) {
            if living.connected() {
                return Ok((living, hello));
            }
            self.shared.registry.remove(&key, &living);
        }
        let admission = self.admit(visit.account, named.is_none()).await?;
        let birth = Birth {
            key,
            site: visit.site,
            visitor: visit.visitor,
            may_be_kept: named.is_some(),
            admission,
            shared: Arc::clone(&self.shared),
        };
        let session = self
            .shared
            .registry
            .find_or_start(key, || start_session(birth));
        Ok((session, hello))
    }

    async fn admit(&self, account: AccountId, new_session: bool) -> Result<Admission, Close> {
        let node_slot = self
            .sessions
            .take()
            .map_err(|full| Close::after(CloseCode::Unavailable, &full, full.retry_after))?;
        let asked = self
            .account(account)
            .actor
            .send(Admit {
                new_session,
                node_slot,
            })
            .await;
        match asked {
            Ok(Ok(admission)) => Ok(admission),
            Ok(Err(limited)) => Err(Close::limited(&limited)),
            Err(_) => Err(Close::bare(SocketEnd::Crash, CloseCode::ServerBug)),
        }
    }

    fn account(&self, account: AccountId) -> AccountHandle {
        if let Some(known) = self.accounts.get(&account) {
            return known.clone();
        }
        self.accounts
            .entry(account)
            .or_insert_with(|| AccountHandle {
                actor: self.office.start_account(Account::new(self.account_limits)),
                ledger: Arc::default(),
            })
            .clone()
    }
}

/// Settles the fate of messages that no session took.
fn refuse(messages: Vec<Message>, close: Close) -> Close {
    for message in messages {
        message.fate.decide(Outcome::of_close(close.code));
    }
    close
}
