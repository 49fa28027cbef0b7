//! A throw-away Postgres: one private cluster per test process, one database per test.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::io::PipeWriter;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use footage::postgres::{DataDir, EmbeddedPostgres, migrate};
use sqlx::postgres::{PgConnectOptions, PgPool};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};
use tokio::sync::OnceCell;

static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// Stops the cluster and clears it away when the pipe from the test process closes, however the
/// process ended.
const SWEEPER: &str = r#"
    cat > /dev/null
    pid=$(head -n 1 "$1/postgres/postmaster.pid")
    kill -INT "$pid"
    while [ -e "$1/postgres/postmaster.pid" ]; do sleep 0.1; done
    rm -rf "$1"
"#;

struct Cluster {
    data_dir: PathBuf,
    postgres: EmbeddedPostgres,
    _lock: DataDir,
    _sweeper: Child,
    _alive: PipeWriter,
}

/// A database of its own with the schema laid; it goes with the cluster.
#[derive(Debug)]
pub struct TestDatabase {
    name: String,
    sockets: PathBuf,
    options: PgConnectOptions,
}

impl TestDatabase {
    /// Makes a database.
    pub async fn create() -> Self {
        let cluster = CLUSTER.get_or_init(Cluster::start).await;
        let number = DATABASES.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{number}");
        cluster
            .run(format!("create database {name} template laid"))
            .await;
        Self {
            options: cluster.postgres.connect_options().clone().database(&name),
            sockets: cluster.data_dir.join("run"),
            name,
        }
    }

    /// How to connect, as the owner of everything.
    pub fn connect_options(&self) -> &PgConnectOptions {
        &self.options
    }

    /// A value for `DATABASE_URL`.
    pub fn url(&self) -> String {
        let (name, sockets) = (&self.name, self.sockets.display());
        format!("postgres://footage@localhost/{name}?host={sockets}&sslmode=disable")
    }

    /// A pool as the owner of everything.
    pub async fn owner(&self) -> PgPool {
        PgPool::connect_with(self.options.clone()).await.unwrap()
    }
}

impl Cluster {
    async fn start() -> Self {
        let data_dir = scratch_dir("cluster");
        let lock = DataDir::open(&data_dir).unwrap();
        let postgres = EmbeddedPostgres::start(&lock, &search_path())
            .await
            .unwrap();
        let (until_the_end, alive) = std::io::pipe().unwrap();
        let sweeper = Command::new("sh")
            .args(["-c", SWEEPER, "sweeper"])
            .arg(&data_dir)
            .stdin(until_the_end)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let cluster = Self {
            data_dir,
            postgres,
            _lock: lock,
            _sweeper: sweeper,
            _alive: alive,
        };
        cluster.run("create database laid".to_owned()).await;
        migrate(&cluster.postgres.connect_options().clone().database("laid"))
            .await
            .unwrap();
        cluster
    }

    async fn run(&self, statement: String) {
        let maintenance = self.postgres.connect_options().clone().database("postgres");
        let mut connection = maintenance.connect().await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    }
}

/// A directory that nobody has.
pub fn scratch_dir(what: &str) -> PathBuf {
    let unique = uuid::Uuid::new_v4().simple().to_string();
    std::env::temp_dir().join(format!("footage-{what}-{}", &unique[..12]))
}

/// Where programs are looked for.
#[expect(
    clippy::disallowed_methods,
    reason = "no configuration is read in these tests"
)]
pub fn search_path() -> Vec<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH").unwrap()).collect()
}
