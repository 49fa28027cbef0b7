//! The `footage-loadtest` command: a black box beside a running server.

mod recorder;
mod smoke;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Tests a running Footage server from outside.
#[derive(Parser)]
#[command(name = "footage-loadtest", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Goes the way of one visit and says what failed.
    Smoke(smoke::Options),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let Command::Smoke(options) = Arguments::parse().command;
    let report = smoke::run(&options).await;
    if options.json {
        match serde_json::to_string(&report) {
            Ok(text) => println!("{text}"),
            Err(error) => eprintln!("footage-loadtest: {error}"),
        }
    } else {
        print!("{report}");
    }
    if report.passed() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
