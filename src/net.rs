//! The recorders' side: accept loops, sockets, handshakes and POSTs, on the workers' threads. Nothing
//! here touches the database; what is not `/v1/*` is handed to the back office.

pub mod accept;
mod door;
mod guard;
mod handshake;

mod post;
mod record;
mod routes;
mod socket;
pub mod token;

pub use handshake::Handshake;
pub use record::Places;
pub use routes::{Ingest, router};
