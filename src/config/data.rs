//! Where files are kept.

use std::path::PathBuf;

use nix::unistd::Uid;

use super::{ConfigError, Source};

/// The data directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataConfig {
    /// Journal, keys and the private Postgres live below it. `FOOTAGE_DATA_DIR`, default `./data`,
    /// as root `/var/lib/footage`.
    pub dir: PathBuf,
}

impl Default for DataConfig {
    fn default() -> Self {
        let dir = if Uid::effective().is_root() {
            "/var/lib/footage"
        } else {
            "./data"
        };
        Self {
            dir: PathBuf::from(dir),
        }
    }
}

impl DataConfig {
    /// Reads and checks this concern.
    ///
    /// # Errors
    /// Never today; the signature is that of every concern.
    pub fn from_source(source: &mut Source) -> Result<Self, ConfigError> {
        let default = Self::default().dir.display().to_string();
        let dir: String = source.value("FOOTAGE_DATA_DIR", default, "a directory")?;
        Ok(Self {
            dir: PathBuf::from(dir),
        })
    }
}
