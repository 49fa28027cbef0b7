//! The description of the interface against the interface: every answer of these tests is held to
//! it.

use std::collections::{BTreeSet, HashMap};
use std::io::Read as _;
use std::sync::LazyLock;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use boon::{Compiler, SchemaIndex, Schemas};
use flate2::read::GzDecoder;
use footage::api::{Access, OPENAPI, ROUTES};
use serde_json::{Value, json};

use crate::recording::{BEGAN_MS, Recording, StoredChunk, session_id};
use crate::stage::{ANN, Answer, PASSWORD, Stage};

/// Where the document is for its own references.
const PLACE: &str = "https://footage.example/openapi.json";
/// Refusals that no operation has: there is no such one.
const OF_NO_OPERATION: [&str; 2] = ["method_not_allowed", "no_such_path"];

static DESCRIBED: LazyLock<Described> = LazyLock::new(Described::read);

struct Described {
    document: Value,
    schemas: Schemas,
    /// The schemas of JSON answers by their places in the document.
    answers: HashMap<String, SchemaIndex>,
    error: SchemaIndex,
}

impl Described {
    fn read() -> Self {
        let document: Value = serde_json::from_str(&OPENAPI).unwrap();
        let mut compiler = Compiler::new();
        compiler.enable_format_assertions();
        compiler.add_resource(PLACE, document.clone()).unwrap();
        let mut schemas = Schemas::new();
        let mut compiled = |place: &str| {
            let place = place.replace('{', "%7B").replace('}', "%7D");
            compiler
                .compile(&format!("{PLACE}#{place}"), &mut schemas)
                .unwrap_or_else(|error| panic!("{place}: {error:#}"))
        };
        let error = compiled("/components/schemas/ErrorBody");
        let mut answers = HashMap::new();
        for (method, path) in operations(&document) {
            let place = place_of(&method, &path);
            let operation = document.pointer(&place).unwrap();
            for (status, answer) in operation["responses"].as_object().unwrap() {
                if answer["content"]["application/json"]["schema"].is_object() {
                    let place = answer_place(&place, status);
                    let index = compiled(&place);
                    answers.insert(place, index);
                }
            }
        }
        Self {
            document,
            schemas,
            answers,
            error,
        }
    }

    #[track_caller]
    fn hold(&self, value: &Value, schema: SchemaIndex) {
        if let Err(error) = self.schemas.validate(value, schema) {
            panic!("an answer is not as described: {error:#}\n{value:#}");
        }
    }
}

/// Method and path of everything described.
fn operations(document: &Value) -> BTreeSet<(String, String)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            methods.map(|method| (method.to_uppercase(), path.clone()))
        })
        .collect()
}

fn place_of(method: &str, path: &str) -> String {
    let path = path.replace('~', "~0").replace('/', "~1");
    format!("/paths/{path}/{}", method.to_lowercase())
}

fn answer_place(operation: &str, status: &str) -> String {
    format!("{operation}/responses/{status}/content/application~1json/schema")
}

/// Whether a path is of this form.
fn is_of(form: &str, path: &str) -> bool {
    let (form, path) = (form.split('/'), path.split('/'));
    form.clone().count() == path.clone().count()
        && form
            .zip(path)
            .all(|(form, part)| form.starts_with('{') || form == part)
}

/// Holds an answer to the description: its status, its kind and its body.
#[track_caller]
pub fn check(method: &Method, path: &str, answer: &Answer) {
    if method == Method::HEAD {
        return;
    }
    let is_error = answer.status.is_client_error() || answer.status.is_server_error();
    if is_error {
        DESCRIBED.hold(&answer.json(), DESCRIBED.error);
    }
    let operation = ROUTES
        .iter()
        .filter(|route| route.path.starts_with("/api/") && route.method == method.as_str())
        .find(|route| is_of(route.path, path));
    let Some(route) = operation else {
        return;
    };
    if is_error && OF_NO_OPERATION.contains(&answer.json()["code"].as_str().unwrap()) {
        return;
    }
    let place = place_of(route.method, route.path);
    let told = format!("{method} {} with {}", route.path, answer.status);
    let described = DESCRIBED
        .document
        .pointer(&format!("{place}/responses/{}", answer.status.as_str()));
    let described = described.unwrap_or_else(|| panic!("{told} is not described"));
    let Some(content) = described["content"].as_object() else {
        assert!(answer.bytes.is_empty(), "{told} is described as empty");
        return;
    };
    let kind = answer.header("content-type");
    assert!(content.contains_key(kind), "{told} is of another kind");
    if is_error {
        let words = described["description"].as_str().unwrap();
        let code = answer.json()["code"].as_str().unwrap().to_owned();
        assert!(words.contains(&format!("`{code}`")), "{told}: {code}");
    }
    if kind == "application/json" {
        let schema = DESCRIBED.answers[&answer_place(&place, answer.status.as_str())];
        DESCRIBED.hold(&unpacked(answer), schema);
    }
}

fn unpacked(answer: &Answer) -> Value {
    match answer.headers.get(header::CONTENT_ENCODING) {
        None => answer.json(),
        Some(_) => {
            let mut text = String::new();
            let mut unpacked = GzDecoder::new(answer.bytes.as_ref());
            unpacked.read_to_string(&mut text).unwrap();
            serde_json::from_str(&text).unwrap()
        }
    }
}

#[test]
fn every_route_is_described_and_nothing_else() {
    let routes = ROUTES
        .iter()
        .filter(|route| route.path.starts_with("/api/"))
        .map(|route| (route.method.to_owned(), route.path.to_owned()))
        .collect::<BTreeSet<_>>();
    assert_eq!(operations(&DESCRIBED.document), routes);
}

