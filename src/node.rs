//! One running server: start in the order of what depends on what, stop in the reverse order.
//!
//! Threads: the main thread waits for signals; the back office's runtime owns every connection to
//! Postgres and answers staff; each worker serves recorders; operations have a thread of their own.

mod jobs;
mod live;
mod operations;

use axum::Router;
use footage_actors::arbiters::Arbiters;
use footage_actors::cast::{Cast, CastSettings};
use footage_actors::clock::Clock;
use footage_actors::limits::{AccountLimits, SessionLimits};
use metrics_exporter_prometheus::PrometheusBuilder;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tokio::time::Instant;
use tracing::{error, info, warn};

use crate::admin::{self, FirstLogin};
use crate::api::{self, ApiSettings, ApiState};
use crate::auth::PasswordError;
use crate::config::Config;
use crate::health::{BEAT_EVERY, Health};
use crate::net::token::TokenKeys;
use crate::net::{Handshake, Ingest, Places, accept};
use crate::postgres::{
    ConnectError, DataDir, DataDirError, MigrateError, Pools, Postgres, PostgresError,
    migrate as bring_up_to_date,
};
use crate::store::{PgStorage, SiteDirectory, StoreError};
use crate::telemetry::{self, TelemetryError};
use crate::web::Embedded;

/// Threads of the back office: its work is waiting for Postgres, and now and then compressing.
const OFFICE_THREADS: usize = 2;
/// Sessions with an actor on one node.
const SESSIONS_MAX: u32 = 20_000;
/// How long a stopping node waits for what is not yet stored.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(30);
/// How often a stopping node looks whether everything is stored.
const DRAIN_LOOK_EVERY: Duration = Duration::from_millis(20);

