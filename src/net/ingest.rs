//! What the recorders' side of a node shares.

use axum::Router;
use axum::http::HeaderMap;
use footage_actors::cast::Cast;
use std::net::IpAddr;
use std::sync::Arc;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use super::accept::Peer;
use super::handshake::Handshake;
use super::places::Places;
use crate::config::Network;
use crate::health::Health;

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
