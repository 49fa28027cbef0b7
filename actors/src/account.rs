//! The Account actor.
//!
//! Born when the first session of an account arrives on this node, lives as long as the node. Owns
//! the account's limits and replaces them; sessions hold an `Arc` of its meter and check in place, so
//! that it is asked only for session starts. Holds no recorder data.

use actix::{Actor, Context, Handler, Message};
use std::sync::Arc;

use crate::limits::{ACCOUNT_WORDS, AccountLimits, Limited, Meter, RateGate, Slot, Slots};

/// Asks to start a session actor; the answer is the [`Admission`] or the limit that forbids it.
#[derive(Debug)]
pub struct Admit {
    /// Whether the session is new, and not one that comes back.
    pub new_session: bool,
    /// The place among the node's sessions that was taken for it.
    pub node_slot: Slot,
}

/// What a session holds of its account.
#[derive(Debug)]
pub struct Admission {
    /// Shared by all sessions of the account.
    pub meter: Arc<Meter>,
    /// Frees the place when the session stops.
    pub slot: Slot,
    /// Likewise among the node's.
    pub node_slot: Slot,
}

impl Message for Admit {
    type Result = Result<Admission, Limited>;
}

/// One account's limits on one node.
#[derive(Debug)]
pub struct Account {
    meter: Arc<Meter>,
    new_sessions: RateGate,
    sessions: Slots,
}

impl Account {
    /// Admission messages are one per session start and answered at once; this many may wait from one
    /// sender.
    const MAILBOX: usize = 64;

    /// Makes an account with all its limits unused.
    pub fn new(limits: AccountLimits) -> Self {
        Self {
            meter: Arc::new(Meter::new(limits.batches, limits.kib, ACCOUNT_WORDS)),
            new_sessions: RateGate::new(
                "new sessions a second of this account",
                limits.new_sessions,
            ),
            sessions: Slots::new("sessions of this account at once", limits.sessions_max),
        }
    }
}

impl Actor for Account {
    type Context = Context<Self>;

    fn started(&mut self, context: &mut Self::Context) {
        context.set_mailbox_capacity(Self::MAILBOX);
    }
}

impl Handler<Admit> for Account {
    type Result = Result<Admission, Limited>;

    fn handle(&mut self, admit: Admit, _context: &mut Self::Context) -> Self::Result {
        let slot = self.sessions.take()?;
        if admit.new_session {
            self.new_sessions.pass()?;
        }
        Ok(Admission {
            meter: Arc::clone(&self.meter),
            slot,
            node_slot: admit.node_slot,
        })
    }
}
