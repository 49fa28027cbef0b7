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
#[path = "api/filters.rs"]
mod filters;
#[path = "api/login.rs"]
mod login;
#[path = "api/openapi.rs"]
mod openapi;
#[path = "api/player.rs"]
mod player;
#[path = "support/postgres.rs"]
mod postgres;
#[path = "api/recording.rs"]
mod recording;
#[path = "api/refusals.rs"]
mod refusals;
#[path = "api/search.rs"]
mod search;
#[path = "api/sessions.rs"]
mod sessions;
#[path = "api/sites.rs"]
mod sites;
#[path = "api/stage.rs"]
mod stage;
#[path = "api/visits.rs"]
mod visits;
