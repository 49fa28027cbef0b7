//! The private Postgres.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use footage::config::{Config, Source};
use footage::postgres::{DataDir, DataDirError, EmbeddedError, EmbeddedPostgres, Postgres};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, Uid};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection};

use crate::postgres::{scratch_dir, search_path};

fn postmaster_of(dir: &Path) -> String {
    let text = fs::read_to_string(dir.join("postgres/postmaster.pid")).unwrap();
    text.lines().next().unwrap().to_owned()
}

fn postgres_options(dir: &Path) -> PgConnectOptions {
    footage::postgres::embedded::connect_options_of(dir).unwrap()
}

async fn answers_to(options: &PgConnectOptions) -> Option<String> {
    let mut connection = options.connect().await.ok()?;
    let told = sqlx::query_scalar(
        "select current_user::text || ' ' || current_setting('data_checksums') || ' '
            || current_setting('listen_addresses') || pg_encoding_to_char(encoding)
         from pg_database where datname = current_database()",
    )
    .fetch_one(&mut connection)
    .await
    .ok()?;
    connection.close().await.ok()?;
    told
}

async fn answers(postgres: &EmbeddedPostgres) -> String {
    answers_to(postgres.connect_options()).await.unwrap()
}

#[tokio::test]
async fn it_outlives_a_killed_server_is_adopted_and_stops_cleanly() {
    let dir = scratch_dir("adopt");
    let data_dir = DataDir::open(&dir).unwrap();
    let first = EmbeddedPostgres::start(&data_dir, &search_path())
        .await
        .unwrap();
    assert_eq!(answers(&first).await, "footage on UTF8");
    let postmaster = postmaster_of(&dir);

    // What a kill leaves behind: no lock, no handle, a postmaster.
    drop(first);
    drop(data_dir);

    let data_dir = DataDir::open(&dir).unwrap();
    let second = EmbeddedPostgres::start(&data_dir, &search_path())
        .await
        .unwrap();
    assert_eq!(postmaster_of(&dir), postmaster);
    assert_eq!(answers(&second).await, "footage on UTF8");
    second.stop().await.unwrap();
    assert!(!dir.join("postgres/postmaster.pid").exists());

    let third = EmbeddedPostgres::start(&data_dir, &search_path())
        .await
        .unwrap();
    assert_ne!(postmaster_of(&dir), postmaster);
    third.stop().await.unwrap();
    fs::remove_dir_all(dir).unwrap();
}

