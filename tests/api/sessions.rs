//! The list and one session of it.

use std::collections::BTreeSet;

use serde_json::json;

use crate::recording::{BEGAN_MS, Recording, session_id};
use crate::stage::{ANN, LIVE, Stage};

/// The ids of all pages, in the order told.
async fn walk(stage: &Stage, cookie: &str, first: String) -> Vec<String> {
    let mut walked = Vec::new();
    let mut path = first.clone();
    loop {
        let page = stage.get_as(cookie, &path).await.json();
        let sessions = page["sessions"].as_array().unwrap();
        assert!(!sessions.is_empty(), "an empty page");
        walked.extend(sessions.iter().map(|session| {
            let id = session["id"].as_str().unwrap();
            id.to_owned()
        }));
        let Some(next) = page["next"].as_str() else {
            return walked;
        };
        path = format!("{first}&before={next}");
    }
}

#[tokio::test]
async fn pages_of_the_list_hold_every_session_once_newest_first() {
    let stage = Stage::local().await;
    let site = stage.site(stage.account_a, "Shop", "key-a").await;
    let mut stored = BTreeSet::new();
    for number in 0..23_u64 {
        // Several in the same millisecond, over three days.
        let began = BEGAN_MS + (number / 3) * 9 * 3_600_000;
        let id = session_id(began, number);
        Recording::store(&stage, stage.account_a, site, id).await;
        stored.insert(id.to_string());
    }
    let ann = stage.sign_in(ANN).await;
    for limit in [1, 5, 22, 23, 24] {
        let path = format!("/api/v1/sessions?limit={limit}");
        let walked = walk(&stage, &ann, path).await;
        let mut newest_first: Vec<String> = stored.iter().cloned().collect();
        newest_first.reverse();
        assert_eq!(walked, newest_first, "by {limit}");
    }
}

#[tokio::test]
async fn sessions_of_years_ago_and_of_a_clock_ahead_are_listed() {
    let stage = Stage::local().await;
    let site = stage.site(stage.account_a, "Shop", "key-a").await;
    let (day, year) = (86_400_000, 365 * 86_400_000);
    let mut newest_first = Vec::new();
    for began in [
        BEGAN_MS + 9 * year,
        BEGAN_MS,
        BEGAN_MS - 9 * day,
        BEGAN_MS - 70 * day,
        BEGAN_MS - year,
        BEGAN_MS - 20 * year,
        0,
    ] {
        let id = session_id(began, 1);
        Recording::store(&stage, stage.account_a, site, id).await;
        newest_first.push(id.to_string());
    }
    let ann = stage.sign_in(ANN).await;
    for limit in [1, 2, 3, 50] {
        let path = format!("/api/v1/sessions?limit={limit}");
        assert_eq!(walk(&stage, &ann, path).await, newest_first, "by {limit}");
    }
}

#[tokio::test]
async fn a_session_tells_how_complete_it_is() {
    let stage = Stage::local().await;
    let site = stage.site(stage.account_a, "Shop", "key-a").await;
    let recording = Recording::store(&stage, stage.account_a, site, LIVE).await;
    let (first, second) = ([1; 8], [2; 8]);
    // Numbers 1 to 9 kept, but 3 and 4 given up and 7 missing; the end is number 10, not here.
    let numbers = ("{[1,7),[8,10)}", "{[3,5)}", Some(10));
    recording.stream(&stage, first, 0, numbers).await;
    recording
        .stream(&stage, second, 5_000, ("{}", "{}", None))
        .await;
    recording.page_and_gap(&stage, first, (3, 4)).await;
    let ann = stage.sign_in(ANN).await;
    let session = stage
        .get_as(&ann, &format!("/api/v1/sessions/{LIVE}"))
        .await
        .json();
    let began = 0x0199_0000_0000_i64;
    let summary = json!({
        "id": LIVE.to_string(),
        "site": { "id": site, "name": "Shop" },
        "visitor": "000102030405060708090a0b0c0d0e0f",
        "user": null,
        "started_at_ms": began,
        "last_event_at_ms": began + 9_000,
        "duration_ms": 9_000,
        "live": true,
        "ended_as": null,
        "pages": 2,
        "first_url": "https://shop.example/",
        "last_url": "https://shop.example/cart",
        "title": "Shop",
        "events": 40,
        "clicks": 5,
        "inputs": 0,
        "errors": 0,
        "bytes": 300,
        "raw_bytes": 1_000,
        "batches": 3,
        "completeness": { "received": 6, "expected": 8, "missing": 2 },
    });
    let mut detail = summary.clone();
    detail["streams"] = json!([
        {
            "id": "0101010101010101",
            "started_at_ms": began,
            "url": "https://shop.example/",
            "title": "Shop",
            "viewport_width": 1280,
            "viewport_height": 720,
            "ended": true,
            "received": [[1, 2], [5, 6], [8, 9]],
            "missing": [[7, 7], [10, 10]],
            "gaps": [{ "first": 3, "last": 4, "cause": "no_room" }],
        },
        {
            "id": "0202020202020202",
            "started_at_ms": began + 5_000,
            "url": "https://shop.example/",
            "title": "Shop",
            "viewport_width": 1280,
            "viewport_height": 720,
            "ended": false,
            "received": [],
            "missing": [],
            "gaps": [],
        },
    ]);
    detail["pages_visited"] = json!([{
        "at_ms": began,
        "url": "https://shop.example/",
        "title": "Shop",
        "cause": "load",
        "stream": "0101010101010101",
    }]);
    assert_eq!(session, detail);
    let list = stage.get_as(&ann, "/api/v1/sessions").await.json();
    assert_eq!(
        list,
        json!({ "sessions": [summary], "next": null, "searched_to_ms": null })
    );
}

#[tokio::test]
async fn an_ended_session_is_not_live() {
    let stage = Stage::local().await;
    let site = stage.site(stage.account_a, "Shop", "key-a").await;
    Recording::store(&stage, stage.account_a, site, LIVE).await;
    sqlx::query("update sessions set ended_as = 'left'")
        .execute(&stage.writer)
        .await
        .unwrap();
    let ann = stage.sign_in(ANN).await;
    let list = stage.get_as(&ann, "/api/v1/sessions").await.json();
    assert_eq!(list["sessions"][0]["live"], false);
    assert_eq!(list["sessions"][0]["ended_as"], "left");
}
