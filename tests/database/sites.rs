//! The directory of sites.

use footage::postgres::Pools;
use footage::store::SiteDirectory;
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
