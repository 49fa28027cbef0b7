//! Files and pages as answers: type, encoding, caching, and "not modified".

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use super::{Asset, Packed};

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

/// What decides, beside the file, how it is answered.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// What the browser says: what it has and what it takes.
    pub(super) headers: &'a HeaderMap,
    /// The files for browsers that take gzip.
    pub(super) packed: &'a Packed,
}

/// A file, or word that the browser already has it.
pub(super) fn file(name: &str, asset: Asset, caching: Caching, asked: Asked<'_>) -> Response {
    let hash = asset.hash_hex();
    let (plain_tag, gzip_tag) = (format!("\"{hash}\""), format!("\"{hash}-gzip\""));
    let is_text = is_text(name);
    let packed = (is_text && accepts_gzip(asked.headers))
        .then(|| asked.packed.of(&asset))
        .flatten();
    // Either will do for a browser that has it, whichever it would get now.
    let (tag, other_tag) = match packed {
        Some(_) => (gzip_tag, plain_tag),
        None => (plain_tag, gzip_tag),
    };
    let (mut response, tag) = if has_already(asked.headers, &tag) {
        (StatusCode::NOT_MODIFIED.into_response(), tag)
    } else if is_text && has_already(asked.headers, &other_tag) {
        (StatusCode::NOT_MODIFIED.into_response(), other_tag)
    } else {
        (whole(name, asset, packed), tag)
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, caching.header());
    if is_text {
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

fn whole(name: &str, asset: Asset, packed: Option<Bytes>) -> Response {
    let encoding = packed.is_some().then_some(HeaderValue::from_static("gzip"));
    let body = packed.unwrap_or_else(|| Bytes::from_owner(asset.bytes));
    let mut response = Body::from(body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, content_type(name));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, encoding);
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
    let is_svg = guess.subtype() == "svg";
    let charset = if is_text(name) && !is_svg {
        "; charset=utf-8"
    } else {
        ""
    };
    HeaderValue::try_from(format!("{}{charset}", guess.essence_str()))
        .unwrap_or(HeaderValue::from_static("application/octet-stream"))
}

/// Whether gzip makes it shorter: what is no text is packed in its own way.
fn is_text(name: &str) -> bool {
    let guess = mime_guess::from_path(name).first_or_octet_stream();
    guess.type_() == "text" || guess.subtype() == "json" || guess.subtype() == "svg"
}

/// Whether `Accept-Encoding` has gzip, or everything, with a weight that is not zero.
pub(crate) fn accepts_gzip(asked: &HeaderMap) -> bool {
    weight_of("gzip", asked).or_else(|| weight_of("*", asked)) > Some(0.0)
}

/// Whether `Accept-Encoding` names a coding, with a weight that is not zero.
pub(crate) fn accepts(coding: &str, asked: &HeaderMap) -> bool {
    weight_of(coding, asked) > Some(0.0)
}

fn weight_of(wanted: &str, asked: &HeaderMap) -> Option<f32> {
    asked
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(|item| item.split_once(';').unwrap_or((item, "q=1")))
        .find(|(coding, _)| coding.trim().eq_ignore_ascii_case(wanted))
        .map(|(_, weight)| weight.trim().trim_start_matches(['q', 'Q', '=']))
        .map(|weight| weight.parse::<f32>().unwrap_or(0.0))
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

    #[test]
    fn only_text_is_packed() {
        for name in ["a.js", "a.css", "a.svg", "a.json", "a.html"] {
            assert!(is_text(name), "{name}");
        }
        for name in ["a.woff2", "a.png", "a"] {
            assert!(!is_text(name), "{name}");
        }
    }

    #[test]
    fn gzip_is_taken_where_it_is_named_and_not_refused() {
        for (line, expected) in [
            ("gzip, deflate, br, zstd", true),
            ("br, GZIP;q=0.5", true),
            ("*", true),
            ("", false),
            ("identity", false),
            ("x-gzippo", false),
            ("gzip;q=0", false),
            ("gzip; q=0.000, *", false),
            ("*;q=0", false),
            ("gzip;q=lots", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(line));
            assert_eq!(accepts_gzip(&headers), expected, "{line}");
        }
        assert!(!accepts_gzip(&HeaderMap::new()));
    }

    #[test]
    fn what_is_not_named_is_not_taken_for_named() {
        for (line, expected) in [
            ("gzip, deflate, br, zstd", true),
            ("ZSTD;q=0.5", true),
            ("zstd;q=0, gzip", false),
            ("gzip", false),
            ("*", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(line));
            assert_eq!(accepts("zstd", &headers), expected, "{line}");
        }
    }
}
