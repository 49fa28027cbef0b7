//! Log lines.

use std::fmt;
use std::str::FromStr;

use tracing_subscriber::EnvFilter;

use super::{ConfigError, Source};

/// Which lines are written, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogConfig {
    /// Levels by module. `FOOTAGE_LOG`, default `info`.
    pub filter: String,
    /// `FOOTAGE_LOG_FORMAT`, default `text`.
    pub format: LogFormat,
}

/// How a line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The text is not a format.
#[derive(Debug, thiserror::Error)]
#[error("neither text nor json")]
pub struct NotLogFormat;

impl FromStr for LogFormat {
    type Err = NotLogFormat;

    fn from_str(text: &str) -> Result<Self, NotLogFormat> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(NotLogFormat),
        }
    }
}

impl fmt::Display for LogFormat {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            Self::Text => "text",
            Self::Json => "json",
        })
    }
}

impl Default for LogConfig {
    fn default() -> Self {
        Self {
            filter: "info".to_owned(),
            format: LogFormat::Text,
        }
    }
}

impl LogConfig {
    /// Reads and checks this concern.
    ///
    /// # Errors
    /// When the filter or the format is not understood.
    pub fn from_source(source: &mut Source) -> Result<Self, ConfigError> {
        let default = Self::default();
        let config = Self {
            filter: source.value("FOOTAGE_LOG", default.filter, "a filter")?,
            format: source.value("FOOTAGE_LOG_FORMAT", default.format, "text or json")?,
        };
        config.validate()?;
        Ok(config)
    }

    fn validate(&self) -> Result<(), ConfigError> {
        EnvFilter::try_new(&self.filter).map(drop).map_err(|cause| {
            ConfigError::Conflict(format!(
                "FOOTAGE_LOG = {:?} is not a filter such as info,footage=debug: {cause}",
                self.filter
            ))
        })
    }
}
