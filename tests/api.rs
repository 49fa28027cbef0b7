//! The staff HTTP interface, driven through its router on a real Postgres.
#![cfg(test)]

#[path = "api/access.rs"]
mod access;
#[path = "api/chunks.rs"]
mod chunks;
#[path = "api/events.rs"]
mod events;
#[path = "api/files.rs"]
mod files;
#[path = "api/login.rs"]
mod login;
#[path = "api/player.rs"]
mod player;
#[path = "support/postgres.rs"]
mod postgres;
#[path = "api/recording.rs"]
mod recording;
#[path = "api/refusals.rs"]
mod refusals;
#[path = "api/sessions.rs"]
mod sessions;
#[path = "api/stage.rs"]
mod stage;
