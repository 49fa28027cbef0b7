//! The directory of sites.

use footage::postgres::Pools;
use footage::store::{SiteDirectory, StoreError};
use footage_protocol::settings;
use sqlx::PgPool;

use crate::postgres::TestDatabase;

async fn add(owner: &PgPool, key: &str, origins: &[&str]) {
    sqlx::query(
        "with account as (insert into accounts (name) values ('a') returning id)
         insert into sites (account_id, name, site_key, allowed_origins) select id, $1, $1, $2
         from account",
    )
    .bind(key)
    .bind(origins)
    .execute(owner)
    .await
    .unwrap();
}

#[tokio::test]
async fn sites_are_found_by_key_also_new_and_changed_ones() {
    let database = TestDatabase::create().await;
    let owner = database.owner().await;
    add(&owner, "first", &["*"]).await;
    let pools = Pools::new(database.connect_options());
    let sites = SiteDirectory::load(pools.writer.clone()).await.unwrap();
    let first = sites.find("first").await.unwrap().unwrap();
    assert!(first.allows("https://anything.example"));
    assert!(sites.find("unknown").await.unwrap().is_none());

    add(&owner, "second", &["https://Shop.example/"]).await;
    tokio::time::sleep(std::time::Duration::from_millis(120)).await;
    let second = sites.find("second").await.unwrap().unwrap();
    assert!(second.allows("https://shop.example"));
    assert!(!second.allows("https://shop.example.evil"));
    assert_eq!(first.policy_hash, second.policy_hash);

    sqlx::query(
        "update sites set mask_selectors = '{.name}', demo = true where site_key = 'first'",
    )
    .execute(&owner)
    .await
    .unwrap();
    sites.refresh().await.unwrap();
    let changed = sites.find("first").await.unwrap().unwrap();
    assert_ne!(changed.policy_hash, first.policy_hash);
    assert_eq!(sites.demo_key().as_deref(), Some("first"));

    pools.close().await;
    assert!(sites.refresh().await.is_err());
    assert!(
        sites.find("first").await.unwrap().is_some(),
        "known sites go on"
    );
    tokio::time::sleep(std::time::Duration::from_millis(120)).await;
    assert!(sites.find("third").await.is_err(), "away is not unknown");
    assert!(sites.find("third").await.is_err(), "also a moment later");
}

#[tokio::test]
async fn a_look_that_hangs_has_a_limit_of_its_own() {
    let database = TestDatabase::create().await;
    let owner = database.owner().await;
    let pools = Pools::new(database.connect_options());
    let sites = SiteDirectory::load(pools.writer.clone()).await.unwrap();
    sqlx::raw_sql(
        "alter table sites_version rename to slow;
         create view sites_version as select version from slow, pg_sleep(20);
         grant select on sites_version to footage_writer",
    )
    .execute(&owner)
    .await
    .unwrap();
    let late = sites.find("unknown").await;
    assert!(matches!(late, Err(StoreError::Late(_))), "{late:?}");
}

#[tokio::test]
async fn a_site_has_bounds_within_which_its_policy_fits_a_welcome() {
    let database = TestDatabase::create().await;
    let owner = database.owner().await;
    add(&owner, "site", &["*"]).await;
    let limits = &settings().limits;
    let (number_max, bytes_max) = (
        limits.selectors_max as usize,
        limits.value_bytes_max as usize,
    );
    let texts = |number: usize, bytes: usize| vec![Some("a".repeat(bytes)); number];
    let takes = async |columns: &[&str], values: &[Option<String>]| {
        let set: Vec<String> = columns
            .iter()
            .map(|column| format!("{column} = $1"))
            .collect();
        let statement = format!("update sites set {}", set.join(", "));
        let mut transaction = owner.begin().await.unwrap();
        let said = sqlx::query(sqlx::AssertSqlSafe(statement))
            .bind(values)
            .execute(&mut *transaction)
            .await;
        let code = said.as_ref().err().and_then(|error| {
            let answer = error.as_database_error()?;
            Some(answer.code()?.into_owned())
        });
        assert!(said.is_ok() || code.as_deref() == Some("23514"), "{said:?}");
        said.is_ok()
    };
    for column in ["mask_selectors", "block_selectors"] {
        assert!(takes(&[column], &[]).await);
        assert!(takes(&[column], &texts(number_max, 10)).await);
        assert!(!takes(&[column], &texts(number_max + 1, 1)).await);
        assert!(takes(&[column], &texts(1, bytes_max)).await);
        assert!(!takes(&[column], &texts(1, bytes_max + 1)).await);
        assert!(!takes(&[column], &[None]).await);
    }
    let both = ["mask_selectors", "block_selectors"];
    assert!(takes(&both, &texts(16, 1_024)).await, "32 KiB");
    assert!(!takes(&both, &texts(17, 1_024)).await, "above 32 KiB");
    assert!(takes(&["allowed_origins"], &texts(64, 255)).await);
    assert!(!takes(&["allowed_origins"], &texts(65, 1)).await);
    assert!(!takes(&["allowed_origins"], &texts(1, 256)).await);
}
