//! Where recorders and staff connect.

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroUsize;

use super::{ConfigError, Network, Source};

/// The main listener and the threads behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenConfig {
    /// The address of everything but operations. `FOOTAGE_LISTEN`, default 127.0.0.1:8080.
    pub main: SocketAddr,
    /// Ingest threads. `FOOTAGE_WORKERS`, default one per core.
    pub workers: NonZeroUsize,
    /// Proxies whose word about the client's address is taken. `FOOTAGE_TRUSTED_PROXIES`, a list
    /// such as `10.0.0.0/8,::1`, default none.
    pub trusted_proxies: Vec<Network>,
}

impl Default for ListenConfig {
    fn default() -> Self {
        Self {
            main: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            workers: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            trusted_proxies: Vec::new(),
        }
    }
}

impl ListenConfig {
    /// Reads and checks this concern.
    ///
    /// # Errors
    /// When a value is not what its setting takes.
    pub fn from_source(source: &mut Source) -> Result<Self, ConfigError> {
        let default = Self::default();
        let config = Self {
            main: source.value(
                "FOOTAGE_LISTEN",
                default.main,
                "an address with a port such as 127.0.0.1:8080",
            )?,
            workers: source.value(
                "FOOTAGE_WORKERS",
                default.workers,
                "a number of threads, at least 1",
            )?,
            trusted_proxies: source.list(
                "FOOTAGE_TRUSTED_PROXIES",
                "a list of addresses and networks such as 10.0.0.0/8,::1",
            )?,
        };
        config.validate()?;
        Ok(config)
    }

    fn validate(&self) -> Result<(), ConfigError> {
        /// More threads than this is a slip, and each costs a listener and a runtime.
        const WORKERS_MAX: usize = 1024;
        if self.workers.get() > WORKERS_MAX {
            return Err(ConfigError::Conflict(format!(
                "FOOTAGE_WORKERS = {} is above the maximum of {WORKERS_MAX}: choose about as many \
                 as the machine has cores",
                self.workers
            )));
        }
        Ok(())
    }
}
