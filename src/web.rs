//! The built web side as files over HTTP: the dashboard, the player's parts, the recorder, the demo.
//!
//! What the files are is decided by `web/`; the player's document itself is answered by `api`,
//! because its address is a ticket.

mod answers;
mod assets;
mod packed;

pub(crate) use answers::{accepts, accepts_gzip, html};
pub use assets::{Asset, Assets, Embedded};
pub(crate) use packed::Packed;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};

use crate::api::ApiState;
use crate::api::headers::{CROSS_ORIGIN_RESOURCE_POLICY, DEMO_POLICY};
use crate::error::ApiError;
use answers::{Asked, Caching, file};

/// Until the web side is built, this is all there is to see.
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><title>Footage</title>\
    <h1>Footage is running</h1>\
    <p>The dashboard is not built yet. Run <code>make build</code> and load this page again.</p>";

/// Answers whatever has no route of its own.
///
/// # Errors
/// When there is no such file, or the method changes things.
pub async fn serve(
    State(state): State<ApiState>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let path = uri.path();
    if is_machine_path(path) {
        return Err(ApiError::NoSuchPath);
    }
    if !matches!(method, Method::GET | Method::HEAD) {
        let mut response = ApiError::MethodNotAllowed.into_response();
        let allowed = HeaderValue::from_static("GET, HEAD");
        response.headers_mut().insert(header::ALLOW, allowed);
        return Ok(response);
    }
    let asked = Asked {
        headers: &headers,
        packed: state.packed(),
    };
    find(&state, path, asked).ok_or(ApiError::NoSuchPath)
}

/// Paths that programs ask for: an answer with a page would only confuse them.
fn is_machine_path(path: &str) -> bool {
    ["/api", "/v1", "/player"].iter().any(|prefix| {
        path.strip_prefix(prefix)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    })
}

fn find(state: &ApiState, path: &str, asked: Asked<'_>) -> Option<Response> {
    let assets = state.assets();
    let path = path.strip_prefix('/')?;
    if path == "recorder.js" || is_hashed_recorder(path) {
        return recorder(assets, path, asked);
    }
    if let Some(name) = path.strip_prefix("player-assets/") {
        // The document is not among the parts: it is only served with its policy.
        let part = assets.get(&format!("player/{name}"))?;
        return (!name.ends_with(".html")).then(|| file(name, part, Caching::Forever, asked));
    }
    if path == "demo" {
        return Some(Redirect::permanent("/demo/").into_response());
    }
    if let Some(name) = path.strip_prefix("demo/") {
        return demo(state, name, asked);
    }
    if path.starts_with("assets/") {
        let part = assets.get(&format!("dashboard/{path}"))?;
        return Some(file(path, part, Caching::Forever, asked));
    }
    let has_ending = path
        .rsplit('/')
        .next()
        .is_some_and(|name| name.contains('.'));
    if has_ending {
        let part = assets.get(&format!("dashboard/{path}"))?;
        return (!path.ends_with(".html")).then(|| file(path, part, Caching::Check, asked));
    }
    Some(dashboard(state))
}

/// The one page of the dashboard, whatever the path: the page itself reads the address.
fn dashboard(state: &ApiState) -> Response {
    let page = state.assets().get("dashboard/index.html").map_or_else(
        || NOT_BUILT.to_owned(),
        |page| String::from_utf8_lossy(&page.bytes).into_owned(),
    );
    html(page, state.policies().dashboard()).into_response()
}

fn is_hashed_recorder(path: &str) -> bool {
    path.starts_with("recorder-") && path.ends_with(".js")
}

/// The recorder, for the pages of any site: under its own name for five minutes, under the name
/// with its hash for ever.
fn recorder(assets: &dyn Assets, path: &str, asked: Asked<'_>) -> Option<Response> {
    let (part, caching) = if path == "recorder.js" {
        (assets.get("recorder/recorder.js")?, Caching::FiveMinutes)
    } else {
        let built = assets.get(&format!("recorder/{path}"));
        (
            built.or_else(|| recorder_of_hash(assets, path))?,
            Caching::Forever,
        )
    };
    let mut response = file(path, part, caching, asked);
    let headers = response.headers_mut();
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    headers.insert(
        CROSS_ORIGIN_RESOURCE_POLICY,
        HeaderValue::from_static("cross-origin"),
    );
    Some(response)
}

/// The present recorder, if the hash in the name is the beginning of its own (16 hex digits).
fn recorder_of_hash(assets: &dyn Assets, path: &str) -> Option<Asset> {
    let hash = path.strip_prefix("recorder-")?.strip_suffix(".js")?;
    let present = assets.get("recorder/recorder.js")?;
    (hash.len() == 16 && present.hash_hex().starts_with(hash)).then_some(present)
}

/// The demo shop, recorded under the key of its own site.
fn demo(state: &ApiState, name: &str, asked: Asked<'_>) -> Option<Response> {
    let name = if name.is_empty() { "index.html" } else { name };
    let part = state.assets().get(&format!("demo/{name}"))?;
    if !name.ends_with(".html") {
        return Some(file(name, part, Caching::Check, asked));
    }
    let key = state.demo_site_key().unwrap_or_default();
    let key = key.replace('&', "&amp;").replace('"', "&quot;");
    let page = String::from_utf8_lossy(&part.bytes).replace("__SITE_KEY__", &key);
    Some(html(page, DEMO_POLICY).into_response())
}
