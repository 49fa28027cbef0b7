//! The figures a node and its sessions live by, and the limiters that sessions check in place.

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use footage_protocol::settings;

/// Figures of sessions, equal for every session of a node.
#[derive(Clone, Debug)]
pub struct SessionLimits {
    /// Unacknowledged bytes, as sent, a recorder may have in flight.
    pub credit_bytes: u64,
    /// A message waits at most this long for its chunk.
    pub flush_after: Duration,
    /// An actor outlives its last socket by this.
    pub linger: Duration,
    /// An open but quiet session is written down as seen this often.
    pub seen_every: Duration,
    /// The longest a session may last.
    pub duration_max: Duration,
    /// Inflated bytes a session may hold.
    pub bytes_max: u64,
    /// Bytes a session may hold that are not durable yet.
    pub held_bytes_max: usize,
    /// Streams (page loads) a session may hold.
    pub streams_max: usize,
    /// Batches a second, and the burst above it.
    pub batches: Rate,
    /// KiB a second as sent, and the burst above it.
    pub kib: Rate,
}

/// A recorder's credit, inflated tenfold and more: what an honest session can have under way.
const HELD_BYTES_MAX: usize = 16 << 20;

/// A rate and the burst above it.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// Cells that come back each second.
    pub per_s: u32,
    /// Cells that may be used at once.
    pub burst: u32,
}

impl Default for SessionLimits {
    fn default() -> Self {
        let limits = &settings().limits;
        let intervals = &settings().intervals;
        Self {
            credit_bytes: limits.credit_bytes,
            flush_after: Duration::from_millis(intervals.flush_ms),
            linger: Duration::from_millis(intervals.socket_linger_ms),
            seen_every: Duration::from_millis(intervals.session_idle_ms / 3),
            duration_max: Duration::from_millis(intervals.session_duration_max_ms),
            bytes_max: limits.session_bytes_max,
            held_bytes_max: HELD_BYTES_MAX,
            streams_max: limits.streams_per_session_max as usize,
            batches: Rate {
                per_s: limits.session_batches_per_s as u32,
                burst: limits.session_batches_burst as u32,
            },
            kib: Rate {
                per_s: limits.session_kib_per_s as u32,
                burst: limits.session_kib_burst as u32,
            },
        }
    }
}

/// Figures of one account.
#[derive(Clone, Copy, Debug)]
pub struct AccountLimits {
    /// Sessions with an actor on this node at once.
    pub sessions_max: u32,
    /// New sessions.
    pub new_sessions: Rate,
    /// Batches of all sessions.
    pub batches: Rate,
    /// KiB of all sessions as sent.
    pub kib: Rate,
}

impl Default for AccountLimits {
    /// 1,000 sessions at once; the rates are those of a hundred busy sessions.
    fn default() -> Self {
        let session = SessionLimits::default();
        Self {
            sessions_max: 1_000,
            new_sessions: Rate {
                per_s: 50,
                burst: 500,
            },
            batches: Rate {
                per_s: session.batches.per_s * 100,
                burst: session.batches.burst * 100,
            },
            kib: Rate {
                per_s: session.kib.per_s * 100,
                burst: session.kib.burst * 100,
            },
        }
    }
}

/// A limit that was reached, with its words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} above {figure}")]
pub struct Limited {
    /// What is limited, for example `batches a second of this session`.
    pub what: &'static str,
    /// The figure of the limit.
    pub figure: u32,
    /// When it is worth trying again.
    pub retry_after: Duration,
}

/// Counts arriving batches and bytes against two rates.
#[derive(Debug)]
pub struct Meter {
    batches: Limiter,
    kib: Limiter,
}

#[derive(Debug)]
struct Limiter {
    what: &'static str,
    rate: Rate,
    cells: DefaultDirectRateLimiter,
}

/// What a meter's limits are called in errors.
#[derive(Clone, Copy, Debug)]
pub struct MeterWords {
    /// Names the rate of batches.
    pub batches: &'static str,
    /// Names the rate of bytes.
    pub kib: &'static str,
}

