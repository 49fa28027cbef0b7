//! The sites of an account, and what staff change of them.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use footage::store::SiteDirectory;
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use crate::recording::{BEGAN_MS, Recording, session_id};
use crate::stage::{ANN, BOB, Stage};

fn path(site: i64) -> String {
    format!("/api/v1/sites/{site}")
}

async fn change(stage: &Stage, cookie: &str, site: i64, change: &Value) -> Value {
    let answer = stage
        .patch_as(cookie, &path(site), &change.to_string())
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.bytes);
    answer.json()
}

#[tokio::test]
async fn a_site_tells_its_policy_its_last_session_and_the_line_that_installs_it() {
    let stage = Stage::local().await;
    let id = stage.site(stage.account_a, "Shop", "key-a").await;
    let unused = stage.site(stage.account_a, "Unused", "key \"&<").await;
    for day in [0, 40, 39, 1] {
        let session = session_id(BEGAN_MS + day * 86_400_000, 1);
        Recording::store(&stage, stage.account_a, id, session).await;
    }
    let newest = session_id(BEGAN_MS + 40 * 86_400_000, 1);
    let ann = stage.sign_in(ANN).await;
    let sites = stage.get_as(&ann, "/api/v1/sites").await.json();
    let script = "<script async src=\"http://localhost:8080/recorder.js\" data-site=";
    let expected = json!({ "sites": [
        {
            "id": id,
            "name": "Shop",
            "key": "key-a",
            "demo": false,
            "allowed_origins": ["https://shop.example"],
            "keep_query": false,
            "mask_selectors": [],
            "block_selectors": [],
            "snippet": format!("{script}\"key-a\"></script>"),
            "last_session": {
                "id": newest.to_string(),
                "started_at_ms": BEGAN_MS + 40 * 86_400_000,
            },
        },
        {
            "id": unused,
            "name": "Unused",
            "key": "key \"&<",
            "demo": false,
            "allowed_origins": ["https://shop.example"],
            "keep_query": false,
            "mask_selectors": [],
            "block_selectors": [],
            "snippet": format!("{script}\"key &quot;&amp;&lt;\"></script>"),
            "last_session": null,
        },
    ] });
    assert_eq!(sites, expected);
}

