//! The threads actors live on, and the only place where actors are started.
//!
//! `N` workers serve the recorders; the office holds the writer and the accounts. Each is one thread
//! with one event loop. Actors started elsewhere would panic (an actor needs an arbiter's thread).

use actix::{Actor, Addr, Arbiter, System};
use std::future::Future;
use std::sync::mpsc;
use std::thread::JoinHandle;

use crate::account::Account;
use crate::session::{Birth, Session};
use crate::writer::Writer;

/// The node's actor threads.
pub struct Arbiters {
    system: System,
    thread: JoinHandle<std::io::Result<()>>,
    workers: Vec<Arbiter>,
    office: Arbiter,
}

impl Arbiters {
    /// Starts `workers` worker threads and the office.
    ///
    /// # Errors
    /// When the operating system will not start a thread or an event loop.
    pub fn start(workers: usize) -> std::io::Result<Self> {
        // One message is ever sent.
        let (sender, started) = mpsc::sync_channel(1);
        let thread = std::thread::Builder::new()
            .name("actor-system".into())
            .spawn(move || {
                let runner = System::new();
                let office = Arbiter::new();
                let workers = (0..workers).map(|_| Arbiter::new()).collect();
                let handed = sender.send((System::current(), office, workers));
                handed.map_err(std::io::Error::other)?;
                runner.run()
            })?;
        let (system, office, workers) = started.recv().map_err(std::io::Error::other)?;
        Ok(Self {
            system,
            thread,
            workers,
            office,
        })
    }

    /// How many workers there are.
    pub fn workers(&self) -> usize {
        self.workers.len()
    }

    /// Runs `task` on a worker's thread until it is done or the worker stops; false when the worker is
    /// gone.
    #[expect(
        clippy::disallowed_methods,
        reason = "what runs here beats for the worker it runs on, and is missed when it stops"
    )]
    pub fn run_on_worker<Task, Run>(&self, worker: usize, task: Task) -> bool
    where
        Task: FnOnce() -> Run + Send + 'static,
        Run: Future<Output = ()> + 'static,
    {
        self.workers.get(worker).is_some_and(|worker| {
            worker.spawn_fn(move || {
                tokio::task::spawn_local(task());
            })
        })
    }

    /// Starts the writer in the office.
    pub fn start_writer(&self, writer: Writer) -> Addr<Writer> {
        Writer::start_in_arbiter(&self.office.handle(), |_| writer)
    }

    /// What starts accounts in the office.
    pub fn office(&self) -> Office {
        Office(self.office.handle())
    }

    /// Stops every thread; what their actors still hold is dropped.
    pub fn stop(self) {
        self.system.stop();
        if self.thread.join().is_err() {
            tracing::error!("the actor system's thread panicked");
        }
    }
}

/// Starts account actors.
#[derive(Clone, Debug)]
pub struct Office(actix::ArbiterHandle);

impl Office {
    /// Starts an account.
    pub fn start_account(&self, account: Account) -> Addr<Account> {
        Account::start_in_arbiter(&self.0, |_| account)
    }
}

/// Starts a session on this worker's thread.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place where actors are started"
)]
pub fn start_session(birth: Birth) -> Addr<Session> {
    Session::new(birth).start()
}
