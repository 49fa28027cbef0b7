//! The recorders' side of a real server: sockets, POSTs, bad input, restarts.
#![cfg(test)]

#[path = "ingest/abuse.rs"]
mod abuse;
#[path = "ingest/bad_input.rs"]
mod bad_input;
#[path = "ingest/live.rs"]
mod live;
#[path = "support/node.rs"]
mod node;
#[path = "support/postgres.rs"]
mod postgres;
#[path = "ingest/recorder.rs"]
mod recorder;
#[path = "ingest/sessions.rs"]
mod sessions;