#[tokio::test]
async fn the_last_session_of_a_site_is_found_however_long_ago() {
    let stage = Stage::local().await;
    let last_days = [0, 1, 8, 9, 40];
    let mut expected = Vec::new();
    for (number, day) in last_days.into_iter().enumerate() {
        let key = format!("key-{number}");
        let site = stage.site(stage.account_a, "Shop", &key).await;
        for day in BTreeSet::from([0, day]) {
            let session = session_id(BEGAN_MS + day * 86_400_000, 10 * number as u64 + day);
            Recording::store(&stage, stage.account_a, site, session).await;
        }
        expected.push(json!(BEGAN_MS + day * 86_400_000));
    }
    stage.site(stage.account_a, "Unused", "unused").await;
    expected.push(Value::Null);
    // More days than are looked at together. To make all their other tables would take long.
    let first = BEGAN_MS / 86_400_000;
    sqlx::raw_sql(AssertSqlSafe(format!(
        "do $$ declare day date; begin
            for number in {first}..{first} + 40 loop
                day := date '1970-01-01' + number;
                execute format('create table if not exists sessions_%s partition of sessions
                    for values from (%L) to (%L)', to_char(day, 'YYYYMMDD'), day, day + 1);
            end loop;
         end $$",
    )))
    .execute(&stage.owner().await)
    .await
    .unwrap();
    let ann = stage.sign_in(ANN).await;
    let list = stage.get_as(&ann, "/api/v1/sites").await.json();
    let sites = list["sites"].as_array().unwrap();
    let last = sites
        .iter()
        .map(|site| site["last_session"]["started_at_ms"].clone());
    assert_eq!(last.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_change_is_told_kept_and_known_at_the_next_hello() {
    let stage = Stage::local().await;
    let id = stage.site(stage.account_a, "Shop", "key-a").await;
    let directory = SiteDirectory::load(stage.writer.clone()).await.unwrap();
    let before = directory.find("key-a").await.unwrap().unwrap();
    let ann = stage.sign_in(ANN).await;
    let wanted = json!({
        "name": "  Größter Laden 😀 ",
        "allowed_origins": ["HTTPS://New.Example:443/", "http://[::1]:8080", "https://new.example"],
        "keep_query": true,
        "mask_selectors": [".name", "#a > b"],
        "block_selectors": ["video"],
    });
    let changed = change(&stage, &ann, id, &wanted).await;
    assert_eq!(changed["name"], "Größter Laden 😀");
    let origins = json!(["https://new.example", "http://[::1]:8080"]);
    assert_eq!(
        changed["allowed_origins"], origins,
        "in the spelling of browsers, each once"
    );
    let sites = stage.get_as(&ann, "/api/v1/sites").await.json();
    assert_eq!(sites["sites"], json!([changed]));

    directory.refresh().await.unwrap();
    let site = directory.find("key-a").await.unwrap().unwrap();
    assert!(site.allows("https://new.example") && !site.allows("https://shop.example"));
    assert!(site.keep_query);
    assert_eq!(site.mask_selectors, [".name", "#a > b"]);
    assert_eq!(site.block_selectors, ["video"]);
    assert_ne!(site.policy_hash, before.policy_hash);
}

#[tokio::test]
async fn what_a_change_leaves_out_stays() {
    let stage = Stage::local().await;
    let id = stage.site(stage.account_a, "Shop", "key-a").await;
    let ann = stage.sign_in(ANN).await;
    let mut site = change(&stage, &ann, id, &json!({})).await;
    for (field, value) in [
        ("name", json!("Other")),
        ("allowed_origins", json!(["*"])),
        ("keep_query", json!(true)),
        ("mask_selectors", json!([".a"])),
        ("block_selectors", json!([".b"])),
        ("mask_selectors", json!([])),
    ] {
        site[field] = value.clone();
        let one = json!({ field: value });
        assert_eq!(change(&stage, &ann, id, &one).await, site);
    }
}

#[tokio::test]
async fn changes_of_two_people_at_once_both_hold() {
    let stage = Stage::local().await;
    let id = stage.site(stage.account_a, "Shop", "key-a").await;
    let ann = stage.sign_in(ANN).await;
    let owner = stage.owner().await;
    let mut other = stage.jobs.begin().await.unwrap();
    sqlx::query("update sites set keep_query = true")
        .execute(&mut *other)
        .await
        .unwrap();
    let commit_when_waited_for = async {
        let waiting = "select exists (select from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock')";
        while !sqlx::query_scalar::<_, bool>(waiting)
            .fetch_one(&owner)
            .await
            .unwrap()
        {
            tokio::task::yield_now().await;
        }
        other.commit().await.unwrap();
    };
    let name = json!({ "name": "Ours" });
    let (site, ()) = tokio::join!(change(&stage, &ann, id, &name), commit_when_waited_for);
    let kept = (&site["name"], &site["keep_query"]);
    assert_eq!(kept, (&json!("Ours"), &json!(true)));
}

#[tokio::test]
async fn a_bad_field_is_named_with_its_entry_and_changes_nothing() {
    let stage = Stage::local().await;
    let id = stage.site(stage.account_a, "Shop", "key-a").await;
    let ann = stage.sign_in(ANN).await;
    let before = stage.get_as(&ann, "/api/v1/sites").await.json();
    let (many, wide) = (vec!["a"; 65], vec!["a".repeat(1_024); 33]);
    let far = format!("https://{}.example", "a".repeat(250));
    let origins = |bad: &str| json!(["https://a.example", bad]);
    for (field, value, said) in [
        ("name", json!(""), "0 characters"),
        ("name", json!(" \u{3000} "), "0 characters"),
        ("name", json!("ä".repeat(101)), "101 characters"),
        ("name", json!("a\nb"), "control"),
        ("name", json!("a\u{0}b"), "control"),
        ("allowed_origins", json!([]), "0 entries"),
        ("allowed_origins", json!(many), "65 entries"),
        ("allowed_origins", origins(""), "entry 2"),
        ("allowed_origins", origins("shop.example"), "shop.example"),
        (
            "allowed_origins",
            origins("https://a.example/path"),
            "entry 2",
        ),
        ("allowed_origins", origins("https://*.example"), "entry 2"),
        (
            "allowed_origins",
            origins("https://u:p@a.example"),
            "entry 2",
        ),
        (
            "allowed_origins",
            origins("https://a.example:99999"),
            "entry 2",
        ),
        ("allowed_origins", origins("https://a.example:"), "entry 2"),
        ("allowed_origins", origins("https://ö.example"), "entry 2"),
        ("allowed_origins", origins("javascript:alert(1)"), "entry 2"),
        ("allowed_origins", origins("null"), "entry 2"),
        ("allowed_origins", origins("https://a\u{0}"), "entry 2"),
        ("allowed_origins", origins(&far), "entry 2"),
        ("mask_selectors", json!(many), "65 entries"),
        ("mask_selectors", json!([".a", " "]), "entry 2"),
        (
            "block_selectors",
            json!([".a", ".b", "x".repeat(1_025)]),
            "entry 3",
        ),
        ("block_selectors", json!([".a\u{0}"]), "entry 1"),
        ("block_selectors", json!([".a,\n.b"]), "entry 1"),
        ("mask_selectors", json!([".a", ".b /*", ".c"]), "entry 2"),
        ("block_selectors", json!(["[a='b]", ".c"]), "entry 1"),
        ("mask_selectors", json!(wide), "33792 bytes"),
    ] {
        // The rest of the change is good.
        let mut change = json!({ "keep_query": true });
        change[field] = value;
        let answer = stage.patch_as(&ann, &path(id), &change.to_string()).await;
        answer.assert_error(StatusCode::BAD_REQUEST, "bad_field");
        let message = answer.json()["message"].to_string();
        assert!(
            message.contains(field) && message.contains(said),
            "{message}"
        );
        assert!(message.len() < 500, "{message}");
    }
    for body in [
        r#"{"site_key":"mine"}"#,
        r#"{"demo":true}"#,
        r#"{"keep_query":"yes"}"#,
        r#"{"name":1}"#,
        r#"{"name":null}"#,
        r#"{"allowed_origins":null}"#,
        r#"{"keep_query":null}"#,
        r#"{"mask_selectors":null}"#,
        r#"{"block_selectors":null}"#,
        r#"{"mask_selectors":[null]}"#,
        r#"{"allowed_origins":"*"}"#,
        "[]",
        r#"["Mine",["*"],true,[],[]]"#,
        "",
    ] {
        let answer = stage.patch_as(&ann, &path(id), body).await;
        answer.assert_error(StatusCode::UNPROCESSABLE_ENTITY, "bad_json");
    }
    let after = stage.get_as(&ann, "/api/v1/sites").await.json();
    assert_eq!(before, after);
}

#[tokio::test]
async fn selectors_fit_up_to_their_limits_and_no_further() {
    let stage = Stage::local().await;
    let id = stage.site(stage.account_a, "Shop", "key-a").await;
    let ann = stage.sign_in(ANN).await;
    let half = vec!["é".repeat(512); 16];
    let both = json!({ "mask_selectors": half, "block_selectors": half });
    change(&stage, &ann, id, &both).await;
    let sixty_four = json!({ "mask_selectors": vec!["a"; 64], "name": "n".repeat(100) });
    change(&stage, &ann, id, &sixty_four).await;
    let far: Vec<_> = (0..64)
        .map(|number| format!("https://{number}.example"))
        .collect();
    change(&stage, &ann, id, &json!({ "allowed_origins": far })).await;
    // What is there already counts.
    let one_more = json!({ "mask_selectors": vec!["a".repeat(1_024); 17] });
    let answer = stage.patch_as(&ann, &path(id), &one_more.to_string()).await;
    answer.assert_error(StatusCode::BAD_REQUEST, "bad_field");
}

#[tokio::test]
async fn the_demo_shop_keeps_its_origins() {
    let stage = Stage::local().await;
    let id = stage.site(stage.account_a, "Demo", "key-a").await;
    sqlx::query("update sites set demo = true where id = $1")
        .bind(id)
        .execute(&stage.jobs)
        .await
        .unwrap();
    let ann = stage.sign_in(ANN).await;
    let other = json!({ "allowed_origins": ["*"] }).to_string();
    let answer = stage.patch_as(&ann, &path(id), &other).await;
    answer.assert_error(StatusCode::BAD_REQUEST, "bad_field");
    let hint = answer.json()["hint"].to_string();
    assert!(hint.contains("FOOTAGE_PUBLIC_URL"), "{hint}");
    // A form that sends everything back may.
    let same = json!({ "allowed_origins": ["https://shop.example"], "name": "Try me" });
    let demo = change(&stage, &ann, id, &same).await;
    assert_eq!(
        (&demo["name"], &demo["demo"]),
        (&json!("Try me"), &json!(true))
    );
}

#[tokio::test]
async fn a_site_of_another_account_looks_absent() {
    let stage = Stage::local().await;
    let of_b = stage.site(stage.account_b, "B's shop", "key-b").await;
    let (ann, bob) = (stage.sign_in(ANN).await, stage.sign_in(BOB).await);
    let before = stage.get_as(&bob, "/api/v1/sites").await.json();
    let body = json!({ "name": "Mine" }).to_string();
    let missing = stage.patch_as(&ann, &path(of_b + 999), &body).await;
    missing.assert_error(StatusCode::NOT_FOUND, "not_found");
    for id in [
        &of_b.to_string(),
        "0",
        "-1",
        "x",
        "%00",
        "9223372036854775808",
    ] {
        let path = format!("/api/v1/sites/{id}");
        let foreign = stage.patch_as(&ann, &path, &body).await;
        assert_eq!(
            (foreign.status, &foreign.bytes),
            (missing.status, &missing.bytes),
            "{id}"
        );
    }
    assert_eq!(stage.get_as(&bob, "/api/v1/sites").await.json(), before);
    let sites = stage.get_as(&ann, "/api/v1/sites").await.json();
    assert_eq!(sites["sites"], json!([]));
}
