//! A real server process on free ports, with a database of its own.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tokio::time::Instant;

use crate::postgres::TestDatabase;

/// A running `footage serve`; killed when dropped.
pub struct Node {
    pub address: String,
    pub ops_address: String,
    pub log: PathBuf,
    database: TestDatabase,
    directory: PathBuf,
    settings: Vec<(&'static str, String)>,
    child: Child,
}

/// How long a node may take to be ready.
const PATIENCE: Duration = Duration::from_secs(60);

impl Node {
    /// Starts a node with these settings on top of the usual ones.
    pub async fn start(settings: &[(&'static str, &str)]) -> Self {
        let database = TestDatabase::create().await;
        let directory = std::env::temp_dir().join(format!("footage-node-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir_all(&directory).unwrap();
        let settings: Vec<_> = settings
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect();
        let (address, ops_address) = (free_address(), free_address());
        let log = directory.join("log");
        let child = spawn(
            &address,
            &ops_address,
            &database,
            &directory,
            &log,
            &settings,
        );
        let mut node = Self {
            address,
            ops_address,
            log,
            database,
            directory,
            settings,
            child,
        };
        node.wait_until_ready().await;
        node
    }

    /// Kills the process without a word, and starts it again on the same ports and data.
    pub async fn kill_and_restart(&mut self) {
        self.kill();
        self.child = spawn(
            &self.address,
            &self.ops_address,
            &self.database,
            &self.directory,
            &self.log,
            &self.settings,
        );
        self.wait_until_ready().await;
    }

    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks the process to stop, and waits until it has.
    pub fn terminate(&mut self) -> std::process::ExitStatus {
        let pid = nix::unistd::Pid::from_raw(self.child.id() as i32);
        nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).unwrap();
        self.child.wait().unwrap()
    }

    pub async fn pool(&self) -> sqlx::PgPool {
        sqlx::PgPool::connect_with(self.database.connect_options().clone())
            .await
            .unwrap()
    }

    /// Makes a site with this key, open to these origins.
    pub async fn site(&self, key: &str, origins: &[&str]) {
        sqlx::query(
            "insert into sites (account_id, name, site_key, allowed_origins)
             select min(id), $1, $1, $2 from accounts",
        )
        .bind(key)
        .bind(origins)
        .execute(&self.pool().await)
        .await
        .unwrap();
    }

    /// What operations see at `path`.
    pub async fn ops(&self, path: &str) -> String {
        reqwest::get(format!("http://{}{path}", self.ops_address))
            .await
            .unwrap()
            .text()
            .await
            .unwrap()
    }

    /// One figure of `/metrics`; 0 when it is not there.
    pub async fn metric(&self, line: &str) -> f64 {
        let text = self.ops("/metrics").await;
        text.lines()
            .find_map(|found| found.strip_prefix(line)?.trim().parse().ok())
            .unwrap_or(0.0)
    }

    async fn wait_until_ready(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        let url = format!("http://{}/readyz", self.ops_address);
        loop {
            if reqwest::get(&url)
                .await
                .is_ok_and(|answer| answer.status().is_success())
            {
                return;
            }
            let ended = self.child.try_wait().unwrap();
            if ended.is_some() || Instant::now() > deadline {
                let log = std::fs::read_to_string(&self.log).unwrap_or_default();
                panic!("the node is not ready ({ended:?}):\n{log}");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

/// Waits until `probe` has an answer.
pub async fn eventually<T, Probe: AsyncFnMut() -> Option<T>>(what: &str, mut probe: Probe) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = probe().await {
            return found;
        }
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .to_string()
}

fn spawn(
    address: &str,
    ops_address: &str,
    database: &TestDatabase,
    directory: &PathBuf,
    log: &PathBuf,
    settings: &[(&'static str, String)],
) -> Child {
    let log = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(log)
        .unwrap();
    Command::new(env!("CARGO_BIN_EXE_footage"))
        .arg("serve")
        .env_clear()
        .env("FOOTAGE_LISTEN", address)
        .env("FOOTAGE_OPS_LISTEN", ops_address)
        .env("FOOTAGE_DATA_DIR", directory)
        .env("FOOTAGE_ADMIN_EMAIL", "staff@example.com")
        .env("FOOTAGE_ADMIN_PASSWORD", "correct horse battery staple")
        .env("FOOTAGE_LOG", "info")
        .env("DATABASE_URL", database.url())
        .envs(settings.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(log.try_clone().unwrap())
        .stderr(log)
        .spawn()
        .unwrap()
}
