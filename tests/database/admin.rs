//! First start and admin commands.

use footage::admin::{Command, SiteCommand, first_start, run};
use footage::auth::password::PasswordGate;
use footage::config::{Config, Source};
use footage::postgres::Pools;
use secrecy::ExposeSecret;
use sqlx::PgPool;

use crate::postgres::TestDatabase;

fn config(pairs: &[(&str, &str)]) -> Config {
    Config::from_source(Source::from_pairs(pairs)).unwrap()
}

async fn hash_of(owner: &PgPool, email: &str) -> String {
    sqlx::query_scalar("select password_hash from users where email = $1")
        .bind(email)
        .fetch_one(owner)
        .await
        .unwrap()
}

async fn opens(password: &str, hash: &str) -> bool {
    let gate = PasswordGate::new().unwrap();
    gate.check(Some(hash.to_owned()), password.to_owned())
        .await
        .unwrap()
}

#[tokio::test]
async fn the_first_start_makes_a_login_and_two_sites_and_later_ones_nothing() {
    let database = TestDatabase::create().await;
    let owner = database.owner().await;
    let pools = Pools::new(database.connect_options());
    let login = first_start(&pools.jobs, &config(&[]))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(login.email, "admin@localhost");
    let made = login
        .made_password
        .as_ref()
        .unwrap()
        .expose_secret()
        .to_owned();
    assert!(login.to_string().contains(&made));
    assert!(!format!("{login:?}").contains(&made));
    assert!(opens(&made, &hash_of(&owner, "admin@localhost").await).await);

    let moved = config(&[("FOOTAGE_PUBLIC_URL", "https://footage.example.com")]);
    assert!(first_start(&pools.jobs, &moved).await.unwrap().is_none());
    let sites: Vec<(String, Vec<String>)> =
        sqlx::query_as("select name, allowed_origins from sites order by id")
            .fetch_all(&owner)
            .await
            .unwrap();
    assert_eq!(sites[0], ("My site".to_owned(), vec!["*".to_owned()]));
    assert_eq!(
        sites[1],
        (
            "Demo".to_owned(),
            vec!["https://footage.example.com".to_owned()]
        )
    );
    assert_eq!(sites.len(), 2);
}

#[tokio::test]
async fn a_chosen_login_is_taken_and_not_printed() {
    let database = TestDatabase::create().await;
    let pools = Pools::new(database.connect_options());
    let chosen = config(&[
        ("FOOTAGE_ADMIN_EMAIL", "ann@example.com"),
        ("FOOTAGE_ADMIN_PASSWORD", "hunter2hunter2"),
    ]);
    let login = first_start(&pools.jobs, &chosen).await.unwrap().unwrap();
    assert!(login.made_password.is_none());
    assert!(!login.to_string().contains("hunter2"));
    let hash = hash_of(&database.owner().await, "ann@example.com").await;
    assert!(
        hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
        "{hash}"
    );
    assert!(opens("hunter2hunter2", &hash).await);
}

#[tokio::test]
async fn an_operator_adds_sites_and_mends_passwords() {
    let database = TestDatabase::create().await;
    let pools = Pools::new(database.connect_options());
    let owner = database.owner().await;
    let add = |origin: &str| Command::Site {
        command: SiteCommand::Add {
            name: "Shop".to_owned(),
            origins: vec![origin.to_owned()],
            account: None,
        },
    };
    let early = run(&pools.jobs, add("https://shop.example"))
        .await
        .unwrap_err();
    assert!(early.to_string().contains("footage serve"), "{early}");
    first_start(&pools.jobs, &config(&[])).await.unwrap();
    let said = run(&pools.jobs, add("https://shop.example/"))
        .await
        .unwrap();
    let key = said.rsplit(' ').next().unwrap();
    let listed = run(
        &pools.jobs,
        Command::Site {
            command: SiteCommand::List,
        },
    )
    .await
    .unwrap();
    assert!(
        listed.contains(key) && listed.contains("https://shop.example"),
        "{listed}"
    );
    assert!(run(&pools.jobs, add("shop")).await.is_err());

    let change = |email: &str| Command::Password {
        email: email.to_owned(),
        stdin: false,
    };
    let said = run(&pools.jobs, change("Admin@localhost")).await.unwrap();
    let made = said.rsplit(' ').next().unwrap();
    assert!(opens(made, &hash_of(&owner, "admin@localhost").await).await);
    let nobody = run(&pools.jobs, change("nobody@x")).await.unwrap_err();
    assert!(nobody.to_string().contains("nobody@x"));
}
