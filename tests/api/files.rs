//! The built web side.

use std::collections::HashMap;

use axum::http::{HeaderName, Method, StatusCode, header};
use flate2::read::GzDecoder;
use std::io::Read as _;

use crate::stage::{Answer, LOCAL, Place, Stage, get};

fn local() -> Place {
    Place {
        public: LOCAL,
        replay: None,
    }
}

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
async fn text_is_sent_in_gzip_to_who_takes_it() {
    let script: &str = "document.addEventListener('click', record);\n"
        .repeat(4_000)
        .leak();
    let files = HashMap::from([
        ("recorder/recorder.js", script),
        ("demo/font.woff2", script),
        ("dashboard/tiny.svg", "<svg/>"),
    ]);
    let stage = Stage::with_files(local(), files).await;
    let ask = async |method: Method, path: &str, pairs: &[(HeaderName, &str)]| {
        let mut request = get(path);
        *request.method_mut() = method;
        for (name, value) in pairs {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        stage.ask(request).await
    };
    let takes_gzip = [(header::ACCEPT_ENCODING, "gzip, deflate, br")];

    let plain = stage.get("/recorder.js").await;
    assert_eq!(plain.text(), script);
    assert_eq!(plain.headers.get("content-encoding"), None);
    assert_eq!(plain.header("vary"), "accept-encoding");

    let packed = ask(Method::GET, "/recorder.js", &takes_gzip).await;
    let mut unpacked = String::new();
    GzDecoder::new(&*packed.bytes)
        .read_to_string(&mut unpacked)
        .unwrap();
    assert_eq!(unpacked, script);
    assert!(packed.bytes.len() <= 32 * 1024, "{}", packed.bytes.len());
    for (name, value) in [
        ("content-encoding", "gzip"),
        ("vary", "accept-encoding"),
        ("content-type", "text/javascript; charset=utf-8"),
        ("cache-control", "public, max-age=300"),
        ("access-control-allow-origin", "*"),
    ] {
        assert_eq!(packed.header(name), value);
    }
    let tags = [plain.header("etag"), packed.header("etag")];
    assert_ne!(tags[0], tags[1]);

    let mut head = ask(Method::HEAD, "/recorder.js", &takes_gzip).await;
    assert!(head.bytes.is_empty());
    let length = head.headers.remove("content-length").unwrap();
    assert_eq!(length, packed.bytes.len().to_string());
    let mut whole = packed.headers.clone();
    whole.remove("content-length");
    assert_eq!(head.headers, whole);

    for tag in tags {
        let known = (header::IF_NONE_MATCH, tag);
        for asked in [
            vec![known.clone()],
            vec![known.clone(), takes_gzip[0].clone()],
        ] {
            let same = ask(Method::GET, "/recorder.js", &asked).await;
            assert_eq!(same.status, StatusCode::NOT_MODIFIED, "{asked:?}");
            assert!(same.bytes.is_empty());
            assert_eq!(same.header("etag"), tag);
            assert_eq!(same.header("vary"), "accept-encoding");
        }
    }
    for (path, bytes) in [("/demo/font.woff2", script), ("/tiny.svg", "<svg/>")] {
        let stays = ask(Method::GET, path, &takes_gzip).await;
        assert_eq!(stays.headers.get("content-encoding"), None, "{path}");
        assert_eq!(stays.text(), bytes, "{path}");
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
    let stage = Stage::with_files(local(), HashMap::new()).await;
    assert!(stage.get("/").await.text().contains("make build"));
    assert_eq!(stage.get("/recorder.js").await.status, 404);
}
