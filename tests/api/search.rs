//! How far a search comes, and that its pages hold every match once.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use uuid::Uuid;

use crate::recording::{BEGAN_MS, session_id};
use crate::stage::{ANN, Stage};
use crate::visits::{HOUR_MS, Visit, ids, walk};

#[tokio::test]
async fn pages_under_filters_hold_every_match_once() {
    let stage = Stage::local().await;
    let shop = stage.site(stage.account_a, "Shop", "key-a").await;
    let (mut all, mut matching) = (Vec::new(), Vec::new());
    for number in 0..90 {
        let mut visit = Visit::after_hours(shop, number * 5);
        if number % 7 == 3 {
            visit.pages = &[
                ("https://shop.example/a", ""),
                ("https://shop.example/sought", ""),
            ];
        }
        let id = visit.store(&stage, stage.account_a).await;
        all.insert(0, id);
        if number % 7 == 3 {
            matching.insert(0, id);
        }
        if number % 2 == 0 {
            stage.live.add(id);
        }
    }
    let ann = stage.sign_in(ANN).await;
    assert_eq!(walk(&stage, &ann, "/api/v1/sessions?limit=200").await, all);
    let is_live = |id: &&Uuid| matching.iter().rev().position(|one| one == *id).unwrap() % 2 == 1;
    let live: Vec<Uuid> = matching.iter().filter(is_live).copied().collect();
    let other: Vec<Uuid> = matching.iter().filter(|id| !is_live(id)).copied().collect();
    for limit in [1, 2, 3, 12, 13, 14] {
        let path = format!("/api/v1/sessions?limit={limit}&page=sought");
        assert_eq!(walk(&stage, &ann, &path).await, matching, "by {limit}");
        for (value, expected) in [("true", &live), ("false", &other)] {
            let path = format!("{path}&live={value}");
            assert_eq!(
                walk(&stage, &ann, &path).await,
                *expected,
                "{value} by {limit}"
            );
        }
    }
}

#[tokio::test]
async fn the_live_ones_and_then_the_others_are_all_sessions_once() {
    let stage = Stage::local().await;
    let shop = stage.site(stage.account_a, "Shop", "key-a").await;
    let of_b = stage.site(stage.account_b, "B's shop", "key-b").await;
    let mut stored = BTreeSet::new();
    for number in 0..12 {
        let id = Visit::after_hours(shop, number)
            .store(&stage, stage.account_a)
            .await;
        stored.insert(id);
        if number % 3 == 0 {
            stage.live.add(id);
        }
    }
    // Live, but ended a moment ago: the socket is not closed yet.
    let ended = Visit::after_hours(shop, 12)
        .store(&stage, stage.account_a)
        .await;
    stored.insert(ended);
    stage.live.add(ended);
    sqlx::query("update sessions set ended_as = 'limit' where id = $1")
        .bind(ended)
        .execute(&stage.writer)
        .await
        .unwrap();
    // Live, and newer, but of another account or not stored yet: more than are asked for at once.
    let foreign = Visit::after_hours(of_b, 13)
        .store(&stage, stage.account_b)
        .await;
    stage.live.add(foreign);
    for number in 0..450 {
        stage.live.add(session_id(BEGAN_MS + 20 * HOUR_MS, number));
    }
    let ann = stage.sign_in(ANN).await;
    let live = walk(&stage, &ann, "/api/v1/sessions?live=true&limit=3").await;
    let others = walk(&stage, &ann, "/api/v1/sessions?live=false&limit=3").await;
    assert_eq!((live.len(), others.len()), (4, 9));
    assert!(live.is_sorted_by(|one, next| one > next));
    assert!(others.contains(&ended));
    let all: BTreeSet<Uuid> = live.into_iter().chain(others).collect();
    assert_eq!(all, stored);
}

