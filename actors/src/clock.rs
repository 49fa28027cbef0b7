//! The wall clock, as a value: timers and limits use tokio's monotonic clock, and wall time is only
//! written down and shown. Under paused time it follows tokio's clock.

use std::time::{SystemTime, UNIX_EPOCH};
use tokio::time::Instant;

/// Tells the time in milliseconds since 1970.
#[derive(Clone, Copy, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// Starts at a given time and follows tokio's clock, for tests in virtual time.
    Virtual {
        /// The time at `since`, ms since 1970.
        start_ms: u64,
        /// When the virtual clock was made.
        since: Instant,
    },
}

impl Clock {
    /// Milliseconds since 1970.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the machine's clock"
    )]
    pub fn now_ms(&self) -> u64 {
        match self {
            Self::System => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| since.as_millis() as u64),
            Self::Virtual { start_ms, since } => start_ms + since.elapsed().as_millis() as u64,
        }
    }
}
