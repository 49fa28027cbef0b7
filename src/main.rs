//! The `footage` command.

use clap::{Parser, Subcommand};
use footage::admin;
use footage::api::OPENAPI;
use footage::config::Config;
use footage::node;
use std::process::ExitCode;

/// Records visits to web sites, keeps them, and lets staff watch.
#[derive(Parser)]
#[command(name = "footage", version, about)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Starts the server.
    Serve,
    /// Brings the database's schema up to date, then exits.
    Migrate,
    /// Prints the configuration in force, without secrets, or what is wrong with it.
    CheckConfig,
    /// Prints what `/api/openapi.json` answers: the HTTP interface for staff, as OpenAPI.
    #[command(name = "openapi")]
    OpenApi,
    /// Sites and passwords.
    Admin {
        #[command(subcommand)]
        command: admin::Command,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("footage: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<(), Box<dyn std::error::Error>> {
    match command {
        Command::Serve => node::serve(Config::load()?)?,
        Command::Migrate => node::migrate(&Config::load()?)?,
        Command::CheckConfig => print!("{}", Config::load()?),
        Command::OpenApi => print!("{}", *OPENAPI),
        Command::Admin { command } => node::administer(&Config::load()?, command)?,
    }
    Ok(())
}
