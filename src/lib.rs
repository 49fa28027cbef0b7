//! The node: sockets, HTTP, Postgres, configuration, telemetry, start and stop.

pub mod api;
pub mod auth;
pub mod config;
pub mod error;
pub mod postgres;
pub mod web;
