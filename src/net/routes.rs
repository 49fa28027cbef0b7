//! The table of what a worker answers itself, and the hand-over of everything else to the back office.

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use footage_actors::cast::Cast;
use footage_protocol::settings;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tower::ServiceExt;
use tower_http::catch_panic::CatchPanicLayer;

use super::accept::Peer;
use super::handshake::Handshake;
use super::post::{batches, preflight};
use super::record::{Places, record};
use crate::api::headers::make_safe;
use crate::api::panicked;
use crate::auth::ClientIp;
use crate::config::Network;
use crate::error::ApiError;
use crate::health::{self, Health};

/// Requests a node's back office works on at once; more are told to come back.
const OFFICE_REQUESTS_MAX: usize = 512;

/// What the recorders' side of a node shares.
pub struct Ingest {
    /// The actors.
    pub cast: Arc<Cast>,
    /// What checks hellos.
    pub handshake: Handshake,
    /// Counts of sockets by address.
    pub places: Places,
    /// Proxies whose word about the client's address is taken.
    pub trusted_proxies: Vec<Network>,
    /// Alive, ready, and how the parts do.
    pub health: Arc<Health>,
    /// The runtime of the back office.
    pub office: Handle,
    /// What the back office serves.
    pub office_router: Router,
    /// Room in the back office.
    pub office_places: Arc<Semaphore>,
}

impl Ingest {
    /// Room for as many requests as the back office works on at once.
    pub fn office_room() -> Arc<Semaphore> {
        Arc::new(Semaphore::new(OFFICE_REQUESTS_MAX))
    }

    /// The client's address: the peer's, or what a trusted proxy says it is.
    pub fn client_ip(&self, peer: &Peer, headers: &HeaderMap) -> IpAddr {
        let trusted = |ip: IpAddr| {
            self.trusted_proxies
                .iter()
                .any(|network| network.contains(ip))
        };
        let mut client = peer.0.ip();
        let forwarded = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .collect::<Vec<_>>();
        for named in forwarded.iter().rev() {
            if !trusted(client) {
                break;
            }
            match named.trim().parse() {
                Ok(ip) => client = ip,
                Err(_) => break,
            }
        }
        client
    }
}

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