/// Makes reading a page take as many milliseconds as its title says.
async fn slow_down(stage: &Stage) {
    sqlx::raw_sql(
        "alter table pages rename to quick_pages;
         create view pages as select account_id, started_on, session_id, url,
            title || pg_sleep(title::float / 1000)::text as title from quick_pages;
         grant select on pages to footage_staff",
    )
    .execute(&stage.owner().await)
    .await
    .unwrap();
}

#[tokio::test]
async fn a_search_that_runs_out_of_time_says_how_far_it_came_and_goes_on_there() {
    let stage = Stage::local().await;
    let shop = stage.site(stage.account_a, "Shop", "key-a").await;
    let mut began = BTreeSet::new();
    let mut sought = None;
    for number in 0..100 {
        let mut visit = Visit {
            pages: &[("/", "15")],
            ..Visit::after_hours(shop, number)
        };
        if number == 0 {
            visit.pages = &[("/sought", "15")];
        }
        began.insert(visit.began_ms);
        let id = visit.store(&stage, stage.account_a).await;
        sought = sought.or(Some(id));
    }
    slow_down(&stage).await;
    let ann = stage.sign_in(ANN).await;
    let first = "/api/v1/sessions?limit=5&page=sought";
    let page = stage.get_as(&ann, first).await.json();
    assert!(ids(&page).is_empty(), "{page}");
    let reached = page["searched_to_ms"].as_u64().unwrap();
    assert!(began.contains(&reached), "{reached}");
    assert_ne!(began.first(), Some(&reached), "the search came to its end");
    let next = page["next"].as_str().unwrap();
    let rest = walk(&stage, &ann, &format!("{first}&before={next}")).await;
    assert_eq!(rest, sought.as_slice());
    // What needs no page is not slow.
    let page = stage.get_as(&ann, "/api/v1/sessions?limit=5").await.json();
    assert_eq!(ids(&page).len(), 5);
    assert!(page["searched_to_ms"].is_null());
}

#[tokio::test]
async fn a_page_that_is_full_when_time_is_over_is_a_page_like_others() {
    let stage = Stage::local().await;
    let shop = stage.site(stage.account_a, "Shop", "key-a").await;
    for number in 0..100 {
        let visit = Visit {
            pages: if number < 98 {
                &[("/", "15")]
            } else {
                &[("/sought", "15")]
            },
            ..Visit::after_hours(shop, number)
        };
        visit.store(&stage, stage.account_a).await;
    }
    slow_down(&stage).await;
    let ann = stage.sign_in(ANN).await;
    let path = "/api/v1/sessions?limit=2&page=sought";
    let page = stage.get_as(&ann, path).await.json();
    assert_eq!(ids(&page).len(), 2);
    assert!(
        page["searched_to_ms"].is_null() && page["next"].is_string(),
        "{page}"
    );
}

#[tokio::test]
async fn a_look_that_takes_too_long_is_tried_with_fewer_sessions_and_then_given_up() {
    let stage = Stage::local().await;
    let shop = stage.site(stage.account_a, "Shop", "key-a").await;
    let endless = Visit {
        pages: &[("/", "60000")],
        ..Visit::after_hours(shop, 0)
    };
    endless.store(&stage, stage.account_a).await;
    for number in 1..10 {
        let visit = Visit {
            pages: &[("/", "300")],
            ..Visit::after_hours(shop, number)
        };
        visit.store(&stage, stage.account_a).await;
    }
    slow_down(&stage).await;
    let ann = stage.sign_in(ANN).await;
    let path = "/api/v1/sessions?limit=5&page=sought";
    let page = stage.get_as(&ann, path).await.json();
    let newest = BEGAN_MS + 9 * HOUR_MS;
    assert_eq!(page["searched_to_ms"], newest, "{page}");
    let before_last = (BEGAN_MS + HOUR_MS).to_string();
    let path = format!("{path}&to_ms={before_last}");
    let answer = stage.get_as(&ann, &path).await;
    answer.assert_error(StatusCode::SERVICE_UNAVAILABLE, "timed_out");
}
