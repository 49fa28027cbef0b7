//! The cluster's files: making them, and running a postmaster on them.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use nix::unistd::Pid;

use super::owner::{Owner, this_user};
use super::programs::Programs;
use super::{EmbeddedError, NAME, PORT};

/// The longest path of a Unix socket, bytes.
const SOCKET_PATH_MAX: usize = 107;
/// A log that has grown past this is set aside at the next start, bytes.
const LOG_BYTES_MAX: u64 = 16 << 20;

/// What differs from Postgres's own defaults, and is not a path.
const SETTINGS: [(&str, &str); 19] = [
    ("listen_addresses", ""),
    ("unix_socket_permissions", "0700"),
    ("max_connections", "50"),
    ("shared_buffers", "128MB"),
    // a statement over many days locks every table and index of each
    ("max_locks_per_transaction", "512"),
    // an ack of level `postgres` and the end of a journal segment rest on these three
    ("fsync", "on"),
    ("full_page_writes", "on"),
    ("synchronous_commit", "on"),
    // chunks come in a steady stream: rather few, long checkpoints
    ("max_wal_size", "2GB"),
    ("checkpoint_timeout", "15min"),
    ("checkpoint_completion_target", "0.9"),
    // short statements over few rows: compiling them costs more than it saves
    ("jit", "off"),
    ("random_page_cost", "1.1"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("lc_messages", "C"),
    // what visitors typed is no business of a log
    ("log_error_verbosity", "terse"),
    ("log_min_error_statement", "panic"),
    ("log_line_prefix", "%m [%p] %q%a "),
];

/// Where everything lies.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The cluster.
    pub cluster: PathBuf,
    /// The directory of the socket.
    pub sockets: PathBuf,
    log: PathBuf,
}

impl Layout {
    /// The files below an absolute data directory.
    ///
    /// # Errors
    /// When the socket's path is longer than the system takes.
    pub fn below(data_dir: &Path) -> Result<Self, EmbeddedError> {
        let sockets = data_dir.join("run");
        let socket = sockets.join(format!(".s.PGSQL.{PORT}"));
        if socket.as_os_str().len() > SOCKET_PATH_MAX {
            return Err(EmbeddedError::PathTooLong(socket));
        }
        let cluster = data_dir.join("postgres");
        Ok(Self {
            cluster,
            sockets,
            log: data_dir.join("postgres.log"),
        })
    }

    /// The major version that made the cluster; none before the first start.
    ///
    /// # Errors
    /// When there is a cluster that does not tell.
    pub fn version(&self) -> Result<Option<u32>, EmbeddedError> {
        let path = self.cluster.join("PG_VERSION");
        match fs::read_to_string(&path) {
            Ok(text) => text
                .trim()
                .parse()
                .map(Some)
                .map_err(|_| EmbeddedError::Io {
                    doing: "cannot find a version in",
                    path,
                    cause: io::ErrorKind::InvalidData.into(),
                }),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(EmbeddedError::Io {
                doing: "cannot read",
                path,
                cause,
            }),
        }
    }

    /// Makes the cluster where there is none, and says who may connect to it.
    ///
    /// # Errors
    /// When a directory cannot be used or initdb fails.
    pub fn prepare(&self, programs: &Programs) -> Result<(), EmbeddedError> {
        let owner = Owner::choose()?;
        let data_dir = self.cluster.parent().unwrap_or(Path::new("/"));
        owner.check_reach(data_dir)?;
        owner.make_private_dir(&self.sockets)?;
        if !self.cluster.exists() {
            self.init(programs, &owner)?;
        }
        self.admit(&owner)
    }

