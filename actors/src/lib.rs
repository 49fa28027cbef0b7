//! Who does what: the actors of a node and their ports to the outside.
#![deny(missing_docs)]
#![forbid(unsafe_code)]

pub mod end;
pub mod ports;
