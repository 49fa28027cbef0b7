//! Which sessions are live, as the registry of this node's actors knows it.

use footage_actors::registry::Registry;
use footage_protocol::{AccountId, SessionId};
use uuid::Uuid;

use crate::api::LiveSessions;

impl LiveSessions for Registry {
    fn is_live(&self, session: Uuid) -> bool {
        SessionId::try_from(session).is_ok_and(|session| Self::is_live(self, session))
    }

    fn live_before(&self, account: i64, before: Uuid, at_most: usize) -> Vec<Uuid> {
        SessionId::try_from(before).map_or_else(
            |_| Vec::new(),
            |before| {
                let live = Self::live_before(self, AccountId(account), before, at_most);
                live.into_iter().map(Uuid::from).collect()
            },
        )
    }
}
