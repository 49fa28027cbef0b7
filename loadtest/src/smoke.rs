//! `smoke`: one visit against a running server, step by step, and what failed.

use clap::Args;
use serde::Serialize;
use std::fmt;
use std::time::Duration;

use crate::recorder::{Recorder, RecorderError};

/// A step that takes longer than this has failed.
const STEP_TIMEOUT: Duration = Duration::from_secs(10);
/// One rrweb-like event: `{type: 5}`.
const EVENT: &[u8] = &[0x81, 0xa4, b't', b'y', b'p', b'e', 0x05];

/// What to test.
#[derive(Args)]
pub struct Options {
    /// The server's recording address.
    #[arg(long, default_value = "ws://127.0.0.1:8080/v1/record")]
    url: String,
    /// The key of a site that takes recordings from programs.
    #[arg(long)]
    site: String,
    /// Prints the report as JSON.
    #[arg(long)]
    pub json: bool,
}

/// What passed and what failed.
#[derive(Debug, Serialize)]
pub struct Report {
    session: Option<String>,
    steps: Vec<Step>,
}

#[derive(Debug, Serialize)]
struct Step {
    name: &'static str,
    took_ms: u128,
    error: Option<String>,
}

impl Report {
    /// Whether every step passed.
    pub fn passed(&self) -> bool {
        self.steps.iter().all(|step| step.error.is_none())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            match &step.error {
                None => writeln!(to, "passed  {:>6} ms  {}", step.took_ms, step.name)?,
                Some(error) => {
                    writeln!(to, "FAILED  {:>6} ms  {}: {error}", step.took_ms, step.name)?
                }
            }
        }
        match &self.session {
            Some(session) => writeln!(to, "session {session}"),
            None => Ok(()),
        }
    }
}

/// Goes the way of one visit.
pub async fn run(options: &Options) -> Report {
    let mut report = Report {
        session: None,
        steps: Vec::new(),
    };
    let connecting = Recorder::connect(&options.url, &options.site);
    let Some(mut recorder) = report.step("connect and be welcomed", connecting).await else {
        return report;
    };
    report.session = Some(recorder.session().to_string());
    let sending = async {
        recorder.send_event(EVENT).await?;
        recorder.send_end().await
    };
    if report
        .step("send an event and the end", sending)
        .await
        .is_some()
    {
        report
            .step("have both acknowledged", recorder.wait_until_acked())
            .await;
    }
    report
}

impl Report {
    async fn step<T>(
        &mut self,
        name: &'static str,
        step: impl Future<Output = Result<T, RecorderError>>,
    ) -> Option<T> {
        let started = tokio::time::Instant::now();
        let outcome = tokio::time::timeout(STEP_TIMEOUT, step).await;
        let (value, error) = match outcome {
            Ok(Ok(value)) => (Some(value), None),
            Ok(Err(error)) => (None, Some(error.to_string())),
            Err(_) => (
                None,
                Some(format!("no answer within {} s", STEP_TIMEOUT.as_secs())),
            ),
        };
        self.steps.push(Step {
            name,
            took_ms: started.elapsed().as_millis(),
            error,
        });
        value
    }
}
