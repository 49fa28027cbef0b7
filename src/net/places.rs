//! How many sockets an address may have.

use dashmap::DashMap;
use footage_actors::limits::{Limited, Slot, Slots};
use footage_protocol::AccountId;
use std::net::IpAddr;

/// Sockets of one address that have not said hello.
const HALF_OPEN_PER_IP_MAX: u32 = 64;
/// Sockets of one address and account: a company sits behind one address.
const SOCKETS_PER_IP_AND_ACCOUNT_MAX: u32 = 1_024;

/// Counts sockets by address.
#[derive(Default)]
pub struct Places {
    half_open: DashMap<IpAddr, Slots>,
    open: DashMap<(IpAddr, AccountId), Slots>,
}

impl Places {
    /// Takes a place for a connection that has not said who it is.
    pub(super) fn half_open(&self, ip: IpAddr) -> Result<Slot, Limited> {
        self.half_open
            .entry(ip)
            .or_insert_with(|| {
                Slots::new("half-open sockets of this address", HALF_OPEN_PER_IP_MAX)
            })
            .take()
    }

    /// Takes a place for a recorder's socket.
    pub(super) fn open(&self, ip: IpAddr, account: AccountId) -> Result<Slot, Limited> {
        self.open
            .entry((ip, account))
            .or_insert_with(|| {
                Slots::new("sockets of this address", SOCKETS_PER_IP_AND_ACCOUNT_MAX)
            })
            .take()
    }

    /// Forgets addresses without a socket.
    pub fn sweep(&self) {
        self.half_open.retain(|_, slots| slots.taken() > 0);
        self.open.retain(|_, slots| slots.taken() > 0);
    }
}
