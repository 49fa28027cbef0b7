//! The built web side.

use std::collections::HashMap;

use axum::http::{StatusCode, header};

use crate::stage::{Answer, LOCAL, Place, Stage, get};

async fn conditional(stage: &Stage, path: &str, etag: &str) -> Answer {
    let mut request = get(path);
    let headers = request.headers_mut();
    headers.insert(header::IF_NONE_MATCH, etag.parse().unwrap());
    stage.ask(request).await
}

#[tokio::test]
async fn the_recorder_is_for_every_site_and_sent_only_when_changed() {
    let stage = Stage::local().await;
    let fresh = stage.get("/recorder.js").await;
    assert_eq!(fresh.status, StatusCode::OK);
    assert_eq!(fresh.text(), "record()");
    assert_eq!(
        fresh.header("content-type"),
        "text/javascript; charset=utf-8"
    );
    assert_eq!(fresh.header("cache-control"), "public, max-age=300");
    assert_eq!(fresh.header("access-control-allow-origin"), "*");
    assert_eq!(fresh.header("cross-origin-resource-policy"), "cross-origin");
    let etag = fresh.header("etag");
    assert!(etag.starts_with('"') && etag.len() == 66, "{etag}");

    for known in [etag, "*", &format!("\"x\", W/{etag}")] {
        let same = conditional(&stage, "/recorder.js", known).await;
        assert_eq!(same.status, StatusCode::NOT_MODIFIED, "{known}");
        assert!(same.bytes.is_empty());
        assert_eq!(same.header("etag"), etag);
        assert_eq!(same.header("access-control-allow-origin"), "*");
    }
    let other = conditional(&stage, "/recorder.js", "\"x\"").await;
    assert_eq!(other.status, StatusCode::OK);

    let hash = &etag[1..17];
    let named = stage.get(&format!("/recorder-{hash}.js")).await;
    assert_eq!(named.text(), "record()");
    let forever = "public, max-age=31536000, immutable";
    assert_eq!(named.header("cache-control"), forever);
    for wrong in ["/recorder-.js", "/recorder-0000000000000000.js"] {
        assert_eq!(stage.get(wrong).await.status, 404, "{wrong}");
    }
}

#[tokio::test]
async fn the_dashboard_answers_every_address_of_its_own() {
    let stage = Stage::local().await;
    for path in ["/", "/sessions", "/sessions/0199/replay?t=5", "/assetsx"] {
        let page = stage.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        assert_eq!(page.text(), "<title>dashboard</title>", "{path}");
        assert_eq!(page.header("cache-control"), "no-cache");
    }
    let script = stage.get("/assets/index-1.js").await;
    assert_eq!(script.text(), "dashboard()");
    let forever = "public, max-age=31536000, immutable";
    assert_eq!(script.header("cache-control"), forever);
    assert_eq!(stage.get("/robots.txt").await.text(), "User-agent: *");
}

#[tokio::test]
async fn documents_are_reached_only_with_their_policy() {
    let stage = Stage::local().await;
    for path in [
        "/player-assets/index.html",
        "/index.html",
        "/player/index.html",
        "/assets/../index.html",
        "/player-assets/",
        "/player",
    ] {
        assert_eq!(stage.get(path).await.status, 404, "{path}");
    }
    let script = stage.get("/player-assets/index-2.js").await;
    assert_eq!(script.text(), "player()");
}

#[tokio::test]
async fn the_demo_shop_records_itself() {
    let stage = Stage::local().await;
    for path in ["/demo/", "/demo/index.html"] {
        let page = stage.get(path).await;
        assert!(page.text().contains(r#"data-site="demo-key""#), "{path}");
        let policy = page.header("content-security-policy");
        assert!(policy.contains("script-src 'self';"), "{policy}");
    }
    assert_eq!(stage.get("/demo/list-3.js").await.text(), "shop()");
    let bare = stage.get("/demo").await;
    assert_eq!(bare.status, StatusCode::PERMANENT_REDIRECT);
    assert_eq!(bare.header("location"), "/demo/");
}

#[tokio::test]
async fn without_a_build_the_page_says_what_to_do() {
    let place = Place {
        public: LOCAL,
        replay: None,
    };
    let stage = Stage::with_files(place, HashMap::new()).await;
    assert!(stage.get("/").await.text().contains("make build"));
    assert_eq!(stage.get("/recorder.js").await.status, 404);
}
