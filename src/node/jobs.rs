//! Periodic work of the back office.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::task::AbortHandle;
use tokio::time::{MissedTickBehavior, interval};
use tracing::{info, warn};

use super::Store;
use crate::health::Health;
use crate::net::Ingest;
use crate::store::{StoreError, ensure_partitions, sweep_idle};

/// Storage is asked this often whether it is there.
const STORAGE_CHECK_EVERY: Duration = Duration::from_secs(1);
/// A changed site is known at most this much later.
const SITES_EVERY: Duration = Duration::from_secs(2);
/// Sessions end idle at most this much later than they might.
const IDLE_SWEEP_EVERY: Duration = Duration::from_secs(60);
/// Partitions are made a week ahead.
const PARTITIONS_EVERY: Duration = Duration::from_secs(3_600);
/// Counters of addresses that have gone, and actors that died, are forgotten this often.
const PLACES_SWEEP_EVERY: Duration = Duration::from_secs(60);

/// The running jobs.
pub struct Jobs(Vec<AbortHandle>);

impl Jobs {
    /// Ends them where they stand; each is safe to repeat.
    pub fn stop(&self) {
        self.0.iter().for_each(AbortHandle::abort);
    }
}

/// Starts every job.
pub fn start(office: &Handle, store: &Store, health: &Arc<Health>, ingest: &Arc<Ingest>) -> Jobs {
    let (writer, jobs) = (store.pools.writer.clone(), store.pools.jobs.clone());
    let health = Arc::clone(health);
    let check = move || {
        let (writer, health) = (writer.clone(), Arc::clone(&health));
        async move {
            sqlx::query("select 1").execute(&writer).await?;
            health.storage_answered();
            Ok(())
        }
    };
    let pool = jobs.clone();
    let sweep = move || {
        let pool = pool.clone();
        async move {
            let ended = sweep_idle(&pool).await?;
            if ended > 0 {
                info!(sessions = ended, "sessions ended idle");
            }
            Ok(())
        }
    };
    let partitions = move || {
        let pool = jobs.clone();
        async move { ensure_partitions(&pool).await }
    };
    let sites = Arc::clone(&store.sites);
    let refresh = move || {
        let sites = Arc::clone(&sites);
        async move { sites.refresh().await }
    };
    let ingest = Arc::clone(ingest);
    let places = move || {
        ingest.places.sweep();
        ingest.cast.registry().sweep();
        std::future::ready(Ok(()))
    };
    Jobs(vec![
        repeat(office, "check storage", STORAGE_CHECK_EVERY, check),
        repeat(office, "refresh sites", SITES_EVERY, refresh),
        repeat(office, "end idle sessions", IDLE_SWEEP_EVERY, sweep),
        repeat(office, "make partitions", PARTITIONS_EVERY, partitions),
        repeat(office, "forget who is gone", PLACES_SWEEP_EVERY, places),
    ])
}

fn repeat<Job, Run>(office: &Handle, name: &'static str, every: Duration, job: Job) -> AbortHandle
where
    Job: Fn() -> Run + Send + 'static,
    Run: Future<Output = Result<(), StoreError>> + Send,
{
    let running = office.spawn(async move {
        let mut ticks = interval(every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            if let Err(error) = job().await {
                warn!(job = name, %error, "a job failed and will be tried again");
            }
        }
    });
    running.abort_handle()
}
