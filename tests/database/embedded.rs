//! The private Postgres.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use footage::config::{Config, Source};
use footage::postgres::{DataDir, DataDirError, EmbeddedError, EmbeddedPostgres, Postgres};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::waitpid;
use nix::unistd::{Pid, Uid};
use sqlx::{ConnectOptions, Connection};

use crate::postgres::scratch_dir;

fn search_path() -> Vec<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH").unwrap()).collect()
}

fn postmaster_of(dir: &Path) -> String {
    let text = fs::read_to_string(dir.join("postgres/postmaster.pid")).unwrap();
    text.lines().next().unwrap().to_owned()
}

async fn answers(postgres: &EmbeddedPostgres) -> String {
    let mut connection = postgres.connect_options().connect().await.unwrap();
    let told = sqlx::query_scalar(
        "select current_user::text || ' ' || current_setting('data_checksums') || ' '
            || current_setting('listen_addresses') || pg_encoding_to_char(encoding)
         from pg_database where datname = current_database()",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    connection.close().await.unwrap();
    told
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
async fn it_recovers_after_its_own_postmaster_was_killed() {
    let dir = scratch_dir("crash");
    let data_dir = DataDir::open(&dir).unwrap();
    let first = EmbeddedPostgres::start(&data_dir, &search_path())
        .await
        .unwrap();
    let postmaster = Pid::from_raw(postmaster_of(&dir).parse().unwrap());
    kill(postmaster, Signal::SIGKILL).unwrap();
    waitpid(postmaster, None).unwrap();
    drop(first);
    let second = EmbeddedPostgres::start(&data_dir, &search_path())
        .await
        .unwrap();
    assert_eq!(answers(&second).await, "footage on UTF8");
    second.stop().await.unwrap();
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
