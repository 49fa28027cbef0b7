//! Signing in and out.

use axum::http::{StatusCode, header};
use serde_json::json;

use crate::stage::{ANN, LOCAL, PASSWORD, Place, Stage, login};

#[tokio::test]
async fn the_right_password_gives_a_cookie_that_works_until_logout() {
    let stage = Stage::local().await;
    let answer = stage.try_login(" Ann@A.example ", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::OK);
    let me = json!({ "email": ANN, "account": { "id": stage.account_a, "name": "Account A" } });
    assert_eq!(answer.json(), me);
    let set = answer.header("set-cookie");
    let (pair, flags) = set.split_once(';').unwrap();
    assert_eq!(flags, " Path=/; Max-Age=604800; HttpOnly; SameSite=Lax");
    let value = pair.strip_prefix("footage_session=").unwrap();
    assert_eq!(value.len(), 43);

    assert_eq!(stage.get_as(pair, "/api/v1/me").await.json(), me);
    let out = stage.post_as(pair, "/api/v1/logout").await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    let after = stage.get_as(pair, "/api/v1/me").await;
    after.assert_error(StatusCode::UNAUTHORIZED, "not_signed_in");
}

#[tokio::test]
async fn unknown_people_and_wrong_passwords_look_the_same() {
    let stage = Stage::local().await;
    let wrong = stage.try_login(ANN, "wrong").await;
    wrong.assert_error(StatusCode::UNAUTHORIZED, "bad_login");
    for email in ["nobody@a.example", "", "nul\0@a.example"] {
        let unknown = stage.try_login(email, PASSWORD).await;
        assert_eq!(unknown.status, wrong.status);
        assert_eq!(unknown.bytes, wrong.bytes);
        assert!(!unknown.headers.contains_key(header::SET_COOKIE));
    }
}

#[tokio::test]
async fn guessing_is_slowed_down() {
    let stage = Stage::local().await;
    for _ in 0..5 {
        let guess = stage.try_login(ANN, "guess").await;
        guess.assert_error(StatusCode::UNAUTHORIZED, "bad_login");
    }
    let next = stage.try_login(ANN, PASSWORD).await;
    next.assert_error(StatusCode::TOO_MANY_REQUESTS, "too_many_logins");
    assert_eq!(next.header("retry-after"), "1");
}

#[tokio::test]
async fn only_the_hash_of_a_cookie_is_stored_and_a_new_login_replaces_the_old() {
    let stage = Stage::local().await;
    let first = stage.sign_in(ANN).await;
    let mut again = login(ANN, PASSWORD);
    let headers = again.headers_mut();
    headers.insert(header::COOKIE, first.parse().unwrap());
    let answer = stage.ask(again).await;
    assert_eq!(answer.status, StatusCode::OK);
    let second = answer.header("set-cookie").split(';').next().unwrap();
    assert_ne!(first, second);
    let old = stage.get_as(&first, "/api/v1/me").await;
    assert_eq!(old.status, StatusCode::UNAUTHORIZED);
    assert_eq!(stage.get_as(second, "/api/v1/me").await.status, 200);
    let stored: Vec<Vec<u8>> = sqlx::query_scalar("select id_hash from staff_sessions")
        .fetch_all(&stage.jobs)
        .await
        .unwrap();
    assert_eq!(stored.len(), 1);
    let value = second.split_once('=').unwrap().1;
    assert!(!stored.iter().any(|hash| hash == value.as_bytes()));
}

#[tokio::test]
async fn idle_and_old_sessions_are_over() {
    let stage = Stage::local().await;
    for aging in [
        "update staff_sessions set last_seen_at = now() - interval '12 hours 1 minute'",
        "update staff_sessions set expires_at = now() - interval '1 second'",
    ] {
        let cookie = stage.sign_in(ANN).await;
        assert_eq!(stage.get_as(&cookie, "/api/v1/me").await.status, 200);
        sqlx::query(aging).execute(&stage.jobs).await.unwrap();
        let late = stage.get_as(&cookie, "/api/v1/me").await;
        late.assert_error(StatusCode::UNAUTHORIZED, "not_signed_in");
    }
}

#[tokio::test]
async fn a_person_keeps_at_most_fifty_browsers() {
    let stage = Stage::local().await;
    sqlx::query(
        "insert into staff_sessions (id_hash, account_id, user_id, expires_at)
         select sha256(n::text::bytea), account_id, id, now() + interval '1 day'
         from users, generate_series(1, 60) n where account_id = $1",
    )
    .bind(stage.account_a)
    .execute(&stage.jobs)
    .await
    .unwrap();
    let cookie = stage.sign_in(ANN).await;
    let kept: i64 = sqlx::query_scalar("select count(*) from staff_sessions")
        .fetch_one(&stage.jobs)
        .await
        .unwrap();
    assert_eq!(kept, 50);
    assert_eq!(stage.get_as(&cookie, "/api/v1/me").await.status, 200);
}

#[tokio::test]
async fn over_https_the_cookie_is_bound_to_the_host() {
    let stage = Stage::at(Place {
        public: "https://footage.example",
        replay: None,
    })
    .await;
    let answer = stage.try_login(ANN, PASSWORD).await;
    let set = answer.header("set-cookie");
    assert!(set.starts_with("__Host-footage_session="));
    assert!(set.ends_with("; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax; Secure"));
    let age = answer.header("strict-transport-security");
    assert_eq!(age, "max-age=31536000");
}

#[tokio::test]
async fn plain_http_across_a_network_takes_no_password() {
    let stage = Stage::at(Place {
        public: "http://footage.example",
        replay: None,
    })
    .await;
    let refused = stage.try_login(ANN, PASSWORD).await;
    refused.assert_error(StatusCode::FORBIDDEN, "plain_http");

    let local = Stage::at(Place {
        public: LOCAL,
        replay: None,
    })
    .await;
    let mut from_afar = login(ANN, PASSWORD);
    let headers = from_afar.headers_mut();
    headers.insert(header::HOST, "192.168.1.5:8080".parse().unwrap());
    let refused = local.ask(from_afar).await;
    refused.assert_error(StatusCode::FORBIDDEN, "plain_http");
}
