//! JSON bodies of requests.

use axum::Json;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use bytes::Bytes;
use serde::de::DeserializeOwned;

use crate::error::ApiError;

/// Our own bodies are two or three deep. The reader of JSON calls itself at each level, so that its
/// own limit of 128 would be a matter of the stack's size.
const DEPTH_MAX: usize = 32;

/// A JSON body whose refusals read like every other error.
pub(super) struct JsonBody<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        if !is_json(request.headers()) {
            return Err(ApiError::ContentType);
        }
        let body = match Bytes::from_request(request, state).await {
            Ok(body) => body,
            Err(cut) if cut.status().as_u16() == 413 => return Err(ApiError::BodyTooLarge),
            Err(other) => return Err(bad_json(other.body_text())),
        };
        // The reader of JSON takes an array too, as the fields in their order.
        if !body.trim_ascii_start().starts_with(b"{") {
            return Err(bad_json("give an object, `{…}`".to_owned()));
        }
        if depth(&body) > DEPTH_MAX {
            return Err(bad_json(format!("nest at most {DEPTH_MAX} deep")));
        }
        match Json::from_bytes(&body) {
            Ok(Json(value)) => Ok(Self(value)),
            Err(other) => Err(bad_json(other.body_text())),
        }
    }
}

fn bad_json(reason: String) -> ApiError {
    ApiError::BadJson { reason }
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

/// How many arrays and objects are open at the deepest place. Of what is no JSON it is some number.
fn depth(body: &[u8]) -> usize {
    let (mut open, mut deepest) = (0_usize, 0);
    let mut in_string = false;
    let mut bytes = body.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            // What is escaped ends no string.
            b'\\' if in_string => {
                bytes.next();
            }
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                open += 1;
                deepest = deepest.max(open);
            }
            b']' | b'}' if !in_string => open = open.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_counts_what_is_open_and_nothing_in_strings() {
        for (body, expected) in [
            ("", 0),
            ("1", 0),
            ("[[],[],{}]", 2),
            (r#"{"a":[{"b":[]}]}"#, 4),
            (r#"["[[[[\"[[[[", "{{\\"]"#, 1),
            ("]]]][", 1),
        ] {
            assert_eq!(depth(body.as_bytes()), expected, "{body}");
        }
    }
}
