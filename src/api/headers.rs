//! The headers every answer carries, errors included, and the content policies of documents.

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use super::ApiState;
use crate::auth::Origin;
use crate::error::ApiError;

const CROSS_ORIGIN_OPENER_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-opener-policy");
/// Who may load an answer as part of a page.
pub(crate) const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName =
    HeaderName::from_static("cross-origin-resource-policy");

/// For what is no document: nothing may be loaded, nobody may frame it.
const NO_DOCUMENT: HeaderValue =
    HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
/// The policy of the demo shop's pages.
pub(crate) const DEMO_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; \
     form-action 'self'; frame-ancestors 'none'",
);
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// The content policies that depend on where we are served.
#[derive(Debug, Clone)]
pub(crate) struct Policies {
    dashboard: HeaderValue,
    secure: bool,
}

impl Policies {
    pub(super) fn new(public: &Origin, replay: Option<&Origin>) -> Self {
        let replay = replay
            .map(|origin| format!(" {origin}"))
            .unwrap_or_default();
        let dashboard = format!(
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
             img-src 'self' data:; font-src 'self' data:; connect-src 'self'; \
             frame-src 'self'{replay}; base-uri 'none'; form-action 'self'; \
             frame-ancestors 'none'"
        );
        Self {
            // An origin holds only letters, digits and ".-_:[]", so this never falls back.
            dashboard: HeaderValue::try_from(dashboard).unwrap_or(NO_DOCUMENT),
            secure: public.is_secure(),
        }
    }

    /// The policy of the dashboard's page.
    pub(crate) fn dashboard(&self) -> HeaderValue {
        self.dashboard.clone()
    }
}

/// Says which abilities of the browser a document has.
pub(super) const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
/// A replay needs none of them.
pub(super) const NOTHING_PERMITTED: HeaderValue = HeaderValue::from_static(
    "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), \
     fullscreen=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), \
     payment=(), publickey-credentials-get=(), screen-wake-lock=(), usb=(), xr-spatial-tracking=()",
);

/// The policy of one answer of the player's document, which is served at `own` and framed by `parent`.
/// Styles come from the player's own folder alone: a recording's `@import` of another path would be
/// a request in the name of staff.
///
/// # Errors
/// Never in practice: nonces and origins are plain ASCII.
pub(super) fn player_policy(
    nonce: &str,
    own: &Origin,
    parent: &Origin,
) -> Result<HeaderValue, ApiError> {
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; \
         style-src {own}/player-assets/ 'unsafe-inline'; img-src data: blob:; font-src data:; connect-src 'none'; frame-src 'none'; \
         object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors {parent}"
    );
    HeaderValue::try_from(policy).map_err(|error| ApiError::Internal(error.to_string()))
}

/// Middleware: adds what the handler did not set itself.
pub(super) async fn add(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    complete(response.headers_mut(), state.policies());
    response
}

fn complete(headers: &mut HeaderMap, policies: &Policies) {
    if policies.secure {
        headers.insert(STRICT_TRANSPORT_SECURITY, HSTS);
    }
    make_safe(headers);
}

/// Adds what holds for every answer, whoever gives it and wherever we are served.
pub(crate) fn make_safe(headers: &mut HeaderMap) {
    let nosniff = HeaderValue::from_static("nosniff");
    let same_origin = HeaderValue::from_static("same-origin");
    headers.insert(X_CONTENT_TYPE_OPTIONS, nosniff);
    headers.insert(CROSS_ORIGIN_OPENER_POLICY, same_origin.clone());
    let policy = headers
        .entry(CONTENT_SECURITY_POLICY)
        .or_insert(NO_DOCUMENT);
    // The old header knows no list of origins; only a document that nobody may frame can say so.
    if contains(policy, b"frame-ancestors 'none'") {
        headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    }
    headers
        .entry(REFERRER_POLICY)
        .or_insert(same_origin.clone());
    headers
        .entry(CROSS_ORIGIN_RESOURCE_POLICY)
        .or_insert(same_origin);
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}

fn contains(value: &HeaderValue, part: &[u8]) -> bool {
    value
        .as_bytes()
        .windows(part.len())
        .any(|window| window == part)
}
