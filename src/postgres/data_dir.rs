//! The data directory, held by one server at a time.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::unistd::Uid;

/// The data directory, locked for as long as this value lives (and released by the system when
/// the process dies, however it dies).
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    _lock: File,
}

/// Why the data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// Another server uses it.
    #[error(
        "the data directory {} is used by another server (process {pid}): stop that one, or choose \
         another FOOTAGE_DATA_DIR",
        .path.display()
    )]
    Busy {
        /// The directory, absolute.
        path: PathBuf,
        /// The other process as it wrote itself down.
        pid: String,
    },
    /// The system did not let us.
    #[error("the data directory {} cannot be {doing}: {cause}", .path.display())]
    Io {
        /// The directory.
        path: PathBuf,
        /// What was tried.
        doing: &'static str,
        /// What the system said.
        cause: io::Error,
    },
}

impl DataDir {
    /// Makes the directory where it is missing and takes its lock.
    ///
    /// As root others may pass through it (0711), because the private Postgres below it runs as
    /// another user; everything secret below it has a mode of its own.
    ///
    /// # Errors
    /// When another server holds it or the system refuses.
    pub fn open(path: &Path) -> Result<Self, DataDirError> {
        let failed = |doing| {
            move |cause| DataDirError::Io {
                path: path.to_owned(),
                doing,
                cause,
            }
        };
        fs::create_dir_all(path).map_err(failed("made"))?;
        let absolute = path.canonicalize().map_err(failed("found"))?;
        let mut lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(absolute.join("lock"))
            .map_err(failed("opened"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                lock.read_to_string(&mut pid).map_err(failed("read"))?;
                let pid = pid.trim().to_owned();
                return Err(DataDirError::Busy {
                    path: absolute,
                    pid,
                });
            }
            Err(TryLockError::Error(cause)) => return Err(failed("locked")(cause)),
        }
        let mode = if Uid::effective().is_root() {
            0o711
        } else {
            0o700
        };
        fs::set_permissions(&absolute, fs::Permissions::from_mode(mode))
            .map_err(failed("given its mode"))?;
        lock.set_len(0).map_err(failed("written"))?;
        writeln!(lock, "{}", std::process::id()).map_err(failed("written"))?;
        Ok(Self {
            path: absolute,
            _lock: lock,
        })
    }

    /// The directory, absolute.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}
