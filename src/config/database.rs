//! Postgres and Redis.

use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};

use super::{ConfigError, Source};

/// Which Postgres keeps the recordings, and which Redis joins nodes.
#[derive(Clone, Debug, Default)]
pub struct DatabaseConfig {
    /// `DATABASE_URL`, a secret; absent: a private Postgres in the data directory.
    pub url: Option<SecretString>,
    /// `REDIS_URL`, a secret; absent: a single node.
    pub redis_url: Option<SecretString>,
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
            redis_url: source.secret("REDIS_URL")?,
            search_path: source.search_path().to_vec(),
        };
        config.validate()?;
        Ok(config)
    }

    fn validate(&self) -> Result<(), ConfigError> {
        let schemes = [
            ("DATABASE_URL", &self.url, ["postgres://", "postgresql://"]),
            ("REDIS_URL", &self.redis_url, ["redis://", "rediss://"]),
        ];
        for (name, url, [one, other]) in schemes {
            let Some(url) = url else { continue };
            if !url.expose_secret().starts_with(one) && !url.expose_secret().starts_with(other) {
                return Err(ConfigError::Invalid {
                    name,
                    value: "(not shown)".to_owned(),
                    origin: "a secret".to_owned(),
                    expected: format!("an address that begins with {one} or {other}"),
                });
            }
        }
        Ok(())
    }
}
