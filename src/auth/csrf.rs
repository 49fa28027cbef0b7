//! Refuses requests that another site made a browser send, and bodies that are not plain JSON.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::Response;

use super::Origin;
use crate::api::ApiState;
use crate::error::ApiError;

/// Lets safe methods through; others only from the dashboard's own pages and without tricks.
///
/// # Errors
/// When an unsafe request comes from elsewhere or its body is not declared as plain JSON.
pub async fn refuse_foreign(
    State(state): State<ApiState>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    check_body_declaration(request.headers())?;
    if !is_safe(request.method()) && !is_own(request.headers(), state.public_origin()) {
        return Err(ApiError::CrossSite);
    }
    Ok(next.run(request).await)
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether the browser says that the request comes from the dashboard itself.
///
/// Browsers of the last years send `Sec-Fetch-Site`, which a page cannot forge. Without it the
/// `Origin` must be ours, or absent (no browser at all).
fn is_own(headers: &HeaderMap, public: &Origin) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let Some(origin) = origin
        .to_str()
        .ok()
        .and_then(|text| Origin::parse(text).ok())
    else {
        return false;
    };
    origin == *public || is_at_host(&origin, headers)
}

/// Whether an origin names the host that the request was sent to.
pub(crate) fn is_at_host(origin: &Origin, headers: &HeaderMap) -> bool {
    headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .is_some_and(|host| host.eq_ignore_ascii_case(origin.authority()))
}

/// A form cannot declare JSON, so the declaration alone stops forms of other sites.
fn check_body_declaration(headers: &HeaderMap) -> Result<(), ApiError> {
    let is_plain = headers
        .get(header::CONTENT_ENCODING)
        .is_none_or(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"identity"));
    if !is_plain {
        return Err(ApiError::ContentEncoding);
    }
    let is_empty = headers
        .get(header::CONTENT_LENGTH)
        .is_none_or(|length| length == "0")
        && !headers.contains_key(header::TRANSFER_ENCODING);
    let declared = headers.get(header::CONTENT_TYPE);
    match declared {
        None if is_empty => Ok(()),
        Some(declared) if is_json(declared.as_bytes()) => Ok(()),
        _ => Err(ApiError::ContentType),
    }
}

fn is_json(declared: &[u8]) -> bool {
    let essence = declared.split(|byte| *byte == b';').next().unwrap_or(&[]);
    essence
        .trim_ascii()
        .eq_ignore_ascii_case(b"application/json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderName;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn only_our_own_pages_are_own() {
        let public = Origin::parse("https://footage.example").unwrap();
        let own: [&[(&'static str, &str)]; 5] = [
            &[],
            &[("sec-fetch-site", "same-origin")],
            &[("origin", "https://footage.example")],
            &[
                ("origin", "http://localhost:8080"),
                ("host", "localhost:8080"),
            ],
            &[
                ("sec-fetch-site", "same-origin"),
                ("origin", "https://evil.example"),
            ],
        ];
        for pairs in own {
            assert!(is_own(&headers(pairs), &public), "{pairs:?}");
        }
        let foreign: [&[(&'static str, &str)]; 6] = [
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[
                ("sec-fetch-site", "cross-site"),
                ("origin", "https://footage.example"),
            ],
            &[("origin", "null")],
            &[
                ("origin", "https://evil.example"),
                ("host", "footage.example"),
            ],
        ];
        for pairs in foreign {
            assert!(!is_own(&headers(pairs), &public), "{pairs:?}");
        }
    }

    #[test]
    fn bodies_are_declared_as_plain_json() {
        let refused: [&[(&'static str, &str)]; 4] = [
            &[("content-type", "text/plain"), ("content-length", "2")],
            &[("content-length", "2")],
            &[("transfer-encoding", "chunked")],
            &[
                ("content-type", "application/json"),
                ("content-encoding", "gzip"),
            ],
        ];
        for pairs in refused {
            assert!(
                check_body_declaration(&headers(pairs)).is_err(),
                "{pairs:?}"
            );
        }
        let taken: [&[(&'static str, &str)]; 3] = [
            &[],
            &[("content-length", "0")],
            &[
                ("content-type", "application/json; charset=utf-8"),
                ("content-length", "2"),
            ],
        ];
        for pairs in taken {
            assert!(check_body_declaration(&headers(pairs)).is_ok(), "{pairs:?}");
        }
    }
}
