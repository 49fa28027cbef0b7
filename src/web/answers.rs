//! Files and pages as answers: type, caching, and "not modified".

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::Asset;

/// How long a browser may keep a file without asking.
#[derive(Debug, Clone, Copy)]
pub(super) enum Caching {
    /// Its name changes with its content.
    Forever,
    /// A new version must arrive soon, and every visitor of every site asks.
    FiveMinutes,
    /// It is asked for each time, and mostly answered with "not modified".
    Check,
}

impl Caching {
    fn header(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Forever => "public, max-age=31536000, immutable",
            Self::FiveMinutes => "public, max-age=300",
            Self::Check => "no-cache",
        })
    }
}

/// A file, or word that the browser already has it.
pub(super) fn file(name: &str, asset: Asset, caching: Caching, asked: &HeaderMap) -> Response {
    let etag = format!("\"{}\"", asset.hash_hex());
    let mut response = if has_already(asked, &etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = Body::from(bytes::Bytes::from_owner(asset.bytes)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, content_type(name));
        response
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, caching.header());
    if let Ok(etag) = HeaderValue::try_from(etag) {
        headers.insert(header::ETAG, etag);
    }
    response
}

/// A page under its policy; pages are never kept, so that a new version is seen at once.
pub(crate) fn html(page: String, policy: HeaderValue) -> impl IntoResponse {
    let content_type = HeaderValue::from_static("text/html; charset=utf-8");
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache")),
    ];
    (headers, page)
}

fn content_type(name: &str) -> HeaderValue {
    let guess = mime_guess::from_path(name).first_or_octet_stream();
    let is_text = guess.type_() == "text" || guess.subtype() == "json";
    let charset = if is_text { "; charset=utf-8" } else { "" };
    HeaderValue::try_from(format!("{}{charset}", guess.essence_str()))
        .unwrap_or(HeaderValue::from_static("application/octet-stream"))
}

/// Whether `If-None-Match` names this version.
fn has_already(asked: &HeaderMap, etag: &str) -> bool {
    asked
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(|known| known.trim())
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == etag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_what_browsers_want() {
        for (name, expected) in [
            ("a.js", "text/javascript; charset=utf-8"),
            ("a.css", "text/css; charset=utf-8"),
            ("a.svg", "image/svg+xml"),
            ("a.woff2", "font/woff2"),
            ("a", "application/octet-stream"),
        ] {
            assert_eq!(content_type(name), expected, "{name}");
        }
    }
}
