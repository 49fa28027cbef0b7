//! The one fate of every numbered message: counted when it arrives, counted once more when its fate
//! is known. `received = held + stored + duplicate + refused + dropped` at every moment (P3).

use footage_protocol::CloseCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What can become of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Kept durably, and acknowledged.
    Stored,
    /// Was kept before; acknowledged again.
    Duplicate,
    /// Not taken, and the sender was told why.
    Refused(Refused),
    /// Taken and then given up before any acknowledgement; the sender still has it.
    Dropped(Dropped),
}

/// Why a message was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refused {
    /// Not what the specification says.
    Malformed,
    /// Too deep, too many items, or too long.
    TooLarge,
    /// A number was skipped without a gap.
    OutOfOrder,
    /// A rate or a quota is used up.
    Limited,
    /// The session is over.
    Ended,
    /// Storage will never take it.
    Storage,
}

/// Why a message was given up before its acknowledgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dropped {
    /// The socket ended while the message waited.
    SocketGone,
    /// The node stopped before storage answered.
    Drain,
    /// Nobody decided: a fault of the server.
    Undecided,
}

/// Every outcome with its labels, in the order of the ledger's counters.
const OUTCOMES: [(Outcome, &str, &str); 11] = [
    (Outcome::Stored, "stored", ""),
    (Outcome::Duplicate, "duplicate", ""),
    (Outcome::Refused(Refused::Malformed), "refused", "malformed"),
    (Outcome::Refused(Refused::TooLarge), "refused", "too_large"),
    (
        Outcome::Refused(Refused::OutOfOrder),
        "refused",
        "out_of_order",
    ),
    (Outcome::Refused(Refused::Limited), "refused", "limited"),
    (Outcome::Refused(Refused::Ended), "refused", "ended"),
    (Outcome::Refused(Refused::Storage), "refused", "storage"),
    (
        Outcome::Dropped(Dropped::SocketGone),
        "dropped",
        "socket_gone",
    ),
    (Outcome::Dropped(Dropped::Drain), "dropped", "drain"),
    (Outcome::Dropped(Dropped::Undecided), "dropped", "undecided"),
];

impl Outcome {
    /// The fate of a message whose sender is closed with this code.
    pub fn of_close(code: CloseCode) -> Self {
        match code {
            CloseCode::OutOfOrder => Self::Refused(Refused::OutOfOrder),
            CloseCode::TooLarge | CloseCode::MessageTooBig => Self::Refused(Refused::TooLarge),
            CloseCode::Limited | CloseCode::Unavailable => Self::Refused(Refused::Limited),
            CloseCode::SessionEnded => Self::Refused(Refused::Ended),
            CloseCode::Restart => Self::Dropped(Dropped::Drain),
            CloseCode::TryLater | CloseCode::ServerBug => Self::Dropped(Dropped::SocketGone),
            _ => Self::Refused(Refused::Malformed),
        }
    }

    fn index(self) -> usize {
        OUTCOMES
            .iter()
            .position(|(outcome, _, _)| *outcome == self)
            .unwrap_or(OUTCOMES.len() - 1)
    }
}

/// One account's count of arrivals and fates.
#[derive(Debug, Default)]
pub struct Ledger {
    received: AtomicU64,
    fates: [AtomicU64; OUTCOMES.len()],
}

/// One line of a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LedgerLine {
    /// `stored`, `duplicate`, `refused` or `dropped`.
    pub outcome: &'static str,
    /// The reason where there is one, else empty.
    pub reason: &'static str,
    /// Messages with this fate since the node started.
    pub count: u64,
}

impl Ledger {
    /// Counts one arrival and follows it.
    pub fn arrival(self: &Arc<Self>) -> Tracked {
        self.received.fetch_add(1, Ordering::Relaxed);
        Tracked {
            ledger: Some(Arc::clone(self)),
        }
    }

    /// Messages counted at the socket.
    pub fn received(&self) -> u64 {
        self.received.load(Ordering::Relaxed)
    }

    /// Messages whose fate is `outcome`.
    pub fn count(&self, outcome: Outcome) -> u64 {
        self.fates[outcome.index()].load(Ordering::Relaxed)
    }

    /// Messages that arrived and whose fate is open.
    pub fn held(&self) -> u64 {
        let decided: u64 = self
            .fates
            .iter()
            .map(|fate| fate.load(Ordering::Relaxed))
            .sum();
        self.received().saturating_sub(decided)
    }

    /// Every fate with its count.
    pub fn lines(&self) -> impl Iterator<Item = LedgerLine> + '_ {
        OUTCOMES
            .iter()
            .zip(&self.fates)
            .map(|(&(_, outcome, reason), fate)| LedgerLine {
                outcome,
                reason,
                count: fate.load(Ordering::Relaxed),
            })
    }
}

/// Follows one arrival until its fate is known. Dropping it undecided counts a fault.
#[derive(Debug)]
pub struct Tracked {
    ledger: Option<Arc<Ledger>>,
}

impl Tracked {
    /// Settles the fate.
    pub fn decide(mut self, outcome: Outcome) {
        if let Some(ledger) = self.ledger.take() {
            ledger.fates[outcome.index()].fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        if let Some(ledger) = self.ledger.take() {
            let fate = Outcome::Dropped(Dropped::Undecided);
            ledger.fates[fate.index()].fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p3_every_arrival_has_exactly_one_fate_also_when_it_is_forgotten() {
        let ledger = Arc::new(Ledger::default());
        ledger.arrival().decide(Outcome::Stored);
        drop(ledger.arrival());
        let held = ledger.arrival();

        assert_eq!(ledger.received(), 3);
        assert_eq!(ledger.held(), 1);
        assert_eq!(ledger.count(Outcome::Stored), 1);
        assert_eq!(ledger.count(Outcome::Dropped(Dropped::Undecided)), 1);

        held.decide(Outcome::Refused(Refused::Limited));
        assert_eq!(ledger.held(), 0);
    }

    #[test]
    fn every_outcome_has_a_line_of_its_own() {
        for (index, (outcome, _, _)) in OUTCOMES.iter().enumerate() {
            assert_eq!(outcome.index(), index);
        }
    }
}
