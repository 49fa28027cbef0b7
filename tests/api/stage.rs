//! A router on a database of its own, two accounts with a person each, and how to ask.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use bytes::Bytes;
use footage::api::{ApiSettings, ApiState, LiveSessions, router};
use footage::auth::{Origin, hash_password};
use footage::postgres::Pools;
use footage::web::{Asset, Assets};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use sqlx::PgPool;
use tower::ServiceExt as _;
use uuid::Uuid;

use crate::openapi;
use crate::postgres::TestDatabase;

pub const LOCAL: &str = "http://localhost:8080";
pub const PASSWORD: &str = "correct horse battery staple";
pub const ANN: &str = "ann@a.example";
pub const BOB: &str = "bob@b.example";

/// The session that counts as live.
pub const LIVE: Uuid = Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0001);

pub struct Stage {
    pub router: Router,
    pub jobs: PgPool,
    pub writer: PgPool,
    pub account_a: i64,
    pub account_b: i64,
    pub live: Arc<Live>,
    database: TestDatabase,
}

/// The live sessions, of whichever account.
pub struct Live(Mutex<BTreeSet<Uuid>>);

impl Live {
    pub fn add(&self, session: Uuid) {
        self.0.lock().unwrap().insert(session);
    }
}

impl LiveSessions for Live {
    fn is_live(&self, session: Uuid) -> bool {
        self.0.lock().unwrap().contains(&session)
    }

    fn live_before(&self, _: i64, before: Uuid, at_most: usize) -> Vec<Uuid> {
        let live = self.0.lock().unwrap();
        live.range(..before).rev().take(at_most).copied().collect()
    }
}

/// How the node is reached.
pub struct Place {
    pub public: &'static str,
    pub replay: Option<&'static str>,
}

struct Files(HashMap<&'static str, &'static str>);

impl Assets for Files {
    fn get(&self, path: &str) -> Option<Asset> {
        let text = self.0.get(path)?;
        Some(Asset::new(text.as_bytes()))
    }
}

const FILES: [(&str, &str); 8] = [
    ("dashboard/index.html", "<title>dashboard</title>"),
    ("dashboard/assets/index-1.js", "dashboard()"),
    ("dashboard/robots.txt", "User-agent: *"),
    (
        "player/index.html",
        "<html data-parent-origin=\"__PARENT_ORIGIN__\"><script nonce=\"__NONCE__\"></script>\
         <link nonce=\"__NONCE__\"></html>",
    ),
    ("player/index-2.js", "player()"),
    ("recorder/recorder.js", "record()"),
    (
        "demo/index.html",
        "<script src=\"/recorder.js\" data-site=\"__SITE_KEY__\"></script>",
    ),
    ("demo/list-3.js", "shop()"),
];

impl Stage {
    pub async fn local() -> Self {
        Self::at(Place {
            public: LOCAL,
            replay: None,
        })
        .await
    }

    pub async fn at(place: Place) -> Self {
        Self::with_files(place, FILES.into()).await
    }

    pub async fn with_files(place: Place, files: HashMap<&'static str, &'static str>) -> Self {
        let database = TestDatabase::create().await;
        let pools = Pools::new(database.connect_options());
        let live = Arc::new(Live(Mutex::new([LIVE].into())));
        let settings = ApiSettings {
            staff: pools.staff.clone(),
            public_origin: Origin::parse(place.public).unwrap(),
            replay_origin: place.replay.map(|origin| Origin::parse(origin).unwrap()),
            live: live.clone(),
            assets: Arc::new(Files(files)),
            demo_site_key: Arc::new(|| Some("demo-key".to_owned())),
        };
        let account_a = account(&pools.jobs, "Account A", ANN).await;
        let account_b = account(&pools.jobs, "Account B", BOB).await;
        Self {
            router: router(ApiState::new(settings).unwrap()),
            jobs: pools.jobs,
            writer: pools.writer,
            account_a,
            account_b,
            live,
            database,
        }
    }

    /// A pool that may change tables.
    pub async fn owner(&self) -> PgPool {
        self.database.owner().await
    }

    pub async fn site(&self, account: i64, name: &str, key: &str) -> i64 {
        sqlx::query_scalar(
            "insert into sites (account_id, name, site_key, allowed_origins)
             values ($1, $2, $3, '{https://shop.example}') returning id",
        )
        .bind(account)
        .bind(name)
        .bind(key)
        .fetch_one(&self.jobs)
        .await
        .unwrap()
    }

    pub async fn ask(&self, request: Request<Body>) -> Answer {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let answer = Answer {
            status: parts.status,
            headers: parts.headers,
            bytes,
        };
        openapi::check(&method, &path, &answer);
        answer
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask(get(path)).await
    }

    pub async fn get_as(&self, cookie: &str, path: &str) -> Answer {
        let mut request = get(path);
        request
            .headers_mut()
            .insert(header::COOKIE, cookie.parse().unwrap());
        self.ask(request).await
    }

    pub async fn patch_as(&self, cookie: &str, path: &str, body: &str) -> Answer {
        let mut request = post_json(path, body);
        *request.method_mut() = Method::PATCH;
        let headers = request.headers_mut();
        headers.insert(header::COOKIE, cookie.parse().unwrap());
        self.ask(request).await
    }

    pub async fn post_as(&self, cookie: &str, path: &str) -> Answer {
        let request = Request::post(path)
            .header(header::COOKIE, cookie)
            .header("sec-fetch-site", "same-origin")
            .body(Body::empty())
            .unwrap();
        self.ask(request).await
    }

    pub async fn try_login(&self, email: &str, password: &str) -> Answer {
        self.ask(login(email, password)).await
    }

    /// Signs in and gives the cookie to send.
    pub async fn sign_in(&self, email: &str) -> String {
        let answer = self.try_login(email, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::OK, "{:?}", answer.bytes);
        let set = answer.header("set-cookie");
        set.split(';').next().unwrap().to_owned()
    }
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Bytes,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("no JSON: {:?}", self.bytes))
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .unwrap_or_else(|| panic!("no header {name}"))
            .to_str()
            .unwrap()
    }

    #[track_caller]
    pub fn assert_error(&self, status: StatusCode, code: &str) {
        assert_eq!(self.status, status, "{:?}", self.bytes);
        let body = self.json();
        assert_eq!(body["code"], code);
        for key in ["message", "hint"] {
            assert!(body[key].is_string(), "{key} in {body}");
        }
        assert_eq!(body["incident_id"].is_string(), status.is_server_error());
    }
}

pub fn get(path: &str) -> Request<Body> {
    Request::get(path)
        .header(header::HOST, "localhost:8080")
        .body(Body::empty())
        .unwrap()
}

pub fn login(email: &str, password: &str) -> Request<Body> {
    let body = json!({ "email": email, "password": password });
    post_json("/api/v1/login", &body.to_string())
}

pub fn post_json(path: &str, body: &str) -> Request<Body> {
    Request::post(path)
        .header(header::HOST, "localhost:8080")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONTENT_LENGTH, body.len())
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body.to_owned()))
        .unwrap()
}

async fn account(jobs: &PgPool, name: &str, email: &str) -> i64 {
    let id: i64 = sqlx::query_scalar("insert into accounts (name) values ($1) returning id")
        .bind(name)
        .fetch_one(jobs)
        .await
        .unwrap();
    sqlx::query("insert into users (account_id, email, password_hash) values ($1, $2, $3)")
        .bind(id)
        .bind(email)
        .bind(hash_password(PASSWORD).unwrap())
        .execute(jobs)
        .await
        .unwrap();
    id
}
