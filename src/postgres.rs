//! Postgres: where it runs, how it is reached, and that its schema is the one this binary knows.
//!
//! What does not belong here: what is stored (`store`) and what staff read (`api`).

pub mod data_dir;
pub mod embedded;
pub mod migrate;
pub mod pools;

use secrecy::ExposeSecret;
use sqlx::postgres::PgConnectOptions;

use crate::config::{Config, DatabaseConfig};
pub use data_dir::{DataDir, DataDirError};
pub use embedded::{EmbeddedError, EmbeddedPostgres};
pub use migrate::{MigrateError, migrate};
pub use pools::{ConnectError, Pools};

/// The Postgres of this server: another's, named by `DATABASE_URL`, or a private one.
#[derive(Debug)]
pub struct Postgres {
    options: PgConnectOptions,
    embedded: Option<EmbeddedPostgres>,
}

/// Why there is no Postgres.
#[derive(Debug, thiserror::Error)]
pub enum PostgresError {
    /// The address is not one.
    #[error("DATABASE_URL is not an address such as postgres://user@host/database: {0}")]
    Address(String),
    /// The data directory cannot be used.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// The private Postgres does not run.
    #[error(transparent)]
    Embedded(#[from] EmbeddedError),
}

impl Postgres {
    /// Names the Postgres of `DATABASE_URL` (without connecting), or starts the private one.
    ///
    /// # Errors
    /// When the address is none, or the private Postgres does not start.
    pub async fn start(config: &DatabaseConfig, data_dir: &DataDir) -> Result<Self, PostgresError> {
        if let Some(options) = named_by(config)? {
            return Ok(Self {
                options,
                embedded: None,
            });
        }
        let embedded = EmbeddedPostgres::start(data_dir, &config.search_path).await?;
        Ok(Self {
            options: embedded.connect_options().clone(),
            embedded: Some(embedded),
        })
    }

    /// For a command beside the server: as [`Postgres::start`], but where a server already runs
    /// on the data directory its private Postgres is used, and left running.
    ///
    /// # Errors
    /// As [`Postgres::start`].
    pub async fn beside_server(config: &Config) -> Result<Self, PostgresError> {
        if let Some(options) = named_by(&config.database)? {
            return Ok(Self {
                options,
                embedded: None,
            });
        }
        match DataDir::open(&config.data.dir) {
            Ok(data_dir) => Self::start(&config.database, &data_dir).await,
            Err(DataDirError::Busy { path, .. }) => {
                let options = embedded::connect_options_of(&path)?;
                Ok(Self {
                    options,
                    embedded: None,
                })
            }
            Err(other) => Err(other.into()),
        }
    }

    /// How to connect, as the owner of the schema.
    #[must_use]
    pub fn connect_options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// Keeps the private Postgres running; ends only when it died and does not come up again.
    /// Never ends for another's.
    pub async fn keep_running(&mut self) -> PostgresError {
        match &mut self.embedded {
            Some(embedded) => embedded.keep_running().await.into(),
            None => std::future::pending().await,
        }
    }

    /// Stops the private Postgres, and waits for it; nothing to do for another's.
    ///
    /// # Errors
    /// When it does not stop in time.
    pub async fn stop(self) -> Result<(), PostgresError> {
        match self.embedded {
            Some(embedded) => Ok(embedded.stop().await?),
            None => Ok(()),
        }
    }
}

fn named_by(config: &DatabaseConfig) -> Result<Option<PgConnectOptions>, PostgresError> {
    let Some(url) = &config.url else {
        return Ok(None);
    };
    let options = url.expose_secret().parse();
    options
        .map(Some)
        .map_err(|cause: sqlx::Error| PostgresError::Address(cause.to_string()))
}
