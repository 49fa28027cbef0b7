//! The recorders' side: accept loops, sockets, handshakes and POSTs, on the workers' threads. Nothing
//! here touches the database; what is not `/v1/*` is handed to the back office.

pub mod accept;
mod door;
mod guard;
mod handshake;
mod ingest;
mod places;

mod post;
mod record;
mod routes;
mod socket;
pub mod token;

pub use handshake::Handshake;
pub use ingest::Ingest;
pub use places::Places;
pub use routes::router;
