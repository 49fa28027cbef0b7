//! What is promised of the database, held against a real Postgres.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "database/admin.rs"]
mod admin;
#[path = "database/embedded.rs"]
mod embedded;
#[path = "database/many.rs"]
mod many;
#[path = "support/postgres.rs"]
mod postgres;
#[path = "database/schema.rs"]
mod schema;
#[path = "database/sites.rs"]
mod sites;
#[path = "database/store.rs"]
mod store;
#[path = "database/writes.rs"]
mod writes;
