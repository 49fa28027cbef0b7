//! A private Postgres in the data directory, from the installed programs.
//!
//! It is born at the first start (initdb) and outlives a killed server: the next start adopts the
//! live postmaster. A clean stop stops it. It listens on a Unix socket only, which only this user
//! (and the one Postgres runs as) may use.
//!
//! Below the data directory: `postgres/` the cluster, `run/` the socket, `postgres.log`.

mod cluster;
mod owner;
mod programs;

use std::io;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, Uid};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{ConnectOptions, Connection};
use tokio::time::{Instant, sleep, timeout};
use tracing::warn;

use super::DataDir;
use cluster::Layout;
use programs::Programs;

/// The user of the cluster, and its database.
const NAME: &str = "footage";
/// Names the socket file; nothing listens on the network.
const PORT: u16 = 5432;
/// Without a sign of life for this long, a start has failed.
const START_PATIENCE: Duration = Duration::from_secs(60);
/// A stop writes a checkpoint first.
const STOP_PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks at whether it is there yet.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Between two looks at whether it is still there.
const WATCH_EVERY: Duration = Duration::from_secs(1);
/// Starts that are tried: right after a crash the children of the old postmaster may still leave.
const STARTS_MAX: u32 = 5;
/// Before the next start is tried.
const START_AGAIN_AFTER: Duration = Duration::from_millis(500);

/// The running private Postgres.
#[derive(Debug)]
pub struct EmbeddedPostgres {
    options: PgConnectOptions,
    layout: Layout,
    search_path: Vec<PathBuf>,
    /// The postmaster, where this process started it.
    child: Option<Child>,
}

/// Why the private Postgres does not run.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// Nothing to run.
    #[error(
        "no Postgres {wanted} was found in {looked_in}: install it (on Debian or Ubuntu \
         `apt-get install postgresql`), or name another's with DATABASE_URL"
    )]
    NoPrograms {
        /// Which versions would do.
        wanted: String,
        /// Where it was looked for.
        looked_in: String,
    },
    /// The user it must run as cannot reach the data directory.
    #[error(
        "{} cannot be searched by the user {user}, as whom Postgres runs (it refuses root): \
         `chmod o+x {}`, or choose another FOOTAGE_DATA_DIR",
        .parent.display(), .parent.display()
    )]
    NotSearchable {
        /// The directory above the cluster.
        parent: PathBuf,
        /// The user.
        user: String,
    },
    /// The user has a number only.
    #[error(
        "the user with the number {0} has no name, which Postgres asks for: add it to /etc/passwd, \
         or name another's Postgres with DATABASE_URL"
    )]
    NamelessUser(Uid),
    /// There is no user but root.
    #[error("Postgres refuses to run as root, and there is neither a user postgres nor nobody")]
    NoUser,
    /// A socket's path has 107 bytes at most.
    #[error(
        "the socket {} has a path of {} bytes, more than the 107 the system takes: choose a \
         shorter FOOTAGE_DATA_DIR",
        .0.display(), .0.as_os_str().len()
    )]
    PathTooLong(PathBuf),
    /// A program said no.
    #[error("{program} failed: {said}")]
    Program {
        /// Which.
        program: &'static str,
        /// Its last words.
        said: String,
    },
    /// It does not come up.
    #[error("the private Postgres did not start; the end of {}:\n{said}", .log.display())]
    NotStarted {
        /// Its log.
        log: PathBuf,
        /// The end of that.
        said: String,
    },
    /// It does not go down.
    #[error("the private Postgres did not stop within {} s and was left running", .0.as_secs())]
    NotStopped(Duration),
    /// It answers, but not us.
    #[error("the private Postgres refuses this server: {0}")]
    Refused(#[source] sqlx::Error),
    /// The system did not let us.
    #[error("{doing} {}: {cause}", .path.display())]
    Io {
        /// What was tried.
        doing: &'static str,
        /// With what.
        path: PathBuf,
        /// What the system said.
        cause: io::Error,
    },
    /// The thread that prepared it went away.
    #[error("preparing the private Postgres was cut off: {0}")]
    CutOff(#[from] tokio::task::JoinError),
}

/// How a postmaster answers a knock.
enum Knock {
    Ready,
    /// It starts, recovers or stops.
    NotNow,
    Nobody,
}

impl EmbeddedPostgres {
    /// Adopts the live postmaster of the data directory, or starts one, and waits until it takes
    /// connections.
    ///
    /// # Errors
    /// When the programs are missing, the directory cannot be used or Postgres does not come up.
    pub async fn start(data_dir: &DataDir, search_path: &[PathBuf]) -> Result<Self, EmbeddedError> {
        let layout = Layout::below(data_dir.path())?;
        let mut postgres = Self {
            options: connect_options(&layout),
            layout,
            search_path: search_path.to_vec(),
            child: None,
        };
        postgres.bring_up().await?;
        make_database(&postgres.maintenance())
            .await
            .map_err(EmbeddedError::Refused)?;
        Ok(postgres)
    }

    /// Starts it again whenever its postmaster died; ends only when that does not help.
    pub async fn keep_running(&mut self) -> EmbeddedError {
        loop {
            sleep(WATCH_EVERY).await;
            if self.is_up() {
                continue;
            }
            warn!("the private Postgres died and is started again; its log tells why");
            if let Err(error) = self.bring_up().await {
                return error;
            }
        }
    }

    async fn bring_up(&mut self) -> Result<(), EmbeddedError> {
        let maintenance = self.maintenance();
        let mut starts = 0;
        let mut patience = Instant::now() + START_PATIENCE;
        loop {
            match knock(&maintenance).await? {
                Knock::Ready => return Ok(()),
                Knock::NotNow => patience = Instant::now() + START_PATIENCE,
                Knock::Nobody if is_running(&mut self.child) => {}
                Knock::Nobody if starts == STARTS_MAX => return Err(self.layout.not_started()),
                Knock::Nobody => {
                    if starts > 0 {
                        sleep(START_AGAIN_AFTER).await;
                    }
                    starts += 1;
                    self.child = Some(self.start_postmaster().await?);
                }
            }
            if Instant::now() > patience {
                return Err(self.layout.not_started());
            }
            sleep(LOOK_EVERY).await;
        }
    }

    async fn start_postmaster(&self) -> Result<Child, EmbeddedError> {
        let (layout, search_path) = (self.layout.clone(), self.search_path.clone());
        tokio::task::spawn_blocking(move || {
            let programs = Programs::find(&search_path, layout.version()?)?;
            layout.prepare(&programs)?;
            layout.spawn(&programs)
        })
        .await?
    }

    /// The database that is always there.
    fn maintenance(&self) -> PgConnectOptions {
        self.options.clone().database("postgres")
    }

    /// Whether the postmaster lives. Our own child is asked for, so that it does not stay behind as
    /// a zombie.
    fn is_up(&mut self) -> bool {
        match self.child {
            Some(_) => is_running(&mut self.child),
            None => self.layout.postmaster_pid().is_some_and(is_alive),
        }
    }

    /// How to connect, as its superuser.
    #[must_use]
    pub fn connect_options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// Stops it (connections are cut, a checkpoint is written) and waits until it is gone.
    ///
    /// # Errors
    /// When it is still there after a minute.
    pub async fn stop(mut self) -> Result<(), EmbeddedError> {
        let answers = !matches!(knock(&self.maintenance()).await?, Knock::Nobody);
        let Some(pid) = self.layout.postmaster_pid().filter(|_| answers) else {
            // Its file may be left from a crash, and the number be another process's by now.
            return Ok(());
        };
        let patience = Instant::now() + STOP_PATIENCE;
        match kill(pid, Signal::SIGINT) {
            Ok(()) => {}
            Err(Errno::ESRCH) => return Ok(()),
            Err(errno) => {
                return Err(EmbeddedError::Io {
                    doing: "cannot stop the postmaster of",
                    path: self.layout.cluster.clone(),
                    cause: errno.into(),
                });
            }
        }
        while self.layout.postmaster_pid().is_some_and(is_alive) || is_running(&mut self.child) {
            if Instant::now() > patience {
                return Err(EmbeddedError::NotStopped(STOP_PATIENCE));
            }
            sleep(LOOK_EVERY).await;
        }
        Ok(())
    }
}

/// How to connect to the private Postgres of a data directory that another process runs.
///
/// # Errors
/// When the path of the socket is too long.
pub fn connect_options_of(data_dir: &Path) -> Result<PgConnectOptions, EmbeddedError> {
    Ok(connect_options(&Layout::below(data_dir)?))
}

fn connect_options(layout: &Layout) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .socket(&layout.sockets)
        .host("localhost")
        .port(PORT)
        .username(NAME)
        .database(NAME)
        .ssl_mode(PgSslMode::Disable)
}

