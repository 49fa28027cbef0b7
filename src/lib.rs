//! The node: sockets, HTTP, Postgres, configuration, telemetry, start and stop.
