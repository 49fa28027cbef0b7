//! Who does what: the actors of a node and their ports to the outside.
//!
//! A recorder comes in through [`cast::Cast::attach`]; from there its socket feeds a
//! [`session::Session`], which hands what it holds to the [`writer::Writer`] and acknowledges what is
//! durable. Nothing here opens a socket, a file or a database connection: that is behind
//! [`ports::Storage`] and [`arrival::RecorderSocket`].
#![deny(missing_docs)]
#![forbid(unsafe_code)]

pub mod account;
pub mod arbiters;
pub mod arrival;
pub mod budget;
pub mod cast;
pub mod clock;
pub mod end;
pub mod inflate;
pub mod limits;
pub mod outbox;
pub mod outcome;
pub mod ports;
pub mod registry;
pub mod session;
pub mod writer;
