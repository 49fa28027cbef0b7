//! Bytes that may be in flight.

use footage_protocol::settings;

use super::{ByteSize, ConfigError, Source};

/// What one recorder and the whole node may hold in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitsConfig {
    /// Unacknowledged bytes a recorder may have in flight. `FOOTAGE_CREDIT_BYTES`, default
    /// `credit_bytes` of the wire's settings.
    pub credit_bytes: u64,
    /// Payload bytes all sessions of the node may hold at once. `FOOTAGE_BUDGET_BYTES`, default
    /// 256 MiB.
    pub budget_bytes: u64,
}

/// The budget holds at least this many of the largest messages, so that no one recorder can
/// starve the others.
const MESSAGES_IN_BUDGET_MIN: u64 = 64;

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            credit_bytes: settings().limits.credit_bytes,
            budget_bytes: 256 << 20,
        }
    }
}

impl LimitsConfig {
    /// Reads and checks this concern.
    ///
    /// # Errors
    /// When a value is not a count of bytes, or does not go with the wire's settings.
    pub fn from_source(source: &mut Source) -> Result<Self, ConfigError> {
        const EXPECTED: &str = "a count of bytes such as 65536 or 256MiB";
        let default = Self::default();
        let credit = ByteSize(default.credit_bytes);
        let budget = ByteSize(default.budget_bytes);
        let config = Self {
            credit_bytes: source.value("FOOTAGE_CREDIT_BYTES", credit, EXPECTED)?.0,
            budget_bytes: source.value("FOOTAGE_BUDGET_BYTES", budget, EXPECTED)?.0,
        };
        config.validate()?;
        Ok(config)
    }

    fn validate(&self) -> Result<(), ConfigError> {
        let wire = &settings().limits;
        if self.credit_bytes < wire.credit_bytes_min || self.credit_bytes > wire.credit_bytes_max {
            return Err(ConfigError::Conflict(format!(
                "FOOTAGE_CREDIT_BYTES = {} must lie between credit_bytes_min = {} and \
                 credit_bytes_max = {}",
                self.credit_bytes, wire.credit_bytes_min, wire.credit_bytes_max
            )));
        }
        if self.budget_bytes / MESSAGES_IN_BUDGET_MIN < wire.message_bytes_max {
            return Err(ConfigError::Conflict(format!(
                "FOOTAGE_BUDGET_BYTES = {} must be at least {MESSAGES_IN_BUDGET_MIN} times \
                 message_bytes_max = {}: give it {} or more",
                self.budget_bytes,
                wire.message_bytes_max,
                ByteSize(wire.message_bytes_max * MESSAGES_IN_BUDGET_MIN)
            )));
        }
        Ok(())
    }
}