async fn knock(options: &PgConnectOptions) -> Result<Knock, EmbeddedError> {
    /// Above what a busy machine needs to fork one backend.
    const KNOCK_PATIENCE: Duration = Duration::from_secs(5);
    let Ok(answer) = timeout(KNOCK_PATIENCE, options.connect()).await else {
        return Ok(Knock::NotNow);
    };
    match answer {
        Ok(connection) => {
            connection.close().await.map_err(EmbeddedError::Refused)?;
            Ok(Knock::Ready)
        }
        Err(sqlx::Error::Database(said)) if said.code().as_deref() == Some("57P03") => {
            Ok(Knock::NotNow)
        }
        Err(said @ sqlx::Error::Database(_)) => Err(EmbeddedError::Refused(said)),
        Err(_) => Ok(Knock::Nobody),
    }
}

async fn make_database(maintenance: &PgConnectOptions) -> Result<(), sqlx::Error> {
    let mut connection: PgConnection = maintenance.connect().await?;
    let is_there: bool =
        sqlx::query_scalar("select exists (select from pg_database where datname = 'footage')")
            .fetch_one(&mut connection)
            .await?;
    if !is_there {
        sqlx::query("create database footage")
            .execute(&mut connection)
            .await?;
    }
    connection.close().await
}

/// Whether our own child still runs; one that ended is reaped.
fn is_running(child: &mut Option<Child>) -> bool {
    child
        .as_mut()
        .is_some_and(|child| matches!(child.try_wait(), Ok(None)))
}

fn is_alive(pid: Pid) -> bool {
    !matches!(kill(pid, None), Err(Errno::ESRCH))
}
