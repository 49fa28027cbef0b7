//! Who may ask for what.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use footage::api::{Access, ROUTES, Route};

use crate::recording::{BEGAN_MS, Recording, session_id};
use crate::stage::{ANN, BOB, Stage};

/// The routes that need no cookie; each is public for a reason told in the table of routes.
const PUBLIC: [(&str, &str); 3] = [
    ("POST", "/api/v1/login"),
    ("GET", "/api/openapi.json"),
    ("GET", "/player/{ticket}"),
];

fn request(route: &Route, id: &str, cookie: Option<&str>) -> Request<Body> {
    let path = route.path.replace("{id}", id).replace("{ticket}", id);
    let mut request = Request::builder()
        .method(Method::from_bytes(route.method.as_bytes()).unwrap())
        .uri(path)
        .header("sec-fetch-site", "same-origin");
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, cookie);
    }
    request.body(Body::empty()).unwrap()
}

#[tokio::test]
async fn every_route_wants_a_cookie_but_the_public_ones() {
    let stage = Stage::local().await;
    let public: Vec<_> = ROUTES
        .iter()
        .filter(|route| route.access == Access::Public)
        .map(|route| (route.method, route.path))
        .collect();
    assert_eq!(public, PUBLIC);
    let id = session_id(BEGAN_MS, 1).to_string();
    let forged = format!("footage_session={}", "A".repeat(43));
    for route in ROUTES.iter().filter(|route| route.access == Access::Staff) {
        for cookie in [None, Some("footage_session=x"), Some(forged.as_str())] {
            let answer = stage.ask(request(route, &id, cookie)).await;
            answer.assert_error(StatusCode::UNAUTHORIZED, "not_signed_in");
        }
    }
}

#[tokio::test]
async fn things_of_another_account_look_absent() {
    let stage = Stage::local().await;
    let site = stage.site(stage.account_b, "B's shop", "key-b").await;
    let of_b = session_id(BEGAN_MS, 1);
    Recording::store(&stage, stage.account_b, site, of_b).await;
    let (ann, bob) = (stage.sign_in(ANN).await, stage.sign_in(BOB).await);
    let of_b = of_b.to_string();
    let absent = session_id(BEGAN_MS, 2).to_string();
    let elsewhere = session_id(BEGAN_MS + 900 * 86_400_000, 2).to_string();
    let of_sessions = "/api/v1/sessions/{id}";
    let with_id = ROUTES
        .iter()
        .filter(|route| route.path.starts_with(of_sessions));
    let mut tried = 0;
    for route in with_id {
        let own = stage.ask(request(route, &of_b, Some(&bob))).await;
        assert_eq!(own.status, StatusCode::OK, "{} for B", route.path);
        let foreign = stage.ask(request(route, &of_b, Some(&ann))).await;
        foreign.assert_error(StatusCode::NOT_FOUND, "not_found");
        for id in [&absent, &elsewhere, "rubbish", "%00", &"9".repeat(500)] {
            let missing = stage.ask(request(route, id, Some(&ann))).await;
            assert_eq!(missing.status, foreign.status, "{} {id}", route.path);
            assert_eq!(missing.bytes, foreign.bytes);
        }
        tried += 1;
    }
    assert_eq!(tried, 4);
    let list = stage.get_as(&ann, "/api/v1/sessions").await.json();
    assert_eq!(list["sessions"].as_array().unwrap().len(), 0);
    let sites = stage.get_as(&ann, "/api/v1/sites").await.json();
    assert_eq!(sites["sites"].as_array().unwrap().len(), 0);
}
