//! The HTTP interface for staff: one table of routes, and what surrounds every request.
//!
//! Recorders' paths below `/v1/` do not belong here; workers answer them without leaving their
//! thread.

mod body;
mod chunks;
mod cursor;
mod events;
pub(crate) mod headers;
mod login;
mod openapi;
mod player;
mod routes;
mod session;
mod sessions;
mod sites;
mod state;
mod surroundings;

pub use openapi::OPENAPI;
pub use routes::{Access, ROUTES, Route};
pub use state::{ApiSettings, ApiState, DemoSiteKey, LiveSessions};
pub(crate) use surroundings::panicked;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;

use crate::auth::csrf::refuse_foreign;
use crate::error::ApiError;
use crate::web;

/// A JSON body may be this long.
const BODY_BYTES_MAX: usize = 256 * 1024;

/// Builds everything that staff's browsers, and the pages that load the recorder, can ask for.
pub fn router(state: ApiState) -> Router {
    let mut router = Router::new();
    for route in ROUTES {
        router = router.route(route.path, route.mounted(&state));
    }
    // From the outside in: headers on whatever comes, panics, time, where from; then the routes.
    router
        .fallback(web::serve)
        .method_not_allowed_fallback(|| async { ApiError::MethodNotAllowed })
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn_with_state(state.clone(), refuse_foreign))
        .layer(from_fn_with_state(state.clone(), surroundings::replay_host))
        .layer(from_fn(surroundings::in_time))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(state.clone(), headers::add))
        .with_state(state)
}
