//! One-time addresses of the player, in memory.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::auth::Origin;

/// An address is good for so long.
const TICKET_LIFE: Duration = Duration::from_secs(60);
/// Addresses one account can hold unused; its oldest goes first.
const TICKETS_PER_ACCOUNT_MAX: usize = 64;
/// Addresses of all accounts; the oldest goes first.
const TICKETS_MAX: usize = 4_096;

/// The random part of an address.
pub(crate) type TicketId = [u8; 16];

#[derive(Debug)]
struct Ticket {
    account_id: i64,
    made_at: Instant,
    parent: Origin,
}

/// The addresses handed out and not yet used.
#[derive(Debug, Default)]
pub(crate) struct PlayerTickets {
    open: Mutex<HashMap<TicketId, Ticket>>,
}

impl PlayerTickets {
    /// Keeps an address for a page of this origin.
    pub(super) fn put(&self, id: TicketId, account_id: i64, parent: Origin) {
        let now = Instant::now();
        let mut open = self.lock();
        open.retain(|_, ticket| now.duration_since(ticket.made_at) < TICKET_LIFE);
        let held = open
            .values()
            .filter(|ticket| ticket.account_id == account_id)
            .count();
        if held >= TICKETS_PER_ACCOUNT_MAX {
            remove_oldest(&mut open, |ticket| ticket.account_id == account_id);
        }
        if open.len() >= TICKETS_MAX {
            remove_oldest(&mut open, |_| true);
        }
        let ticket = Ticket {
            account_id,
            made_at: now,
            parent,
        };
        open.insert(id, ticket);
    }

    /// Uses an address up; it gives the origin of the page that may frame the player.
    pub(super) fn take(&self, id: TicketId) -> Option<Origin> {
        let ticket = self.lock().remove(&id)?;
        (ticket.made_at.elapsed() < TICKET_LIFE).then_some(ticket.parent)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TicketId, Ticket>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn remove_oldest(open: &mut HashMap<TicketId, Ticket>, of: impl Fn(&Ticket) -> bool) {
    let oldest = open
        .iter()
        .filter(|(_, ticket)| of(ticket))
        .min_by_key(|(_, ticket)| ticket.made_at)
        .map(|(id, _)| *id);
    if let Some(id) = oldest {
        open.remove(&id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parent() -> Origin {
        Origin::parse("http://localhost:8080").unwrap()
    }

    #[tokio::test(start_paused = true)]
    async fn a_ticket_works_once_and_not_for_long() {
        let tickets = PlayerTickets::default();
        tickets.put([1; 16], 1, parent());
        assert_eq!(tickets.take([1; 16]), Some(parent()));
        assert_eq!(tickets.take([1; 16]), None);
        tickets.put([2; 16], 1, parent());
        tokio::time::advance(TICKET_LIFE).await;
        assert_eq!(tickets.take([2; 16]), None);
    }

    #[tokio::test(start_paused = true)]
    async fn one_account_cannot_push_out_another() {
        let tickets = PlayerTickets::default();
        tickets.put([0; 16], 2, parent());
        for number in 0..1_000_u16 {
            tokio::time::advance(Duration::from_millis(1)).await;
            let mut id = [1; 16];
            id[..2].copy_from_slice(&number.to_be_bytes());
            tickets.put(id, 1, parent());
        }
        assert_eq!(tickets.lock().len(), TICKETS_PER_ACCOUNT_MAX + 1);
        assert!(tickets.take([0; 16]).is_some());
    }
}