    /// Makes the cluster under another name first, so that a start that was cut off leaves none.
    fn init(&self, programs: &Programs, owner: &Owner) -> Result<(), EmbeddedError> {
        let unfinished = self.cluster.with_extension("unfinished");
        match fs::remove_dir_all(&unfinished) {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
                let doing = "cannot clear away the unfinished";
                return Err(EmbeddedError::Io {
                    doing,
                    path: unfinished,
                    cause,
                });
            }
            _ => {}
        }
        owner.make_private_dir(&unfinished)?;
        let program = programs.path("initdb");
        let output = owner
            .command(&program)
            .args(["-E", "UTF8", "--locale=C.UTF-8", "-k", "-U", NAME])
            .args(["--auth-local=peer", "--auth-host=reject", "-D"])
            .arg(&unfinished)
            .stdin(Stdio::null())
            .output()
            .map_err(|cause| EmbeddedError::Io {
                doing: "cannot run",
                path: program,
                cause,
            })?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(EmbeddedError::Program {
                program: "initdb",
                said,
            });
        }
        let named = || {
            fs::rename(&unfinished, &self.cluster)?;
            // What is kept in the cluster is not kept before its name is.
            File::open(self.cluster.parent().unwrap_or(Path::new("/")))?.sync_all()
        };
        named().map_err(|cause| EmbeddedError::Io {
            doing: "cannot give its name to",
            path: unfinished.clone(),
            cause,
        })
    }

    /// Admits this process's user and the owner over the socket, and nobody else: the system
    /// tells Postgres who is at the other end, so there is no password to keep.
    fn admit(&self, owner: &Owner) -> Result<(), EmbeddedError> {
        let this = this_user()?;
        let access = format!("local all {NAME} peer map={NAME}\n");
        let users = format!(
            "{NAME} {} {NAME}\n{NAME} {} {NAME}\n",
            this.name,
            owner.name()
        );
        for (name, text) in [("pg_hba.conf", access), ("pg_ident.conf", users)] {
            let path = self.cluster.join(name);
            fs::write(&path, text).map_err(|cause| EmbeddedError::Io {
                doing: "cannot write",
                path,
                cause,
            })?;
        }
        Ok(())
    }

    /// Runs a postmaster in a process group of its own, so that what ends this server from a
    /// terminal does not end it.
    ///
    /// # Errors
    /// When it cannot be run.
    pub fn spawn(&self, programs: &Programs) -> Result<Child, EmbeddedError> {
        let (log, same_log) = self.open_log().map_err(|cause| EmbeddedError::Io {
            doing: "cannot open",
            path: self.log.clone(),
            cause,
        })?;
        let program = programs.path("postgres");
        let mut command = Owner::choose()?.command(&program);
        command
            .arg("-D")
            .arg(&self.cluster)
            .arg("-k")
            .arg(&self.sockets);
        command.args(["-p", &PORT.to_string()]);
        for (name, value) in SETTINGS {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        command
            .arg("-c")
            .arg(format!("wal_compression={}", programs.wal_compression()))
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(same_log)
            .spawn()
            .map_err(|cause| EmbeddedError::Io {
                doing: "cannot run",
                path: program,
                cause,
            })
    }

    /// The log twice, for the two outputs of a process.
    fn open_log(&self) -> io::Result<(File, File)> {
        if fs::metadata(&self.log).is_ok_and(|metadata| metadata.len() > LOG_BYTES_MAX) {
            fs::rename(&self.log, self.log.with_extension("log.1"))?;
        }
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&self.log)?;
        Ok((log.try_clone()?, log))
    }

    /// The postmaster as it wrote itself down, alive or not.
    pub fn postmaster_pid(&self) -> Option<Pid> {
        let text = fs::read_to_string(self.cluster.join("postmaster.pid")).ok()?;
        text.lines().next()?.trim().parse().ok().map(Pid::from_raw)
    }

    /// The error of a start that came to nothing, with the end of the log.
    pub fn not_started(&self) -> EmbeddedError {
        const LINES: usize = 12;
        let text = fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        let said = lines[lines.len().saturating_sub(LINES)..].join("\n");
        EmbeddedError::NotStarted {
            log: self.log.clone(),
            said,
        }
    }
}
