//! Sessions by what they can be found by, and how a list is asked for them.

use axum::http::StatusCode;
use serde_json::Value;
use uuid::Uuid;

use crate::recording::{BEGAN_MS, Recording, session_id};
use crate::stage::Stage;

pub const HOUR_MS: u64 = 3_600_000;

/// A session by what it can be found by.
pub struct Visit<'a> {
    pub site: i64,
    pub began_ms: u64,
    pub lasted_ms: i64,
    pub visitor: u128,
    pub user: Option<&'a str>,
    /// Addresses and titles.
    pub pages: &'a [(&'a str, &'a str)],
}

impl Visit<'_> {
    /// One that began so many hours after the first, of a visitor of its own.
    pub fn after_hours(site: i64, hours: u64) -> Self {
        Self {
            site,
            began_ms: BEGAN_MS + hours * HOUR_MS,
            lasted_ms: 1_000,
            visitor: u128::from(hours) << 64,
            user: None,
            pages: &[("https://shop.example/", "Shop")],
        }
    }

    pub async fn store(&self, stage: &Stage, account: i64) -> Uuid {
        let id = session_id(self.began_ms, self.visitor as u64 ^ 1);
        Recording::store(stage, account, self.site, id).await;
        sqlx::query(
            "update sessions set visitor = $2, user_name = $3, last_event_ms = first_event_ms + $4
             where id = $1",
        )
        .bind(id)
        .bind(self.visitor.to_be_bytes())
        .bind(self.user)
        .bind(self.lasted_ms)
        .execute(&stage.writer)
        .await
        .unwrap();
        for (number, (url, title)) in (0_i64..).zip(self.pages) {
            sqlx::query(
                "insert into pages (account_id, started_on, session_id, stream_id, number, at_ms,
                    received_at_ms, url, title, cause)
                 select account_id, started_on, id, '\\x0101010101010101', $2, 0, 0, $3, $4, 'load'
                 from sessions where id = $1",
            )
            .bind(id)
            .bind(number)
            .bind(url)
            .bind(title)
            .execute(&stage.writer)
            .await
            .unwrap();
        }
        id
    }
}

/// The parameters as a path.
pub fn path(filters: &[(&str, &str)]) -> String {
    let mut path = String::from("/api/v1/sessions?limit=200");
    for (name, value) in filters {
        let value: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
        path += &format!("&{name}={value}");
    }
    path
}

pub fn ids(list: &Value) -> Vec<Uuid> {
    let sessions = list["sessions"].as_array().unwrap();
    let id = |session: &Value| session["id"].as_str().unwrap().parse().unwrap();
    sessions.iter().map(id).collect()
}

pub async fn found(stage: &Stage, cookie: &str, filters: &[(&str, &str)]) -> Vec<Uuid> {
    let answer = stage.get_as(cookie, &path(filters)).await;
    assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.bytes);
    let list = answer.json();
    assert!(
        list["next"].is_null() && list["searched_to_ms"].is_null(),
        "{list}"
    );
    ids(&list)
}

/// All sessions of all pages, in the order told.
pub async fn walk(stage: &Stage, cookie: &str, first: &str) -> Vec<Uuid> {
    let mut walked = Vec::new();
    let mut path = first.to_owned();
    loop {
        let page = stage.get_as(cookie, &path).await.json();
        walked.extend(ids(&page));
        let Some(next) = page["next"].as_str() else {
            return walked;
        };
        path = format!("{first}&before={next}");
    }
}
