//! The node's byte budget: what arrives is weighed before it is decoded, and the permit rides with
//! it until it is stored or dropped. Memory is bounded here and not by mailboxes, whose bound counts
//! senders and not bytes.

use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes the node may hold in memory for recorders.
#[derive(Clone, Debug)]
pub struct Budget {
    bytes_free: Arc<Semaphore>,
    bytes_total: usize,
}

/// A share of the budget; dropping it gives the bytes back.
#[derive(Debug)]
pub struct Permit(OwnedSemaphorePermit);

impl Permit {
    /// Splits off a share of `bytes`; `None` when the permit is smaller.
    pub fn split(&mut self, bytes: usize) -> Option<Self> {
        self.0.split(bytes).map(Self)
    }
}

impl Budget {
    /// Makes a budget of `bytes_total`, at most 4 GiB (the semaphore counts in `u32`).
    pub fn new(bytes_total: usize) -> Self {
        let bytes_total = bytes_total.min(u32::MAX as usize);
        Self {
            bytes_free: Arc::new(Semaphore::new(bytes_total)),
            bytes_total,
        }
    }

    /// Takes `bytes` if they are free now.
    pub fn try_take(&self, bytes: usize) -> Option<Permit> {
        Arc::clone(&self.bytes_free)
            .try_acquire_many_owned(self.as_units(bytes))
            .ok()
            .map(Permit)
    }

    /// Takes `bytes`, waiting in line until they are free; `None` only while the node is torn down.
    pub async fn take(self, bytes: usize) -> Option<Permit> {
        let units = self.as_units(bytes);
        self.bytes_free
            .acquire_many_owned(units)
            .await
            .ok()
            .map(Permit)
    }

    /// Bytes not taken now.
    pub fn bytes_free(&self) -> usize {
        self.bytes_free.available_permits()
    }

    /// The whole budget in bytes.
    pub fn bytes_total(&self) -> usize {
        self.bytes_total
    }

    fn as_units(&self, bytes: usize) -> u32 {
        bytes.min(self.bytes_total) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn p4_what_does_not_fit_waits_until_a_permit_is_dropped() {
        let budget = Budget::new(100);
        let first = budget.try_take(80).unwrap();
        assert!(budget.try_take(40).is_none());

        let waiting = budget.clone().take(40);
        let release = async { drop(first) };
        let (permit, ()) = tokio::join!(waiting, release);
        assert!(permit.is_some());
        assert_eq!(budget.bytes_free(), 60);
    }
}
