//! Where a session's actor lives: one map for the node. The entry is made by whoever starts the actor
//! and removed by the actor when it stops.

use actix::Addr;
use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use std::sync::Arc;

use footage_protocol::{AccountId, SessionId, SiteId, StreamId};

use crate::ports::SessionKey;
use crate::session::Session;

/// Sessions with an actor on this node.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    sessions: Arc<DashMap<SessionKey, Addr<Session>>>,
    live: Arc<DashMap<SessionId, ()>>,
    streams: Arc<DashMap<(SiteId, StreamId), SessionKey>>,
}

impl Registry {
    /// The session's actor, started by `start` when there is none.
    pub fn find_or_start(
        &self,
        key: SessionKey,
        start: impl FnOnce() -> Addr<Session>,
    ) -> Addr<Session> {
        match self.sessions.entry(key) {
            Entry::Occupied(found) => found.get().clone(),
            Entry::Vacant(vacant) => vacant.insert(start()).value().clone(),
        }
    }

    /// The session's actor, if it has one.
    pub fn find(&self, key: &SessionKey) -> Option<Addr<Session>> {
        self.sessions.get(key).map(|found| found.value().clone())
    }

    /// Removes the session if its actor is still `actor`.
    pub fn remove(&self, key: &SessionKey, actor: &Addr<Session>) {
        let removed = self.sessions.remove_if(key, |_, current| current == actor);
        if removed.is_some() {
            self.live.remove(&key.session);
        }
    }

    /// Notes whose stream this is.
    pub fn add_stream(&self, site: SiteId, stream: StreamId, owner: SessionKey) {
        self.streams.insert((site, stream), owner);
    }

    /// Forgets whose stream this was.
    pub fn remove_stream(&self, site: SiteId, stream: StreamId) {
        self.streams.remove(&(site, stream));
    }

    /// The session with an actor here that has the stream.
    pub fn owner_of(&self, site: SiteId, stream: StreamId) -> Option<SessionKey> {
        self.streams.get(&(site, stream)).map(|owner| *owner)
    }

    /// Notes whether the session has an open socket.
    pub fn set_live(&self, session: SessionId, live: bool) {
        if live {
            self.live.insert(session, ());
        } else {
            self.live.remove(&session);
        }
    }

    /// Whether the session has an open socket.
    pub fn is_live(&self, session: SessionId) -> bool {
        self.live.contains_key(&session)
    }

    /// The newest live sessions of the account that began before this one, newest first and at most
    /// so many.
    pub fn live_before(
        &self,
        account: AccountId,
        before: SessionId,
        at_most: usize,
    ) -> Vec<SessionId> {
        let keys = self.sessions.iter().map(|entry| *entry.key());
        let mut found: Vec<_> = keys
            .filter(|key| key.account == account && key.session < before)
            .map(|key| key.session)
            .collect();
        found.retain(|session| self.is_live(*session));
        found.sort_unstable_by(|one, other| other.cmp(one));
        found.truncate(at_most);
        found
    }

    /// Sessions with an actor now.
    pub fn len(&self) -> usize {
        self.sessions.len()
    }

    /// Whether no session has an actor.
    pub fn is_empty(&self) -> bool {
        self.sessions.is_empty()
    }

    /// Removes sessions whose actor died without a word: a panic ends an actor where it stands.
    pub fn sweep(&self) {
        let dead: Vec<_> = self
            .sessions
            .iter()
            .filter(|entry| !entry.connected())
            .map(|entry| (*entry.key(), entry.value().clone()))
            .collect();
        for (key, actor) in dead {
            self.remove(&key, &actor);
            self.streams.retain(|_, owner| *owner != key);
        }
    }

    /// Every actor, for telling them all something.
    pub fn all(&self) -> Vec<Addr<Session>> {
        self.sessions
            .iter()
            .map(|entry| entry.value().clone())
            .collect()
    }
}
