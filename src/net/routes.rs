//! The table of what a worker answers itself, and the hand-over of everything else to the back office.

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use footage_protocol::settings;
use std::sync::Arc;
use tower::ServiceExt;
use tower_http::catch_panic::CatchPanicLayer;

use super::accept::Peer;
use super::ingest::Ingest;
use super::post::{batches, preflight};
use super::record::record;
use crate::api::headers::make_safe;
use crate::api::panicked;
use crate::auth::ClientIp;
use crate::error::ApiError;
use crate::health;

/// Everything a worker serves.
pub fn router(ingest: Arc<Ingest>) -> Router {
    let paths = &settings().paths;
    let health = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/status", get(health::states))
        .route("/metrics", get(health::metrics_with_token))
        .with_state(Arc::clone(&ingest.health));
    // From the outside in: headers on whatever comes, panics; then the routes.
    Router::new()
        .route(paths.record, get(record))
        .route(paths.batches, post(batches).options(preflight))
        .route("/v1/{*rest}", any(|| async { ApiError::NoSuchPath }))
        .fallback(hand_over)
        .with_state(ingest)
        .merge(health)
        .method_not_allowed_fallback(|| async { ApiError::MethodNotAllowed })
        .layer(CatchPanicLayer::custom(panicked))
        .layer(map_response(safe))
}

/// Makes an answer safe to look at; a connection that becomes a WebSocket is none.
async fn safe(mut response: Response) -> Response {
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        make_safe(response.headers_mut());
    }
    response
}

/// Lets the back office answer. A worker never waits for the database; it only passes bytes on.
async fn hand_over(
    State(ingest): State<Arc<Ingest>>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    mut request: Request<Body>,
) -> Response {
    let Ok(place) = Arc::clone(&ingest.office_places).try_acquire_owned() else {
        return ApiError::Busy.into_response();
    };
    let client_ip = ingest.client_ip(&peer, request.headers());
    request.extensions_mut().insert(ClientIp(client_ip));
    let router = ingest.office_router.clone();
    let answering = ingest.office.spawn(async move {
        let _place = place;
        router.oneshot(request).await
    });
    match answering.await {
        Ok(Ok(response)) => response,
        Ok(Err(never)) => match never {},
        Err(failed) => ApiError::Internal(failed.to_string()).into_response(),
    }
}
