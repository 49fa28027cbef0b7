//! What an operator does from the command line: sites and passwords; and the first start.
//!
//! Everything here works over the jobs pool, for any account. What staff do in the dashboard does
//! not belong here.

mod first_start;

use std::io::{self, BufRead};

use clap::Subcommand;
use sqlx::PgPool;

use crate::auth::hash_password;
use crate::auth::origin::{Origin, OriginError};
use crate::auth::password::PasswordError;
use crate::config::AdminConfig;
pub use first_start::{FirstLogin, first_start};

/// Letters of made passwords and keys: none that is mistaken for another. There are 32, so that
/// five random bits choose one.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// `footage admin …`
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Sites and their public keys.
    Site {
        /// What to do.
        #[command(subcommand)]
        command: SiteCommand,
    },
    /// Gives a user a new password, prints it, and signs the user out everywhere.
    Password {
        /// The user's email.
        email: String,
        /// Takes the password from the first line of standard input instead of making one.
        #[arg(long)]
        stdin: bool,
    },
}

/// `footage admin site …`
#[derive(Debug, Subcommand)]
pub enum SiteCommand {
    /// Adds a site and prints its key.
    Add {
        /// How staff call it.
        name: String,
        /// An origin whose pages may record, such as <https://shop.example.com>; may be repeated.
        /// Without any, every origin may.
        #[arg(long = "origin")]
        origins: Vec<String>,
        /// The account; without it the oldest one.
        #[arg(long)]
        account: Option<i64>,
    },
    /// Lists all sites.
    List,
}

/// Why an admin command failed.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// Postgres is away, or says no.
    #[error("Postgres did not answer: {0}")]
    Database(#[from] sqlx::Error),
    /// No such user.
    #[error("no user has the email {0}")]
    UnknownUser(String),
    /// No such account.
    #[error("there is no such account; `footage serve` makes the first one")]
    NoAccount,
    /// An origin is none.
    #[error("{0}; give it as https://shop.example.com")]
    Origin(#[from] OriginError),
    /// Too short to be a password.
    #[error(
        "the password needs at least {} bytes",
        AdminConfig::PASSWORD_BYTES_MIN
    )]
    ShortPassword,
    /// Standard input gave nothing.
    #[error("standard input cannot be read: {0}")]
    Input(#[from] io::Error),
    /// Hashing failed.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The thread that hashed went away.
    #[error("hashing the password was cut off: {0}")]
    CutOff(#[from] tokio::task::JoinError),
}

/// Runs a command and says what to print.
///
/// # Errors
/// When there is nothing by the name given, input is bad, or Postgres is away.
pub async fn run(pool: &PgPool, command: Command) -> Result<String, AdminError> {
    match command {
        Command::Site {
            command: SiteCommand::List,
        } => list_sites(pool).await,
        Command::Site {
            command:
                SiteCommand::Add {
                    name,
                    origins,
                    account,
                },
        } => add_site(pool, &name, &origins, account).await,
        Command::Password { email, stdin: true } => {
            let mut line = String::new();
            io::stdin().lock().read_line(&mut line)?;
            let chosen = line.trim_end_matches(['\r', '\n']);
            set_password(pool, &email, chosen).await?;
            Ok(format!("{email} has the new password"))
        }
        Command::Password {
            email,
            stdin: false,
        } => {
            let made = make_password();
            set_password(pool, &email, &made).await?;
            Ok(format!("{email} has the new password {made}"))
        }
    }
}

async fn list_sites(pool: &PgPool) -> Result<String, AdminError> {
    let sites: Vec<(i64, String, String, Vec<String>)> = sqlx::query_as(
        "select account_id, site_key, name, allowed_origins from sites order by account_id, id",
    )
    .fetch_all(pool)
    .await?;
    let lines: Vec<String> = sites
        .into_iter()
        .map(|(account, key, name, origins)| {
            format!("{key}  account {account}  {name}  {}", origins.join(" "))
        })
        .collect();
    Ok(lines.join("\n"))
}

async fn add_site(
    pool: &PgPool,
    name: &str,
    origins: &[String],
    account: Option<i64>,
) -> Result<String, AdminError> {
    let mut allowed = Vec::with_capacity(origins.len());
    for origin in origins {
        allowed.push(Origin::parse(origin)?.to_string());
    }
    if allowed.is_empty() {
        allowed.push("*".to_owned());
    }
    let key: Option<String> = sqlx::query_scalar(
        "insert into sites (account_id, name, site_key, allowed_origins)
         select id, $1, $2, $3 from accounts where id = coalesce($4, id) order by id limit 1
         returning site_key",
    )
    .bind(name)
    .bind(make_site_key())
    .bind(allowed)
    .bind(account)
    .fetch_optional(pool)
    .await?;
    let key = key.ok_or(AdminError::NoAccount)?;
    Ok(format!("{name} has the site key {key}"))
}

async fn set_password(pool: &PgPool, email: &str, password: &str) -> Result<(), AdminError> {
    if password.len() < AdminConfig::PASSWORD_BYTES_MIN {
        return Err(AdminError::ShortPassword);
    }
    let mut transaction = pool.begin().await?;
    let user: Option<(i64, i64)> = sqlx::query_as(
        "update users set password_hash = $2 where lower(email) = lower($1)
         returning account_id, id",
    )
    .bind(email)
    .bind(hash(password).await?)
    .fetch_optional(&mut *transaction)
    .await?;
    let (account, user) = user.ok_or_else(|| AdminError::UnknownUser(email.to_owned()))?;
    sqlx::query("delete from staff_sessions where account_id = $1 and user_id = $2")
        .bind(account)
        .bind(user)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(())
}

async fn hash(password: &str) -> Result<String, AdminError> {
    let password = password.to_owned();
    Ok(tokio::task::spawn_blocking(move || hash_password(&password)).await??)
}

/// A hundred random bits, in groups that can be read aloud.
fn make_password() -> String {
    let letters = random_letters();
    let groups: Vec<&str> = (0..letters.len())
        .step_by(5)
        .map(|at| &letters[at..at + 5])
        .collect();
    groups.join("-")
}

/// A public key of a site.
fn make_site_key() -> String {
    format!("site_{}", random_letters())
}

fn random_letters() -> String {
    let random: [u8; 20] = rand::random();
    random
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
        .collect()
}
