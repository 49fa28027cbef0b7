//! Which Postgres.

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};

use super::{ConfigError, Source};

/// Which Postgres keeps the recordings.
#[derive(Clone, Debug, Default)]
pub struct DatabaseConfig {
    /// `DATABASE_URL`, a secret; absent: a private Postgres in the data directory.
    pub url: Option<SecretString>,
    /// Directories in which the programs of the private Postgres are looked for. `PATH`.
    pub search_path: Vec<PathBuf>,
}

impl DatabaseConfig {
    /// Reads and checks this concern.
    ///
    /// # Errors
    /// When an address is not one of its kind.
    pub fn from_source(source: &mut Source) -> Result<Self, ConfigError> {
        let config = Self {
            url: source.secret("DATABASE_URL")?,
            search_path: source.search_path().to_vec(),
        };
        config.validate()?;
        Ok(config)
    }

    fn validate(&self) -> Result<(), ConfigError> {
        let is_postgres = |url: &SecretString| {
            let url = url.expose_secret();
            url.starts_with("postgres://") || url.starts_with("postgresql://")
        };
        if self.url.as_ref().is_none_or(is_postgres) {
            return Ok(());
        }
        Err(ConfigError::Invalid {
            name: "DATABASE_URL",
            value: "(not shown)".to_owned(),
            origin: "a secret".to_owned(),
            expected: "an address that begins with postgres:// or postgresql://".to_owned(),
        })
    }
}
