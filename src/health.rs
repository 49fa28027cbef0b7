//! Whether the node is alive, ready, and how its parts do. Answers come from memory alone, so that
//! they are there when Postgres is not and when a worker hangs.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use footage_actors::cast::Cast;
use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::Instant;

use crate::error::ApiError;
use crate::telemetry::metrics;

/// The state of a part with nothing wrong.
const WELL: &str = "ok";
/// A worker that has not beaten for this long hangs.
const BEAT_LATE: Duration = Duration::from_secs(2);
/// How often a part beats.
pub const BEAT_EVERY: Duration = Duration::from_millis(500);
/// Storage that has not answered a question for this long is away.
const STORAGE_LATE: Duration = Duration::from_secs(5);

/// What the node knows of itself.
pub struct Health {
    cast: Arc<Cast>,
    metrics: PrometheusHandle,
    ops_token: Option<SecretString>,
    started: Instant,
    draining: AtomicBool,
    workers: Vec<Beat>,
    storage: Beat,
}

/// When a part was last seen at work.
#[derive(Default)]
pub struct Beat(AtomicU64);

#[derive(Serialize)]
struct Status {
    state: &'static str,
    parts: Vec<Part>,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Details>,
}

#[derive(Serialize)]
struct Part {
    name: String,
    state: &'static str,
}

#[derive(Serialize)]
struct Details {
    uptime_s: u64,
    sessions: usize,
    budget_bytes_free: usize,
    budget_bytes: usize,
    accounts: Vec<AccountDetails>,
}

#[derive(Serialize)]
struct AccountDetails {
    account: i64,
    received: u64,
    held: u64,
    fates: Vec<Fate>,
}

#[derive(Serialize)]
struct Fate {
    outcome: &'static str,
    reason: &'static str,
    count: u64,
}

impl Health {
    /// Starts to judge a node of so many workers.
    pub fn new(
        cast: Arc<Cast>,
        metrics: PrometheusHandle,
        workers: usize,
        ops_token: Option<SecretString>,
    ) -> Self {
        Self {
            cast,
            metrics,
            ops_token,
            started: Instant::now(),
            draining: AtomicBool::new(false),
            workers: (0..workers).map(|_| Beat::default()).collect(),
            storage: Beat::default(),
        }
    }

    /// A worker says that its event loop turns.
    pub fn worker_beats(&self, worker: usize) {
        if let Some(beat) = self.workers.get(worker) {
            self.beat(beat);
        }
    }

    /// Storage has just answered.
    pub fn storage_answered(&self) {
        self.beat(&self.storage);
    }

    /// The node stops: it must get no new traffic.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    fn beat(&self, beat: &Beat) {
        let since_start_ms = self.started.elapsed().as_millis() as u64;
        beat.0.store(since_start_ms, Ordering::Relaxed);
    }

    fn is_late(&self, beat: &Beat, patience: Duration) -> bool {
        let last = Duration::from_millis(beat.0.load(Ordering::Relaxed));
        self.started.elapsed().saturating_sub(last) > patience
    }

    fn parts(&self) -> Vec<Part> {
        let state = |late: bool, word| if late { word } else { WELL };
        let mut parts: Vec<Part> = self
            .workers
            .iter()
            .enumerate()
            .map(|(index, beat)| Part {
                name: format!("worker {index}"),
                state: state(self.is_late(beat, BEAT_LATE), "hangs"),
            })
            .collect();
        parts.push(Part {
            name: "postgres".to_owned(),
            state: state(self.is_late(&self.storage, STORAGE_LATE), "away"),
        });
        parts
    }

    fn is_ready(&self) -> bool {
        let draining = self.draining.load(Ordering::Relaxed);
        !draining && self.parts().iter().all(|part| part.state == WELL)
    }

    fn status(&self, details: Option<Details>) -> Response {
        let parts = self.parts();
        let well = parts.iter().all(|part| part.state == WELL);
        let status = if well {
            StatusCode::OK
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        };
        let state = if self.draining.load(Ordering::Relaxed) {
            "draining"
        } else if well {
            WELL
        } else {
            "failing"
        };
        (
            status,
            Json(Status {
                state,
                parts,
                details,
            }),
        )
            .into_response()
    }

    fn details(&self) -> Details {
        let accounts = self
            .cast
            .ledgers()
            .into_iter()
            .map(|(account, ledger)| AccountDetails {
                account: account.0,
                received: ledger.received(),
                held: ledger.held(),
                fates: ledger
                    .lines()
                    .map(|line| Fate {
                        outcome: line.outcome,
                        reason: line.reason,
                        count: line.count,
                    })
                    .collect(),
            });
        Details {
            uptime_s: self.started.elapsed().as_secs(),
            sessions: self.cast.registry().len(),
            budget_bytes_free: self.cast.budget().bytes_free(),
            budget_bytes: self.cast.budget().bytes_total(),
            accounts: accounts.collect(),
        }
    }

    fn exposition(&self) -> String {
        metrics::fullness(self.cast.registry().len(), self.cast.budget().bytes_free());
        let mut text = self.metrics.render();
        text.push_str(&metrics::ledger_lines(&self.cast.ledgers()));
        text
    }

    /// Compared by hash, so that time tells nothing of where two tokens differ.
    fn holds_ops_token(&self, headers: &HeaderMap) -> bool {
        let bearer = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        match (&self.ops_token, bearer) {
            (Some(token), Some(bearer)) => {
                Sha256::digest(token.expose_secret()) == Sha256::digest(bearer)
            }
            _ => false,
        }
    }
}

/// The process runs.
pub async fn alive() -> &'static str {
    "alive\n"
}

/// The node may be sent traffic.
pub async fn ready(State(health): State<Arc<Health>>) -> Response {
    if health.is_ready() {
        return "ready\n".into_response();
    }
    (StatusCode::SERVICE_UNAVAILABLE, "not ready\n").into_response()
}

/// States of the parts alone, for monitors outside; with the operations token also their details.
pub async fn states(State(health): State<Arc<Health>>, headers: HeaderMap) -> Response {
    let details = health.holds_ops_token(&headers).then(|| health.details());
    health.status(details)
}

/// States and details, for the operations listener.
pub async fn status(State(health): State<Arc<Health>>) -> Response {
    let details = health.details();
    health.status(Some(details))
}

/// Metrics in the text format of Prometheus, for the operations listener.
pub async fn metrics(State(health): State<Arc<Health>>) -> String {
    health.exposition()
}

/// The same on the main port, for who holds the operations token.
pub async fn metrics_with_token(State(health): State<Arc<Health>>, headers: HeaderMap) -> Response {
    if health.holds_ops_token(&headers) {
        return health.exposition().into_response();
    }
    ApiError::OpsTokenNeeded.into_response()
}