/// Why a node did not start, or not stop cleanly.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// The listen address is taken, or not this machine's.
    #[error("cannot listen on {name} = {address}: {cause}; stop what uses it or choose another")]
    Listen {
        /// The setting.
        name: &'static str,
        /// Its value.
        address: SocketAddr,
        /// What the system says.
        cause: io::Error,
    },
    /// A thread, a runtime or a file of the node could not be made.
    #[error("the system refused {what}: {cause}")]
    System {
        /// What was asked for.
        what: &'static str,
        /// What the system says.
        cause: io::Error,
    },
    /// Metrics could not be set up.
    #[error("metrics: {0}")]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
    /// Logs could not be set up.
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// The data directory cannot be used.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// Postgres does not run.
    #[error(transparent)]
    Postgres(#[from] PostgresError),
    /// Postgres cannot be reached.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The schema could not be brought up to date.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
    /// Sites could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Passwords cannot be hashed here.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The first account could not be made, or an admin command failed.
    #[error(transparent)]
    Admin(#[from] admin::AdminError),
}

/// Runs a server until it is told to stop.
///
/// # Errors
/// [`NodeError`] when it cannot start.
pub fn serve(config: Config) -> Result<(), NodeError> {
    telemetry::start_logs(&config.log)?;
    let metrics = PrometheusBuilder::new().install_recorder()?;
    telemetry::metrics::describe();
    raise_file_limit();
    let address = claim("FOOTAGE_LISTEN", config.listen.main)?;
    let ops_address = claim("FOOTAGE_OPS_LISTEN", config.ops.listen)?;

    let office = runtime("office", OFFICE_THREADS)?;
    let data_dir = DataDir::open(&config.data.dir)?;
    let mut postgres = office.block_on(Postgres::start(&config.database, &data_dir))?;
    let store = office.block_on(Store::open(&config, &postgres))?;
    let tokens = TokenKeys::load_or_create(&data_dir.path().join("session-token.keys")).map_err(
        |cause| NodeError::System {
            what: "the key file of session tokens",
            cause,
        },
    )?;

    let workers = config.listen.workers.get();
    let arbiters = Arbiters::start(workers).map_err(|cause| NodeError::System {
        what: "worker threads",
        cause,
    })?;
    let storage = Arc::new(PgStorage::new(
        store.pools.writer.clone(),
        office.handle().clone(),
    ));
    let cast = Arc::new(Cast::new(&arbiters, storage, cast_settings(&config)));
    let health = Arc::new(Health::new(
        Arc::clone(&cast),
        metrics,
        workers,
        config.ops.token.clone(),
    ));
    let ingest = Arc::new(Ingest {
        handshake: Handshake {
            sites: Arc::clone(&store.sites),
            tokens: Arc::new(tokens),
            clock: cast.clock(),
        },
        places: Places::default(),
        trusted_proxies: config.listen.trusted_proxies.clone(),
        health: Arc::clone(&health),
        office: office.handle().clone(),
        office_router: staff_router(&config, &store, &cast)?,
        office_places: Ingest::office_room(),
        cast: Arc::clone(&cast),
    });

    let jobs = jobs::start(office.handle(), &store, &health, &ingest);
    let (stop, stopping) = watch::channel(false);
    start_workers(&arbiters, &ingest, address, &stopping)?;
    operations::start(ops_address, Arc::clone(&health), stopping).map_err(|cause| {
        NodeError::Listen {
            name: "FOOTAGE_OPS_LISTEN",
            address: ops_address,
            cause,
        }
    })?;
    let told_to_stop = office.block_on(async { StopSignals::listen() });
    greet(&config, address, store.first_login.as_ref());

    let lost = office.block_on(async {
        tokio::select! {
            () = told_to_stop.first() => None,
            lost = postgres.keep_running() => Some(lost),
        }
    });
    if let Some(lost) = &lost {
        error!(error = %lost, "the private Postgres is gone for good");
    }
    info!("stopping: no new connections, writing out what is held");
    health.drain();
    let _ = stop.send(true);
    office.block_on(drain(&cast));
    jobs.stop();
    arbiters.stop();
    office.block_on(store.pools.close());
    office.block_on(postgres.stop())?;
    info!("stopped");
    lost.map_or(Ok(()), |lost| Err(lost.into()))
}

/// Brings the schema up to date.
///
/// # Errors
/// [`NodeError`] when that fails.
pub fn migrate(config: &Config) -> Result<(), NodeError> {
    let office = runtime("office", 1)?;
    office.block_on(async {
        let postgres = Postgres::beside_server(config).await?;
        let version = bring_up_to_date(postgres.connect_options()).await?;
        println!("the schema is at version {version}");
        Ok(postgres.stop().await?)
    })
}

/// Runs one admin command, beside a running server or without.
///
/// # Errors
/// [`NodeError`] when it fails.
pub fn administer(config: &Config, command: admin::Command) -> Result<(), NodeError> {
    let office = runtime("office", 1)?;
    office.block_on(async {
        let postgres = Postgres::beside_server(config).await?;
        bring_up_to_date(postgres.connect_options()).await?;
        let pools = Pools::new(postgres.connect_options());
        println!("{}", admin::run(&pools.jobs, command).await?);
        pools.close().await;
        Ok(postgres.stop().await?)
    })
}

/// What the back office holds of Postgres.
struct Store {
    pools: Pools,
    sites: Arc<SiteDirectory>,
    first_login: Option<FirstLogin>,
}

impl Store {
    async fn open(config: &Config, postgres: &Postgres) -> Result<Self, NodeError> {
        bring_up_to_date(postgres.connect_options()).await?;
        let pools = Pools::new(postgres.connect_options());
        pools.check().await?;
        let first_login = admin::first_start(&pools.jobs, config).await?;
        crate::store::ensure_partitions(&pools.jobs).await?;
        let sites = Arc::new(SiteDirectory::load(pools.writer.clone()).await?);
        Ok(Self {
            pools,
            sites,
            first_login,
        })
    }
}

fn claim(name: &'static str, address: SocketAddr) -> Result<SocketAddr, NodeError> {
    accept::claim(address).map_err(|cause| NodeError::Listen {
        name,
        address,
        cause,
    })
}

fn runtime(name: &'static str, threads: usize) -> Result<Runtime, NodeError> {
    Builder::new_multi_thread()
        .worker_threads(threads)
        .thread_name(name)
        .enable_all()
        .build()
        .map_err(|cause| NodeError::System {
            what: "the back office's threads",
            cause,
        })
}

fn cast_settings(config: &Config) -> CastSettings {
    CastSettings {
        session: SessionLimits {
            credit_bytes: config.limits.credit_bytes,
            ..SessionLimits::default()
        },
        account: AccountLimits::default(),
        sessions_max: SESSIONS_MAX,
        budget_bytes: config.limits.budget_bytes as usize,
        clock: Clock::System,
    }
}

fn staff_router(config: &Config, store: &Store, cast: &Arc<Cast>) -> Result<Router, NodeError> {
    let sites = Arc::clone(&store.sites);
    let state = ApiState::new(ApiSettings {
        staff: store.pools.staff.clone(),
        public_origin: config.public.url.clone(),
        replay_origin: config.public.replay_origin.clone(),
        live: Arc::new(cast.registry().clone()),
        assets: Arc::new(Embedded),
        demo_site_key: Arc::new(move || sites.demo_key()),
    })?;
    Ok(api::router(state))
}

fn start_workers(
    arbiters: &Arbiters,
    ingest: &Arc<Ingest>,
    address: SocketAddr,
    stopping: &watch::Receiver<bool>,
) -> Result<(), NodeError> {
    let router = crate::net::router(Arc::clone(ingest));
    for worker in 0..arbiters.workers() {
        let listener = accept::listener(address).map_err(|cause| NodeError::Listen {
            name: "FOOTAGE_LISTEN",
            address,
            cause,
        })?;
        let (router, stopping, health) =
            (router.clone(), stopping.clone(), Arc::clone(&ingest.health));
        arbiters.run_on_worker(worker, move || accept::serve(listener, router, stopping));
        arbiters.run_on_worker(worker, move || async move {
            loop {
                health.worker_beats(worker);
                tokio::time::sleep(BEAT_EVERY).await;
            }
        });
    }
    Ok(())
}

/// Says on standard output where to go. Whoever read it may be gone: that stops nobody.
fn greet(config: &Config, address: SocketAddr, first_login: Option<&FirstLogin>) {
    info!(listen.address = %address, version = env!("CARGO_PKG_VERSION"), "ready");
    let url = &config.public.url;
    let login =
        first_login.map_or_else(String::new, |login| format!("First login:      {login}\n"));
    let words = format!("Footage is ready: {url}\n{login}A shop to try:    {url}/demo/\n");
    if let Err(error) = io::stdout().write_all(words.as_bytes()) {
        warn!(%error, "nobody reads standard output");
    }
}

/// SIGTERM and SIGINT, heard from the moment of [`StopSignals::listen`] on.
struct StopSignals(io::Result<(Signal, Signal)>);

impl StopSignals {
    /// Inside a runtime, before anyone is told that the server is ready.
    fn listen() -> Self {
        Self(signal(SignalKind::terminate()).and_then(|term| {
            let interrupt = signal(SignalKind::interrupt())?;
            Ok((term, interrupt))
        }))
    }

    async fn first(self) {
        match self.0 {
            Ok((mut term, mut interrupt)) => {
                tokio::select! {
                    _ = term.recv() => {}
                    _ = interrupt.recv() => {}
                }
            }
            Err(error) => {
                warn!(%error, "cannot listen for signals; only a kill stops this server");
                std::future::pending::<()>().await;
            }
        }
    }
}

/// Lets every session write out; what recorders still hold they send again elsewhere.
async fn drain(cast: &Cast) {
    let deadline = Instant::now() + DRAIN_TIMEOUT;
    let mut told = tokio::time::timeout_at(deadline, cast.drain()).await;
    while !cast.registry().is_empty() {
        if told.is_err() || Instant::now() >= deadline {
            return warn!(
                sessions = cast.registry().len(),
                "stopping although sessions are not written out; nothing of them was acknowledged"
            );
        }
        tokio::time::sleep(DRAIN_LOOK_EVERY).await;
        told = tokio::time::timeout_at(deadline, cast.drain()).await;
    }
}

/// A socket is a file descriptor; the default of 1,024 is few.
fn raise_file_limit() {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    let raised = getrlimit(Resource::RLIMIT_NOFILE)
        .and_then(|(_, hard)| setrlimit(Resource::RLIMIT_NOFILE, hard, hard));
    if let Err(error) = raised {
        warn!(%error, "could not raise the limit of open files");
    }
}
