//! The user as whom Postgres runs: this one, or, because Postgres refuses root, another.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use nix::unistd::{Uid, User};

use super::EmbeddedError;

/// A user of the system.
#[derive(Clone, Debug)]
pub struct Owner {
    user: User,
    is_this_process: bool,
}

impl Owner {
    /// This process's user; of root `postgres`, else `nobody`.
    ///
    /// # Errors
    /// When there is no such user.
    pub fn choose() -> Result<Self, EmbeddedError> {
        if !Uid::effective().is_root() {
            let user = this_user()?;
            return Ok(Self {
                user,
                is_this_process: true,
            });
        }
        ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| User::from_name(name).ok().flatten())
            .map(|user| Self {
                user,
                is_this_process: false,
            })
            .ok_or(EmbeddedError::NoUser)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.user.name
    }

    /// A command that will run as this user, with an empty environment.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().current_dir("/");
        if !self.is_this_process {
            command
                .uid(self.user.uid.as_raw())
                .gid(self.user.gid.as_raw());
        }
        command
    }

    /// Makes a directory that only this user may enter; one that is there gets its due mode.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn make_private_dir(&self, path: &Path) -> Result<(), EmbeddedError> {
        let failed = |cause| EmbeddedError::Io {
            doing: "cannot make the directory",
            path: path.to_owned(),
            cause,
        };
        fs::create_dir_all(path).map_err(failed)?;
        if !self.is_this_process {
            let (uid, gid) = (self.user.uid.as_raw(), self.user.gid.as_raw());
            chown(path, Some(uid), Some(gid)).map_err(failed)?;
        }
        fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(failed)
    }

    /// Checks that this user may pass through every directory down to `path`.
    ///
    /// # Errors
    /// Names the first that stops it.
    pub fn check_reach(&self, path: &Path) -> Result<(), EmbeddedError> {
        for parent in path.ancestors() {
            let metadata = fs::metadata(parent).map_err(|cause| EmbeddedError::Io {
                doing: "cannot look at",
                path: parent.to_owned(),
                cause,
            })?;
            let needed = if metadata.uid() == self.user.uid.as_raw() {
                0o100
            } else if metadata.gid() == self.user.gid.as_raw() {
                0o010
            } else {
                0o001
            };
            if metadata.mode() & needed == 0 {
                let user = self.user.name.clone();
                return Err(EmbeddedError::NotSearchable {
                    parent: parent.to_owned(),
                    user,
                });
            }
        }
        Ok(())
    }
}

/// The user of this process.
///
/// # Errors
/// When it has no name.
pub fn this_user() -> Result<User, EmbeddedError> {
    let uid = Uid::effective();
    User::from_uid(uid)
        .ok()
        .flatten()
        .ok_or(EmbeddedError::NamelessUser(uid))
}
