//! Where operations look.

use std::net::{Ipv4Addr, SocketAddr};

use secrecy::{ExposeSecret, SecretString};

use super::{ConfigError, Source};

/// The listener of operations, and the token for their details on the main one.
#[derive(Clone, Debug)]
pub struct OpsConfig {
    /// The address of `/healthz`, `/readyz`, `/status` and `/metrics`. `FOOTAGE_OPS_LISTEN`,
    /// default 127.0.0.1:8081.
    pub listen: SocketAddr,
    /// Opens details and metrics on the main port to who presents it. `FOOTAGE_OPS_TOKEN`, a
    /// secret, default none (they stay closed).
    pub token: Option<SecretString>,
}

impl Default for OpsConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8081)),
            token: None,
        }
    }
}

impl OpsConfig {
    /// Reads and checks this concern.
    ///
    /// # Errors
    /// When a value is not what its setting takes.
    pub fn from_source(source: &mut Source) -> Result<Self, ConfigError> {
        let config = Self {
            listen: source.value(
                "FOOTAGE_OPS_LISTEN",
                Self::default().listen,
                "an address with a port such as 127.0.0.1:8081",
            )?,
            token: source.secret("FOOTAGE_OPS_TOKEN")?,
        };
        config.validate()?;
        Ok(config)
    }

    fn validate(&self) -> Result<(), ConfigError> {
        /// Fewer letters can be guessed over the network.
        const TOKEN_BYTES_MIN: usize = 16;
        match &self.token {
            Some(token) if token.expose_secret().len() < TOKEN_BYTES_MIN => {
                Err(ConfigError::Conflict(format!(
                    "FOOTAGE_OPS_TOKEN has {} bytes and needs at least {TOKEN_BYTES_MIN}: make one \
                     with `openssl rand -hex 16`",
                    token.expose_secret().len()
                )))
            }
            _ => Ok(()),
        }
    }
}
