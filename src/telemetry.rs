//! What the node says about itself: log lines and metrics.

pub mod metrics;

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

use crate::config::{LogConfig, LogFormat};

/// The filter cannot be read, or a subscriber is there already.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// `FOOTAGE_LOG` is not a filter.
    #[error("FOOTAGE_LOG = {filter:?} is not a filter such as info,footage=debug: {reason}")]
    Filter {
        /// The setting.
        filter: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Logs were set up twice.
    #[error("logs are set up already")]
    Twice,
}

/// Starts writing log lines to standard error.
///
/// # Errors
/// [`TelemetryError`] when the filter cannot be read.
pub fn start_logs(config: &LogConfig) -> Result<(), TelemetryError> {
    let filter = EnvFilter::try_new(&config.filter).map_err(|reason| TelemetryError::Filter {
        filter: config.filter.clone(),
        reason: reason.to_string(),
    })?;
    let lines = fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match config.format {
        LogFormat::Json => lines.json().try_init(),
        LogFormat::Text => lines.try_init(),
    }
    .map_err(|_| TelemetryError::Twice)
}