#[test]
fn every_operation_names_its_path_and_its_cookie_and_has_an_id_of_its_own() {
    let mut ids = BTreeSet::new();
    for route in ROUTES
        .iter()
        .filter(|route| route.path.starts_with("/api/"))
    {
        let place = place_of(route.method, route.path);
        let operation = DESCRIBED.document.pointer(&place).unwrap();
        let parts = route.path.split('/').filter_map(|part| {
            let name = part.strip_prefix('{')?.strip_suffix('}')?;
            Some(name.to_owned())
        });
        let parameters = operation["parameters"].as_array();
        let in_path = parameters
            .into_iter()
            .flatten()
            .filter(|parameter| parameter["in"] == "path" && parameter["required"] == true)
            .map(|parameter| parameter["name"].as_str().unwrap().to_owned());
        assert!(parts.eq(in_path), "{place}");
        let security = match route.access {
            Access::Public => Value::Null,
            Access::Staff => json!([{ "cookie": [] }]),
        };
        assert_eq!(operation["security"], security, "{place}");
        let id = operation["operationId"].as_str().unwrap();
        assert!(ids.insert(id), "two operations are called {id}");
    }
}

#[test]
fn the_committed_description_is_fresh() {
    let committed = include_str!("../../web/dashboard/openapi.json");
    assert!(committed == *OPENAPI, "run `make api`");
}

#[tokio::test]
async fn the_description_is_there_for_everybody() {
    let stage = Stage::local().await;
    let answer = stage.get("/api/openapi.json").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.text(), *OPENAPI);
    assert_eq!(answer.json()["openapi"], "3.1.0");
}

/// Every part of a session that an answer may hold.
async fn recorded(stage: &Stage) -> (Recording, i64) {
    let site = stage.site(stage.account_a, "Shop", "key-a").await;
    let id = session_id(BEGAN_MS, 1);
    let recording = Recording::store(stage, stage.account_a, site, id).await;
    let stream = [3; 8];
    let numbers = ("{[1,4),[6,8)}", "{}", Some(9));
    recording.stream(stage, stream, 0, numbers).await;
    recording.page_and_gap(stage, stream, (8, 9)).await;
    let frame = zstd::encode_all(b"events".as_slice(), 3).unwrap();
    let keyframe = StoredChunk {
        event_ms: Some((1, 2)),
        keyframe_offset: Some(0),
        ..StoredChunk::of(stream, 1, &frame)
    };
    recording.stored(stage, keyframe).await;
    recording.chunk(stage, stream, 2, b"more").await;
    (recording, site)
}

#[tokio::test]
async fn every_route_answers_as_described() {
    let stage = Stage::local().await;
    let (recording, site) = recorded(&stage).await;
    let cookie = stage.sign_in(ANN).await;
    // Signing out comes last, or the others would be refused.
    let (last, others): (Vec<_>, Vec<_>) = ROUTES
        .iter()
        .filter(|route| route.path.starts_with("/api/"))
        .partition(|route| route.path.ends_with("/logout"));
    for route in others.into_iter().chain(last) {
        let body = match (route.method, route.path) {
            ("POST", "/api/v1/login") => json!({ "email": ANN, "password": PASSWORD }),
            ("PATCH", "/api/v1/sites/{id}") => json!({ "name": "Our shop" }),
            _ => Value::Null,
        };
        let id = match route.path.contains("/sites/") {
            true => site.to_string(),
            false => recording.id.to_string(),
        };
        let mut request = Request::builder()
            .method(route.method)
            .uri(route.path.replace("{id}", &id))
            .header(header::HOST, "localhost:8080")
            .header("sec-fetch-site", "same-origin");
        // Signing in ends the session of the cookie that comes with it.
        if route.access == Access::Staff {
            request = request.header(header::COOKIE, &cookie);
        }
        let body = match body {
            Value::Null => Body::empty(),
            body => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
        };
        // What the answer holds is looked at wherever one is asked for.
        let answer = stage.ask(request.body(body).unwrap()).await;
        let told = format!("{} {}: {:?}", route.method, route.path, answer.bytes);
        assert!(answer.status.is_success(), "{told}");
    }
}

#[test]
fn an_answer_that_is_not_as_described_is_found() {
    let answer = |status: StatusCode, body: Value| Answer {
        status,
        headers: [(header::CONTENT_TYPE, "application/json".parse().unwrap())]
            .into_iter()
            .collect(),
        bytes: body.to_string().into(),
    };
    let me = json!({ "email": ANN, "account": { "id": 1, "name": "A" } });
    let error = json!({ "code": "not_found", "message": "", "hint": "", "incident_id": null });
    let without_account = json!({ "email": ANN });
    let id_as_text = json!({ "email": ANN, "account": { "id": "1", "name": "A" } });
    let found = |status, body: &Value| {
        let answer = answer(status, body.clone());
        let held = || check(&Method::GET, "/api/v1/me", &answer);
        std::panic::catch_unwind(held).is_err()
    };
    assert!(!found(StatusCode::OK, &me));
    assert!(found(StatusCode::OK, &without_account));
    assert!(found(StatusCode::OK, &id_as_text));
    assert!(found(StatusCode::NOT_FOUND, &error), "no such status");
    assert!(found(StatusCode::UNAUTHORIZED, &error), "no such code");
    assert!(found(StatusCode::UNAUTHORIZED, &me), "no error");
}
