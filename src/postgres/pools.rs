//! Three pools, one per role, so that no kind of work can take the connections of another.

use std::time::Duration;

use sqlx::AssertSqlSafe;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

/// The connections of a node, by the role they take on.
#[derive(Clone, Debug)]
pub struct Pools {
    /// Stores recordings of any account, as `footage_writer`.
    pub writer: PgPool,
    /// Serves the staff API, as `footage_staff`, who sees nothing outside a transaction that has
    /// set `app.account_id`.
    pub staff: PgPool,
    /// Does periodic work, as `footage_jobs`.
    pub jobs: PgPool,
}

/// What one pool is like.
struct Shape {
    role: &'static str,
    connections_max: u32,
    /// A caller that finds no free connection for this long gets an error.
    acquire_timeout: Duration,
    statement_timeout: Duration,
    lock_timeout: Duration,
    /// What else a connection is told.
    also: &'static str,
}

/// A transaction that waits this long for its next statement is cut off.
const IDLE_IN_TRANSACTION_TIMEOUT: Duration = Duration::from_secs(15);

/// Recordings lie in a partition per day: a plan made for the parameters at hand touches the right
/// ones only, a general plan every one. Compiling such short plans costs more than it saves.
const PLANS: &str = "set plan_cache_mode = force_custom_plan; set jit = off";

/// What is acknowledged is on the disk, whatever the server, the database or the log-in has as its
/// default. A default that waits for a standby too stays.
const DURABLE_COMMITS: &str = "select set_config('synchronous_commit', 'on', false) \
    where current_setting('synchronous_commit') in ('off', 'local')";

/// What staff ask for is small: starting a second process for it takes longer than the answer.
const ALONE: &str = "set max_parallel_workers_per_gather = 0";

const WRITER: Shape = Shape {
    role: "footage_writer",
    connections_max: 4,
    acquire_timeout: Duration::from_secs(5),
    statement_timeout: Duration::from_secs(30),
    lock_timeout: Duration::from_secs(5),
    also: DURABLE_COMMITS,
};
const STAFF: Shape = Shape {
    role: "footage_staff",
    connections_max: 8,
    acquire_timeout: Duration::from_secs(3),
    statement_timeout: Duration::from_secs(10),
    lock_timeout: Duration::from_secs(2),
    also: ALONE,
};
const JOBS: Shape = Shape {
    role: "footage_jobs",
    connections_max: 2,
    acquire_timeout: Duration::from_secs(30),
    statement_timeout: Duration::from_secs(300),
    lock_timeout: Duration::from_secs(5),
    also: "",
};

impl Pools {
    /// Three empty pools; connections are made when they are needed, so that a node starts while
    /// Postgres is away. Must be called on the runtime that is to own the connections.
    #[must_use]
    pub fn new(options: &PgConnectOptions) -> Self {
        Self {
            writer: pool(options, &WRITER),
            staff: pool(options, &STAFF),
            jobs: pool(options, &JOBS),
        }
    }

    /// Asks each pool for a connection.
    ///
    /// # Errors
    /// Says which kind of trouble there is, and what to do.
    pub async fn check(&self) -> Result<(), ConnectError> {
        for pool in [&self.writer, &self.staff, &self.jobs] {
            sqlx::query("select 1")
                .execute(pool)
                .await
                .map_err(ConnectError::from)?;
        }
        Ok(())
    }

    /// Waits for work in hand, then closes every connection.
    pub async fn close(&self) {
        self.writer.close().await;
        self.staff.close().await;
        self.jobs.close().await;
    }
}

fn pool(options: &PgConnectOptions, shape: &Shape) -> PgPool {
    let greeting = format!(
        "set role {}; set statement_timeout = {}; set lock_timeout = {}; \
         set idle_in_transaction_session_timeout = {}; {PLANS}; {}",
        shape.role,
        shape.statement_timeout.as_millis(),
        shape.lock_timeout.as_millis(),
        IDLE_IN_TRANSACTION_TIMEOUT.as_millis(),
        shape.also,
    );
    PgPoolOptions::new()
        .max_connections(shape.connections_max)
        .acquire_timeout(shape.acquire_timeout)
        .after_connect(move |connection, _| {
            let greeting = greeting.clone();
            Box::pin(async move {
                // Made of constants above.
                sqlx::raw_sql(AssertSqlSafe(greeting))
                    .execute(connection)
                    .await?;
                Ok(())
            })
        })
        .connect_lazy_with(options.clone().application_name(shape.role))
}

/// Why a connection cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Nobody answers.
    #[error("Postgres cannot be reached: {0}; check that it runs and what DATABASE_URL names")]
    Unreachable(String),
    /// It does not let us in.
    #[error("Postgres refuses the log-in: {0}; check user, password and database of DATABASE_URL")]
    LogIn(String),
    /// The schema has not been laid.
    #[error("Postgres lacks a role of this server: {0}; run `footage migrate`")]
    Role(String),
    /// It has no room.
    #[error("Postgres has no room for another connection: {0}; raise max_connections there")]
    Full(String),
    /// Anything else it says.
    #[error("Postgres answers with an error: {0}")]
    Other(String),
}

impl From<sqlx::Error> for ConnectError {
    fn from(error: sqlx::Error) -> Self {
        let said = error.to_string();
        let code = error.as_database_error().and_then(|answer| answer.code());
        match (&error, code.as_deref()) {
            (_, Some(code)) if code.starts_with("28") || code == "3D000" => Self::LogIn(said),
            (_, Some("22023" | "42501" | "42704")) => Self::Role(said),
            (_, Some("53300")) => Self::Full(said),
            (sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::Tls(_), _) => {
                Self::Unreachable(said)
            }
            _ => Self::Other(said),
        }
    }
}
