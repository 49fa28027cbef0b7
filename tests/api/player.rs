//! The player's document under its one-time address.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use uuid::Uuid;

use crate::recording::{BEGAN_MS, Recording, session_id};
use crate::stage::{ANN, LOCAL, Place, Stage, get};

async fn stored(stage: &Stage) -> Uuid {
    let site = stage.site(stage.account_a, "Shop", "key-a").await;
    let id = session_id(BEGAN_MS, 1);
    Recording::store(stage, stage.account_a, site, id).await;
    id
}

/// The address, split into its origin and path.
async fn address(stage: &Stage, session: Uuid, from: &str) -> (String, String) {
    let cookie = stage.sign_in(ANN).await;
    let host = from.split("//").nth(1).unwrap();
    let request = Request::post(format!("/api/v1/sessions/{session}/player"))
        .header(header::COOKIE, cookie)
        .header(header::HOST, host)
        .header(header::ORIGIN, from)
        .header("sec-fetch-site", "same-origin")
        .body(Body::empty())
        .unwrap();
    let answer = stage.ask(request).await;
    assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.bytes);
    let url = answer.json()["url"].as_str().unwrap().to_owned();
    let at = url.find("/player/").unwrap();
    (url[..at].to_owned(), url[at..].to_owned())
}

#[tokio::test]
async fn the_document_is_shown_once_under_its_own_policy() {
    let stage = Stage::local().await;
    let session = stored(&stage).await;
    let (origin, path) = address(&stage, session, LOCAL).await;
    assert_eq!(origin, LOCAL);
    assert_eq!(path.len(), "/player/".len() + 22);

    let head = Request::head(&path).body(Body::empty()).unwrap();
    assert_eq!(stage.ask(head).await.status, 405);
    let page = stage.get(&path).await;
    assert_eq!(page.status, StatusCode::OK);
    let policy = page.header("content-security-policy");
    let nonce = policy.split("'nonce-").nth(1).unwrap();
    let nonce = nonce.split('\'').next().unwrap();
    assert_eq!(nonce.len(), 22);
    assert_eq!(
        policy,
        format!(
            "default-src 'none'; script-src 'nonce-{nonce}'; \
             style-src http://localhost:8080/player-assets/ 'unsafe-inline'; img-src data: blob:; font-src data:; connect-src 'none'; frame-src 'none'; \
             object-src 'none'; base-uri 'none'; form-action 'none'; \
             frame-ancestors http://localhost:8080"
        )
    );
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert_eq!(page.header("x-dns-prefetch-control"), "off");
    assert!(page.header("permissions-policy").contains("camera=()"));
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(!page.headers.contains_key("x-frame-options"));
    assert_eq!(
        page.text(),
        format!(
            "<html data-parent-origin=\"{LOCAL}\"><script nonce=\"{nonce}\"></script>\
             <link nonce=\"{nonce}\"></html>"
        )
    );

    let again = stage.get(&path).await;
    again.assert_error(StatusCode::NOT_FOUND, "not_found");
    let (_, other) = address(&stage, session, LOCAL).await;
    let other = stage.get(&other).await;
    assert!(!other.text().contains(nonce), "a nonce was used twice");
}

#[tokio::test]
async fn it_lives_on_the_replay_origin_and_may_be_framed_by_the_dashboard() {
    let stage = Stage::at(Place {
        public: "http://127.0.0.1:8080",
        replay: Some("http://replay.localhost:8080"),
    })
    .await;
    let session = stored(&stage).await;
    let (origin, path) = address(&stage, session, "http://localhost:8080").await;
    assert_eq!(origin, "http://replay.localhost:8080");
    let mut request = get(&path);
    let headers = request.headers_mut();
    headers.insert(header::HOST, "replay.localhost:8080".parse().unwrap());
    let page = stage.ask(request).await;
    let policy = page.header("content-security-policy");
    assert!(policy.ends_with("frame-ancestors http://localhost:8080"));
}

#[tokio::test]
async fn an_origin_that_is_not_the_host_is_not_believed() {
    let stage = Stage::local().await;
    let session = stored(&stage).await;
    let cookie = stage.sign_in(ANN).await;
    let request = Request::post(format!("/api/v1/sessions/{session}/player"))
        .header(header::COOKIE, cookie)
        .header(header::HOST, "localhost:8080")
        .header(header::ORIGIN, "https://evil.example")
        .header("sec-fetch-site", "same-origin")
        .body(Body::empty())
        .unwrap();
    let url = stage.ask(request).await.json()["url"].clone();
    let path = url.as_str().unwrap().strip_prefix(LOCAL).unwrap();
    let page = stage.get(path).await;
    let policy = page.header("content-security-policy");
    assert!(policy.ends_with("frame-ancestors http://localhost:8080"));
}