#[tokio::test]
async fn a_postmaster_that_dies_is_started_again() {
    let dir = scratch_dir("crash");
    let data_dir = DataDir::open(&dir).unwrap();
    let mut postgres = EmbeddedPostgres::start(&data_dir, &search_path())
        .await
        .unwrap();
    let postmaster = postmaster_of(&dir);
    kill(Pid::from_raw(postmaster.parse().unwrap()), Signal::SIGKILL).unwrap();
    let up_again = async {
        while postmaster_of(&dir) == postmaster
            || answers_to(&postgres_options(&dir)).await.is_none()
        {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::select! {
        error = postgres.keep_running() => panic!("{error}"),
        () = up_again => {}
    }
    assert_eq!(answers(&postgres).await, "footage on UTF8");
    postgres.stop().await.unwrap();
    fs::remove_dir_all(dir).unwrap();
}

fn server_on(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_footage"));
    command
        .arg("serve")
        .env_clear()
        .env("PATH", std::env::join_paths(search_path()).unwrap())
        .env("FOOTAGE_LISTEN", "127.0.0.1:0")
        .env("FOOTAGE_OPS_LISTEN", "127.0.0.1:0")
        .env("FOOTAGE_DATA_DIR", dir);
    command
}

/// A server on its data directory and nothing else, ready.
fn serve(dir: &Path) -> Child {
    let mut child = server_on(dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(
        lines.any(|line| line.unwrap().contains("is ready")),
        "the server ended"
    );
    child
}

#[test]
fn a_server_whose_greeting_nobody_reads_runs_on_and_stops_when_told() {
    let dir = scratch_dir("unread");
    let (unread, output) = std::io::pipe().unwrap();
    drop(unread);
    let mut child = server_on(&dir)
        .stdout(output)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(
        log.any(|line| line.unwrap().contains("nobody reads standard output")),
        "the server ended"
    );
    kill(Pid::from_raw(child.id() as i32), Signal::SIGTERM).unwrap();
    assert!(log.any(|line| line.unwrap().contains("stopped")));
    assert!(child.wait().unwrap().success());
    fs::remove_dir_all(dir).unwrap();
}

#[tokio::test]
async fn a_killed_server_leaves_postgres_to_the_next_and_a_stopped_one_takes_it_along() {
    let dir = scratch_dir("serve");
    let mut first = serve(&dir);
    let postmaster = postmaster_of(&dir);
    first.kill().unwrap();
    first.wait().unwrap();
    let told = answers_to(&postgres_options(&dir)).await;
    assert!(told.is_some(), "Postgres outlives the server");

    let mut second = serve(&dir);
    assert_eq!(postmaster_of(&dir), postmaster);
    kill(Pid::from_raw(second.id() as i32), Signal::SIGTERM).unwrap();
    assert!(second.wait().unwrap().success());
    assert!(!dir.join("postgres/postmaster.pid").exists());
    fs::remove_dir_all(dir).unwrap();
}

#[tokio::test]
async fn a_second_server_on_the_data_directory_is_refused_by_name() {
    let dir = scratch_dir("second");
    let held = DataDir::open(&dir).unwrap();
    let refused = DataDir::open(&dir).unwrap_err();
    assert!(matches!(refused, DataDirError::Busy { .. }));
    assert!(
        refused
            .to_string()
            .contains(&format!("process {}", std::process::id())),
        "{refused}"
    );

    let config = Config::from_source(Source::from_pairs(&[(
        "FOOTAGE_DATA_DIR",
        dir.to_str().unwrap(),
    )]));
    let beside = Postgres::beside_server(&config.unwrap()).await.unwrap();
    let socket = beside.connect_options().get_socket().unwrap();
    assert!(
        socket.starts_with(&dir),
        "an admin command uses the running one"
    );
    drop(held);
    DataDir::open(&dir).unwrap();
    fs::remove_dir_all(dir).unwrap();
}

#[tokio::test]
async fn what_cannot_work_is_named() {
    let deep = scratch_dir(&"x".repeat(90));
    let data_dir = DataDir::open(&deep).unwrap();
    let refused = EmbeddedPostgres::start(&data_dir, &search_path())
        .await
        .unwrap_err();
    assert!(
        matches!(refused, EmbeddedError::PathTooLong(_)),
        "{refused}"
    );
    fs::remove_dir_all(deep).unwrap();

    let dir = scratch_dir("version");
    fs::create_dir_all(dir.join("postgres")).unwrap();
    fs::write(dir.join("postgres/PG_VERSION"), "9\n").unwrap();
    let data_dir = DataDir::open(&dir).unwrap();
    let refused = EmbeddedPostgres::start(&data_dir, &search_path())
        .await
        .unwrap_err();
    assert!(
        refused.to_string().starts_with("no Postgres 9 (which made"),
        "{refused}"
    );
    fs::remove_dir_all(dir).unwrap();
}

#[tokio::test]
async fn as_root_a_parent_that_postgres_cannot_search_is_named() {
    if !Uid::effective().is_root() {
        return;
    }
    let home = scratch_dir("home");
    let dir = home.join("data");
    let data_dir = DataDir::open(&dir).unwrap();
    fs::set_permissions(&home, fs::Permissions::from_mode(0o700)).unwrap();
    let refused = EmbeddedPostgres::start(&data_dir, &search_path())
        .await
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains(&format!("chmod o+x {}", home.display())),
        "{refused}"
    );
    let mode = fs::metadata(&dir).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o711);
    fs::remove_dir_all(home).unwrap();
}
