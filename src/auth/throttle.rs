//! Slows down guessing: each failed login makes the next one for the same email, and from the
//! same address, wait longer.
//!
//! An address and email that signed in together before have a counter of their own, so that a
//! person who works here is not locked out while strangers guess at the account.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::time::Instant;

/// Counters kept at most, over both kinds; the calmest are forgotten first.
const COUNTERS_MAX: usize = 16_384;
/// Pairs of email and address kept that signed in before.
const FAMILIAR_MAX: usize = 4_096;

/// How one kind of counter grows and forgets.
#[derive(Debug, Clone, Copy)]
struct Pace {
    /// Failures without any wait.
    free: u32,
    /// The longest wait between two attempts.
    wait_max: Duration,
    /// How long it takes to forget one failure.
    forget: Duration,
}

/// At most about 15 checked passwords a minute for one email, from however many addresses.
const EMAIL_PACE: Pace = Pace {
    free: 5,
    wait_max: Duration::from_secs(4),
    forget: Duration::from_secs(60),
};
/// An address may share many people: more free attempts, then much longer waits.
const ADDRESS_PACE: Pace = Pace {
    free: 10,
    wait_max: Duration::from_secs(300),
    forget: Duration::from_secs(60),
};

type Key = [u8; 16];

#[derive(Debug, Clone, Copy)]
struct Counter {
    failures: u32,
    counted_at: Instant,
    next_at: Instant,
}

#[derive(Debug, Default)]
struct Memory {
    counters: HashMap<Key, Counter>,
    familiar: HashMap<Key, Instant>,
}

/// The throttle in front of the password gate; one per node.
#[derive(Debug, Default)]
pub struct LoginThrottle {
    memory: Mutex<Memory>,
}

/// One attempt that the throttle let through, already counted as failed.
#[derive(Debug)]
#[must_use = "a successful attempt must be told to the throttle"]
pub struct Attempt {
    account_key: Key,
    address_key: Key,
    pair_key: Key,
}

impl LoginThrottle {
    /// Admits an attempt and counts it as failed, or tells how long to wait.
    ///
    /// Counting before the check keeps a thousand guesses at once from passing together.
    ///
    /// # Errors
    /// The wait until the next attempt is looked at.
    pub fn admit(&self, email: &str, address: IpAddr) -> Result<Attempt, Duration> {
        let now = Instant::now();
        let network = network_of(address);
        let pair_key = key(b"pair", &[email.as_bytes(), &network]);
        let address_key = key(b"address", &[&network]);
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let account_key = if memory.familiar.contains_key(&pair_key) {
            key(b"familiar", &[email.as_bytes(), &network])
        } else {
            key(b"email", &[email.as_bytes()])
        };
        let wait = memory
            .wait(&address_key, now)
            .max(memory.wait(&account_key, now));
        if !wait.is_zero() {
            return Err(wait);
        }
        memory.count(address_key, ADDRESS_PACE, now);
        memory.count(account_key, EMAIL_PACE, now);
        Ok(Attempt {
            account_key,
            address_key,
            pair_key,
        })
    }

    /// Takes back the failure counted for an attempt that succeeded, and remembers the pair.
    pub fn succeeded(&self, attempt: Attempt) {
        let now = Instant::now();
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.counters.remove(&attempt.account_key);
        memory.take_back(&attempt.address_key, now);
        if memory.familiar.len() >= FAMILIAR_MAX && !memory.familiar.contains_key(&attempt.pair_key)
        {
            let oldest = memory.familiar.iter().min_by_key(|(_, seen)| **seen);
            if let Some(oldest_key) = oldest.map(|(pair, _)| *pair) {
                memory.familiar.remove(&oldest_key);
            }
        }
        memory.familiar.insert(attempt.pair_key, now);
    }

    /// Takes back the failure of an attempt whose password was never checked.
    pub fn undecided(&self, attempt: &Attempt) {
        let now = Instant::now();
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.take_back(&attempt.account_key, now);
        memory.take_back(&attempt.address_key, now);
    }
}

impl Memory {
    fn wait(&self, of: &Key, now: Instant) -> Duration {
        self.counters.get(of).map_or(Duration::ZERO, |counter| {
            counter.next_at.saturating_duration_since(now)
        })
    }

    fn count(&mut self, of: Key, pace: Pace, now: Instant) {
        if self.counters.len() >= COUNTERS_MAX && !self.counters.contains_key(&of) {
            self.forget_calmest();
        }
        let remembered = self.counters.get(&of).map_or(0, |counter| {
            let quiet = now.saturating_duration_since(counter.counted_at);
            let forgotten = quiet.as_secs() / pace.forget.as_secs().max(1);
            counter
                .failures
                .saturating_sub(u32::try_from(forgotten).unwrap_or(u32::MAX))
        });
        let failures = remembered.saturating_add(1);
        let wait = failures
            .checked_sub(pace.free)
            .map_or(Duration::ZERO, |above| {
                Duration::from_secs(1 << above.min(16)).min(pace.wait_max)
            });
        let counter = Counter {
            failures,
            counted_at: now,
            next_at: now + wait,
        };
        self.counters.insert(of, counter);
    }

    fn take_back(&mut self, of: &Key, now: Instant) {
        if let Some(counter) = self.counters.get_mut(of) {
            counter.failures = counter.failures.saturating_sub(1);
            counter.next_at = now;
        }
    }

    /// Drops the eighth with the fewest failures, so that a flood of made-up emails pays for its
    /// own entries and the sorting is spread over many logins.
    fn forget_calmest(&mut self) {
        let mut order: Vec<(u32, Instant, Key)> = self
            .counters
            .iter()
            .map(|(of, counter)| (counter.failures, counter.counted_at, *of))
            .collect();
        order.sort_unstable();
        for (_, _, of) in order.iter().take(COUNTERS_MAX / 8) {
            self.counters.remove(of);
        }
    }
}

/// An IPv6 subscriber owns a whole /64; an IPv4 one an address.
fn network_of(address: IpAddr) -> [u8; 16] {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_ipv6_mapped().octets(),
        IpAddr::V6(v6) => {
            let mut octets = v6.octets();
            octets[8..].fill(0);
            octets
        }
    }
}

/// Keys have one size, whatever length an email has, and keep no email in memory.
fn key(kind: &[u8], parts: &[&[u8]]) -> Key {
    let mut hasher = Sha256::new();
    hasher.update(kind);
    for part in parts {
        hasher.update([0]);
        hasher.update(part);
    }
    let digest = hasher.finalize();
    let mut short = [0; 16];
    for (to, from) in short.iter_mut().zip(digest.iter()) {
        *to = *from;
    }
    short
}

#[cfg(test)]
mod tests;
