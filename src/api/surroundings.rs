//! What happens around every handler: a time limit, panics, and the narrow door of the replay host.

use std::any::Any;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::ApiState;
use crate::error::ApiError;

/// A handler has this long until its answer begins; bodies may flow longer.
const HANDLER_TIME_MAX: Duration = Duration::from_secs(15);

/// Middleware: gives up on a handler that takes too long.
///
/// # Errors
/// When the time is over.
pub(super) async fn in_time(request: Request, next: Next) -> Result<Response, ApiError> {
    tokio::time::timeout(HANDLER_TIME_MAX, next.run(request))
        .await
        .map_err(|_| ApiError::TimedOut)
}

/// Turns a panic of a handler into an answer; its text goes to the log only.
pub(crate) fn panicked(payload: Box<dyn Any + Send + 'static>) -> Response {
    let text = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&'static str>().copied())
        .unwrap_or("a panic without words");
    ApiError::Internal(format!("a handler panicked: {text}")).into_response()
}

/// Middleware: on a replay host of its own there is the player and nothing else, so that what
/// runs there finds no dashboard and no API beside it.
///
/// # Errors
/// When anything else is asked of the replay host.
pub(super) async fn replay_host(
    State(state): State<ApiState>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let is_replay_host = state
        .replay_origin()
        .filter(|replay| *replay != state.public_origin())
        .zip(request.headers().get(header::HOST))
        .is_some_and(|(replay, host)| {
            host.as_bytes()
                .eq_ignore_ascii_case(replay.authority().as_bytes())
        });
    let path = request.uri().path();
    let is_players = path.starts_with("/player/") || path.starts_with("/player-assets/");
    if is_replay_host && !is_players {
        return Err(ApiError::NoSuchPath);
    }
    Ok(next.run(request).await)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn a_panicking_handler_is_an_incident() {
        let panics = || async {
            std::panic::panic_any("the password was hunter2");
            #[allow(unreachable_code, reason = "it gives the handler an answer type")]
            ""
        };
        let router: axum::Router = axum::Router::new()
            .route("/", axum::routing::get(panics))
            .layer(tower_http::catch_panic::CatchPanicLayer::custom(panicked));
        let request = Request::get("/").body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        assert_eq!(response.status().as_u16(), 500);
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let text = String::from_utf8(body.to_vec()).unwrap();
        assert!(text.contains("incident_id") && !text.contains("hunter2"));
    }
}