/// The words of a session's meter.
pub const SESSION_WORDS: MeterWords = MeterWords {
    batches: "batches a second of this session",
    kib: "KiB a second of this session",
};

/// The words of an account's meter.
pub const ACCOUNT_WORDS: MeterWords = MeterWords {
    batches: "batches a second of this account",
    kib: "KiB a second of this account",
};

impl Meter {
    /// Makes a full meter.
    pub fn new(batches: Rate, kib: Rate, words: MeterWords) -> Self {
        Self {
            batches: Limiter::new(words.batches, batches),
            kib: Limiter::new(words.kib, kib),
        }
    }

    /// Counts one message that weighs `bytes`.
    ///
    /// # Errors
    /// [`Limited`] when either rate is used up.
    pub fn count(&self, bytes: usize) -> Result<(), Limited> {
        self.batches.take(1)?;
        self.kib.take(bytes.div_ceil(1024) as u32)
    }
}

impl Limiter {
    fn new(what: &'static str, rate: Rate) -> Self {
        let per_s = NonZeroU32::new(rate.per_s).unwrap_or(NonZeroU32::MIN);
        let burst = NonZeroU32::new(rate.burst).unwrap_or(NonZeroU32::MIN);
        Self {
            what,
            rate,
            cells: RateLimiter::direct(Quota::per_second(per_s).allow_burst(burst)),
        }
    }

    fn take(&self, cells: u32) -> Result<(), Limited> {
        let Some(wanted) = NonZeroU32::new(cells) else {
            return Ok(());
        };
        match self.cells.check_n(wanted) {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Limited {
                what: self.what,
                figure: self.rate.per_s,
                retry_after: Duration::from_secs(2),
            }),
        }
    }
}

/// Counts things of which only so many may be at once.
#[derive(Clone, Debug)]
pub struct Slots {
    what: &'static str,
    taken: Arc<AtomicU32>,
    most: u32,
}

/// One thing counted; dropping it frees the place.
#[derive(Debug)]
pub struct Slot(Arc<AtomicU32>);

impl Slots {
    /// Makes `most` free places.
    pub fn new(what: &'static str, most: u32) -> Self {
        Self {
            what,
            taken: Arc::default(),
            most,
        }
    }

    /// Takes a place.
    ///
    /// # Errors
    /// [`Limited`] when all are taken.
    pub fn take(&self) -> Result<Slot, Limited> {
        let counted = self
            .taken
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |taken| {
                (taken < self.most).then_some(taken + 1)
            });
        match counted {
            Ok(_) => Ok(Slot(Arc::clone(&self.taken))),
            Err(_) => Err(Limited {
                what: self.what,
                figure: self.most,
                retry_after: Duration::from_secs(30),
            }),
        }
    }

    /// Places taken now.
    pub fn taken(&self) -> u32 {
        self.taken.load(Ordering::Relaxed)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Counts single things against one rate.
#[derive(Debug)]
pub struct RateGate(Limiter);

impl RateGate {
    /// Makes a full gate.
    pub fn new(what: &'static str, rate: Rate) -> Self {
        Self(Limiter::new(what, rate))
    }

    /// Counts one.
    ///
    /// # Errors
    /// [`Limited`] when the rate is used up.
    pub fn pass(&self) -> Result<(), Limited> {
        self.0.take(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p4_a_meter_names_the_limit_that_was_reached() {
        let few = Rate { per_s: 1, burst: 3 };
        let many = Rate {
            per_s: 1_000,
            burst: 1_000,
        };
        let meter = Meter::new(few, many, SESSION_WORDS);
        for _ in 0..3 {
            assert_eq!(meter.count(10), Ok(()));
        }
        let limited = meter.count(10).unwrap_err();
        assert_eq!(limited.what, SESSION_WORDS.batches);
        assert_eq!(limited.figure, 1);
    }

    #[test]
    fn p4_a_slot_comes_back_when_dropped() {
        let slots = Slots::new("sessions", 1);
        let first = slots.take().unwrap();
        assert!(slots.take().is_err());
        drop(first);
        assert!(slots.take().is_ok());
    }
}
