//! The node: sockets, HTTP, Postgres, configuration, telemetry, start and stop.
//!
//! The life of a batch goes through [`net`] (a worker accepts it), the actors of `footage_actors`,
//! and [`store`] (Postgres keeps it); staff read it back through [`api`]. [`node`] puts the parts
//! together. ARCHITECTURE.md tells it whole.

pub mod admin;
pub mod api;
pub mod auth;
pub mod config;
pub mod error;
pub mod health;
pub mod net;
pub mod node;
pub mod postgres;
pub mod store;
pub mod telemetry;
pub mod web;
