//! The operations listener: a thread of its own, so that it answers when everything else hangs.

use axum::Router;
use axum::routing::get;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::LocalSet;

use crate::health::{self, Health};
use crate::net::accept;

/// Starts serving operations.
///
/// # Errors
/// When the address or the thread is not to be had.
pub fn start(
    address: SocketAddr,
    health: Arc<Health>,
    stopping: watch::Receiver<bool>,
) -> io::Result<()> {
    let router = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/status", get(health::status))
        .route("/metrics", get(health::metrics))
        .with_state(health);
    let listener = accept::listener(address)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    std::thread::Builder::new()
        .name("operations".into())
        .spawn(move || {
            LocalSet::new().block_on(&runtime, accept::serve(listener, router, stopping));
        })?;
    Ok(())
}
