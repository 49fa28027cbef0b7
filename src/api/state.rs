//! What the handlers know and share.

use std::sync::Arc;

use sqlx::PgPool;
use uuid::Uuid;

use super::headers::Policies;
use super::player::PlayerTickets;
use crate::auth::{LoginThrottle, Origin, PasswordError, PasswordGate, SessionCookie};
use crate::web::{Assets, Packed};

/// Tells which sessions have an open socket on this node.
pub trait LiveSessions: Send + Sync {
    /// Whether the session has an open socket now.
    fn is_live(&self, session: Uuid) -> bool;

    /// The newest of the account's live sessions that began before this one, newest first and at
    /// most so many.
    fn live_before(&self, account: i64, before: Uuid, at_most: usize) -> Vec<Uuid>;
}

/// Gives the key of the demo shop's site, once there is one.
pub type DemoSiteKey = Arc<dyn Fn() -> Option<String> + Send + Sync>;

/// What the node hands in.
pub struct ApiSettings {
    /// Connections with the role `footage_staff`.
    pub staff: PgPool,
    /// Where the dashboard is opened: `FOOTAGE_PUBLIC_URL`.
    pub public_origin: Origin,
    /// Where the player's document is served: `FOOTAGE_REPLAY_ORIGIN`, absent for the dashboard's.
    pub replay_origin: Option<Origin>,
    /// Which sessions are live.
    pub live: Arc<dyn LiveSessions>,
    /// The built web side.
    pub assets: Arc<dyn Assets>,
    /// The key for the demo shop.
    pub demo_site_key: DemoSiteKey,
}

/// The state of the staff router; a clone is a pointer.
#[derive(Clone)]
pub struct ApiState {
    shared: Arc<Shared>,
}

struct Shared {
    settings: ApiSettings,
    cookie: SessionCookie,
    gate: PasswordGate,
    throttle: LoginThrottle,
    tickets: PlayerTickets,
    policies: Policies,
    packed: Packed,
}

impl ApiState {
    /// Prepares the state; it hashes one password, which takes some 30 ms.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn new(settings: ApiSettings) -> Result<Self, PasswordError> {
        let shared = Shared {
            cookie: SessionCookie::for_origin(&settings.public_origin),
            gate: PasswordGate::new()?,
            throttle: LoginThrottle::default(),
            tickets: PlayerTickets::default(),
            policies: Policies::new(&settings.public_origin, settings.replay_origin.as_ref()),
            packed: Packed::default(),
            settings,
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    pub(crate) fn pool(&self) -> &PgPool {
        &self.shared.settings.staff
    }

    pub(crate) fn public_origin(&self) -> &Origin {
        &self.shared.settings.public_origin
    }

    pub(crate) fn replay_origin(&self) -> Option<&Origin> {
        self.shared.settings.replay_origin.as_ref()
    }

    pub(crate) fn assets(&self) -> &dyn Assets {
        &*self.shared.settings.assets
    }

    pub(crate) fn demo_site_key(&self) -> Option<String> {
        (self.shared.settings.demo_site_key)()
    }

    pub(crate) fn is_live(&self, session: Uuid) -> bool {
        self.shared.settings.live.is_live(session)
    }

    pub(super) fn live_before(&self, account: i64, before: Uuid, at_most: usize) -> Vec<Uuid> {
        let live = &self.shared.settings.live;
        live.live_before(account, before, at_most)
    }

    pub(crate) fn cookie(&self) -> SessionCookie {
        self.shared.cookie
    }

    pub(crate) fn policies(&self) -> &Policies {
        &self.shared.policies
    }

    pub(crate) fn packed(&self) -> &Packed {
        &self.shared.packed
    }

    pub(super) fn gate(&self) -> &PasswordGate {
        &self.shared.gate
    }

    pub(super) fn throttle(&self) -> &LoginThrottle {
        &self.shared.throttle
    }

    pub(super) fn tickets(&self) -> &PlayerTickets {
        &self.shared.tickets
    }
}
