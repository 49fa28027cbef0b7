//! Configuration: what the operator chose, read once, checked once.
//!
//! Each concern is a small struct in a file of its own. A setting is named as its environment
//! variable (`FOOTAGE_LISTEN`); in `footage.toml` it is the same name in small letters without
//! the prefix (`listen`). The environment wins over the file. What nobody asked for is an error.
//!
//! What does not belong here: the numbers of the wire (`protocol/settings.json`) and anything that
//! acts on a setting.

mod admin;
mod bytes;
mod data;
mod database;
mod limits;
mod listen;
mod log;
mod network;
mod ops;
mod public;
mod source;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};

pub use admin::AdminConfig;
pub use bytes::ByteSize;
pub use data::DataConfig;
pub use database::DatabaseConfig;
pub use limits::LimitsConfig;
pub use listen::ListenConfig;
pub use log::{LogConfig, LogFormat};
pub use network::Network;
pub use ops::OpsConfig;
pub use public::PublicConfig;
pub use source::{Shown, Source};

/// Everything the operator chose.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where recorders and staff connect, and who serves them.
    pub listen: ListenConfig,
    /// Where operations look.
    pub ops: OpsConfig,
    /// Where files are kept.
    pub data: DataConfig,
    /// Postgres.
    pub database: DatabaseConfig,
    /// The addresses other people see.
    pub public: PublicConfig,
    /// The first admin.
    pub admin: AdminConfig,
    /// Bytes that may be in flight.
    pub limits: LimitsConfig,
    /// Log lines.
    pub log: LogConfig,
    effective: Vec<Shown>,
}

impl Config {
    /// Reads the environment and, where there is one, `footage.toml`.
    ///
    /// # Errors
    /// When a setting is unknown, cannot be read, or contradicts another.
    pub fn load() -> Result<Self, ConfigError> {
        Self::from_source(Source::of_this_process()?)
    }

    /// Reads every concern from `source` and checks how they go together.
    ///
    /// # Errors
    /// As [`Config::load`].
    pub fn from_source(mut source: Source) -> Result<Self, ConfigError> {
        let listen = ListenConfig::from_source(&mut source)?;
        let ops = OpsConfig::from_source(&mut source)?;
        let data = DataConfig::from_source(&mut source)?;
        let database = DatabaseConfig::from_source(&mut source)?;
        let public = PublicConfig::from_source(&mut source, &listen)?;
        let admin = AdminConfig::from_source(&mut source)?;
        let limits = LimitsConfig::from_source(&mut source)?;
        let log = LogConfig::from_source(&mut source)?;
        let effective = source.finish()?;
        let config = Self {
            listen,
            ops,
            data,
            database,
            public,
            admin,
            limits,
            log,
            effective,
        };
        config.validate()?;
        Ok(config)
    }

    /// Checks relations between concerns.
    fn validate(&self) -> Result<(), ConfigError> {
        if self.listen.main == self.ops.listen && self.listen.main.port() != 0 {
            return Err(ConfigError::Conflict(format!(
                "FOOTAGE_LISTEN = {} and FOOTAGE_OPS_LISTEN = {} must differ: give operations a \
                 port of their own",
                self.listen.main, self.ops.listen
            )));
        }
        Ok(())
    }

    /// Small and private: ports chosen by the system, everything below `data_dir`, the smallest
    /// budget, and an admin whose password is `testing-1`.
    ///
    /// # Errors
    /// When these figures contradict the wire's settings.
    pub fn for_testing(data_dir: &Path) -> Result<Self, ConfigError> {
        let data_dir = data_dir.display().to_string();
        Self::from_source(Source::from_pairs(&[
            ("FOOTAGE_LISTEN", "127.0.0.1:0"),
            ("FOOTAGE_OPS_LISTEN", "127.0.0.1:0"),
            ("FOOTAGE_WORKERS", "2"),
            ("FOOTAGE_DATA_DIR", &data_dir),
            ("FOOTAGE_BUDGET_BYTES", "64MiB"),
            ("FOOTAGE_ADMIN_PASSWORD", "testing-1"),
            ("FOOTAGE_LOG", "warn"),
        ]))
    }
}

/// The effective settings, one a line, without secrets: what `footage check-config` prints.
impl fmt::Display for Config {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.effective.iter().map(|shown| shown.name.len()).max();
        let width = width.unwrap_or_default();
        for Shown {
            name,
            value,
            origin,
        } in &self.effective
        {
            writeln!(to, "{name:width$} = {value}  ({origin})")?;
        }
        Ok(())
    }
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A name nobody asks for, most often a slip.
    #[error("{name} ({origin}) is not a setting; the nearest one is {nearest}")]
    Unknown {
        /// As it was written.
        name: String,
        /// Where it was written.
        origin: String,
        /// The known name closest to it.
        nearest: &'static str,
    },
    /// A value that is not what the setting takes.
    #[error("{name} = {value:?} ({origin}) is not {expected}")]
    Invalid {
        /// The setting.
        name: &'static str,
        /// What was given; of a secret only that it was.
        value: String,
        /// Where it was given.
        origin: String,
        /// What it takes, with an example.
        expected: String,
    },
    /// Two settings, or a setting and a fixed number, that cannot both be.
    #[error("{0}")]
    Conflict(String),
    /// The file with a secret cannot be read.
    #[error("{name}_FILE names {}, which cannot be read: {cause}", .path.display())]
    SecretFile {
        /// The setting.
        name: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The configuration file cannot be read.
    #[error("the configuration file {} cannot be read: {cause}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The configuration file is not TOML of the due shape.
    #[error("the configuration file {} is not understood: {cause}", .path.display())]
    Toml {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        cause: String,
    },
}
