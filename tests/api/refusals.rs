//! What is refused before a handler sees it, and what every answer carries.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};

use crate::stage::{ANN, Answer, LOCAL, Place, Stage, get, login, post_json};
use crate::stage::{BOB, PASSWORD};

#[tokio::test]
async fn unsafe_requests_of_other_sites_are_refused() {
    let stage = Stage::local().await;
    let cookie = stage.sign_in(ANN).await;
    let headers: [&[(&str, &str)]; 5] = [
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
    ];
    for pairs in headers {
        let mut request = Request::post("/api/v1/logout").header(header::COOKIE, &cookie);
        for (name, value) in pairs {
            request = request.header(*name, *value);
        }
        let answer = stage.ask(request.body(Body::empty()).unwrap()).await;
        answer.assert_error(StatusCode::FORBIDDEN, "cross_site");
    }
    assert_eq!(stage.get_as(&cookie, "/api/v1/me").await.status, 200);

    let no_browser = Request::post("/api/v1/logout")
        .header(header::COOKIE, &cookie)
        .header(header::ORIGIN, LOCAL)
        .body(Body::empty())
        .unwrap();
    assert_eq!(stage.ask(no_browser).await.status, 204);
}

#[tokio::test]
async fn only_plain_json_of_a_sane_size_is_read() {
    let stage = Stage::local().await;
    let large = format!(r#"{{"email":"{}","password":""}}"#, "a".repeat(256 * 1024));
    // A field that nobody reads would do to use up the stack.
    let nested = |depth: usize| {
        let (open, shut) = ("[".repeat(depth - 1), "]".repeat(depth - 1));
        format!(r#"{{"email":"{ANN}","password":"{PASSWORD}","more":{open}{shut}}}"#)
    };
    let cases = [
        (post_json("/api/v1/login", &large), 413, "body_too_large"),
        (post_json("/api/v1/login", &nested(33)), 422, "bad_json"),
        (post_json("/api/v1/login", "{"), 422, "bad_json"),
        (post_json("/api/v1/login", "{}"), 422, "bad_json"),
        (post_json("/api/v1/login", "[1]"), 422, "bad_json"),
    ];
    for (request, status, code) in cases {
        let answer = stage.ask(request).await;
        answer.assert_error(StatusCode::from_u16(status).unwrap(), code);
    }
    let deep = stage.ask(post_json("/api/v1/login", &nested(32))).await;
    assert_eq!(deep.status, StatusCode::OK, "{:?}", deep.bytes);
    let mut form = login(ANN, PASSWORD);
    let form_type = "application/x-www-form-urlencoded".parse().unwrap();
    form.headers_mut().insert(header::CONTENT_TYPE, form_type);
    let refused = stage.ask(form).await;
    refused.assert_error(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content_type");
    let mut packed = login(BOB, PASSWORD);
    let headers = packed.headers_mut();
    headers.insert(header::CONTENT_ENCODING, "gzip".parse().unwrap());
    let refused = stage.ask(packed).await;
    refused.assert_error(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content_encoding");
}

#[tokio::test]
async fn unknown_paths_and_methods_are_told_in_json() {
    let stage = Stage::local().await;
    for path in [
        "/api",
        "/api/v1/nothing",
        "/api/v2/me",
        "/v1/record",
        "/missing.js",
    ] {
        let answer = stage.get(path).await;
        answer.assert_error(StatusCode::NOT_FOUND, "no_such_path");
    }
    let cookie = stage.sign_in(ANN).await;
    for path in ["/api/v1/me", "/", "/recorder.js"] {
        let answer = stage.post_as(&cookie, path).await;
        answer.assert_error(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed");
        assert!(answer.header("allow").contains("GET"));
    }
}

#[track_caller]
fn assert_safe(answer: &Answer, of: &str) {
    assert_eq!(answer.header("x-content-type-options"), "nosniff", "{of}");
    let opener = answer.header("cross-origin-opener-policy");
    assert_eq!(opener, "same-origin", "{of}");
    let policy = answer.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'"), "{of}: {policy}");
    assert!(policy.contains("frame-ancestors 'none'"), "{of}: {policy}");
    assert_eq!(answer.header("x-frame-options"), "DENY", "{of}");
    assert_eq!(answer.header("referrer-policy"), "same-origin", "{of}");
    let age = answer.header("strict-transport-security");
    assert_eq!(age, "max-age=31536000", "{of}");
}

#[tokio::test]
async fn every_answer_carries_the_safety_headers() {
    let stage = Stage::at(Place {
        public: "https://footage.example",
        replay: Some("https://replay.example"),
    })
    .await;
    for path in [
        "/",
        "/sessions/anything",
        "/assets/index-1.js",
        "/assets/missing.js",
        "/recorder.js",
        "/demo/",
        "/demo",
        "/player-assets/index-2.js",
        "/player/AAAA",
        "/api/v1/me",
        "/api/v1/nothing",
    ] {
        assert_safe(&stage.get(path).await, path);
    }
    let refused = Request::post("/").header("sec-fetch-site", "cross-site");
    let refused = stage.ask(refused.body(Body::empty()).unwrap()).await;
    assert_safe(&refused, "cross-site");

    let page = stage.get("/").await;
    assert_eq!(
        page.header("content-security-policy"),
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
         img-src 'self' data:; font-src 'self' data:; connect-src 'self'; \
         frame-src 'self' https://replay.example; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'"
    );
}

#[tokio::test]
async fn the_replay_host_knows_only_the_player() {
    let stage = Stage::at(Place {
        public: "https://footage.example",
        replay: Some("https://replay.example"),
    })
    .await;
    for (path, status) in [
        ("/", 404),
        ("/api/v1/me", 404),
        ("/recorder.js", 404),
        ("/player-assets/index-2.js", 200),
    ] {
        let mut request = get(path);
        let headers = request.headers_mut();
        headers.insert(header::HOST, "replay.example".parse().unwrap());
        let answer = stage.ask(request).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
    }
}
