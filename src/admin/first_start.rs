//! The first start: an account, someone who may sign in, and two sites. Later starts only keep the
//! demo shop's origin in step with the public URL.

use std::fmt;
use std::net::IpAddr;

use secrecy::{ExposeSecret, SecretString};
use sqlx::{PgConnection, PgPool};

use super::{AdminError, hash, make_password, make_site_key};
use crate::auth::origin::Origin;
use crate::config::Config;

/// The login that the first start made, to be printed once.
#[derive(Debug)]
pub struct FirstLogin {
    /// Who.
    pub email: String,
    /// The password where one was made; none where `FOOTAGE_ADMIN_PASSWORD` chose it.
    pub made_password: Option<SecretString>,
}

/// Shows a made password, which is kept nowhere.
impl fmt::Display for FirstLogin {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.made_password {
            Some(password) => {
                write!(
                    to,
                    "{}  {}  (shown only now)",
                    self.email,
                    password.expose_secret()
                )
            }
            None => write!(
                to,
                "{}  with the password of FOOTAGE_ADMIN_PASSWORD",
                self.email
            ),
        }
    }
}

/// Makes what a new installation needs; where there is a user already, nothing of it.
///
/// # Errors
/// When Postgres is away.
pub async fn first_start(pool: &PgPool, config: &Config) -> Result<Option<FirstLogin>, AdminError> {
    let origins = demo_origins(&config.public.url);
    let mut transaction = pool.begin().await?;
    // Nodes that start together wait here for each other.
    sqlx::query("select pg_advisory_xact_lock(hashtext('footage first start'))")
        .execute(&mut *transaction)
        .await?;
    let has_users: bool = sqlx::query_scalar("select exists (select from users)")
        .fetch_one(&mut *transaction)
        .await?;
    let login = if has_users {
        sqlx::query("update sites set allowed_origins = $1 where demo")
            .bind(origins)
            .execute(&mut *transaction)
            .await?;
        None
    } else {
        Some(make_all(&mut transaction, config, origins).await?)
    };
    transaction.commit().await?;
    Ok(login)
}

async fn make_all(
    connection: &mut PgConnection,
    config: &Config,
    demo_origins: Vec<String>,
) -> Result<FirstLogin, AdminError> {
    let (password, made_password) = match &config.admin.password {
        Some(chosen) => (chosen.clone(), None),
        None => {
            let made = SecretString::from(make_password());
            (made.clone(), Some(made))
        }
    };
    let account: i64 =
        sqlx::query_scalar("insert into accounts (name) values ('Default') returning id")
            .fetch_one(&mut *connection)
            .await?;
    sqlx::query(
        "insert into users (account_id, email, password_hash, superuser) values ($1, $2, $3, true)",
    )
    .bind(account)
    .bind(&config.admin.email)
    .bind(hash(password.expose_secret()).await?)
    .execute(&mut *connection)
    .await?;
    for (name, origins, is_demo) in [
        ("My site", vec!["*".to_owned()], false),
        ("Demo", demo_origins, true),
    ] {
        sqlx::query(
            "insert into sites (account_id, name, site_key, allowed_origins, demo)
             values ($1, $2, $3, $4, $5)",
        )
        .bind(account)
        .bind(name)
        .bind(make_site_key())
        .bind(origins)
        .bind(is_demo)
        .execute(&mut *connection)
        .await?;
    }
    Ok(FirstLogin {
        email: config.admin.email.clone(),
        made_password,
    })
}

/// The origins from which the demo shop is reached: the public one; when that is this machine
/// itself, under each of its names; when it is no particular address, any.
fn demo_origins(public: &Origin) -> Vec<String> {
    let authority = public.authority();
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if port.parse::<u16>().is_ok() => (host, format!(":{port}")),
        _ => (authority, String::new()),
    };
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    if address.is_ok_and(|address| address.is_unspecified()) {
        return vec!["*".to_owned()];
    }
    let mut origins = vec![public.to_string()];
    if public.is_loopback() {
        let scheme = if public.is_secure() { "https" } else { "http" };
        for name in ["localhost", "127.0.0.1", "[::1]"] {
            let origin = format!("{scheme}://{name}{port}");
            if !origins.contains(&origin) {
                origins.push(origin);
            }
        }
    }
    origins
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_shop_is_reached_under_every_name_of_this_machine() {
        let origins = |public: &str| demo_origins(&Origin::parse(public).unwrap());
        assert_eq!(origins("https://f.example.com"), ["https://f.example.com"]);
        assert_eq!(
            origins("http://127.0.0.1:8080"),
            [
                "http://127.0.0.1:8080",
                "http://localhost:8080",
                "http://[::1]:8080"
            ]
        );
        assert_eq!(
            origins("http://[::1]"),
            ["http://[::1]", "http://localhost", "http://127.0.0.1"]
        );
        assert_eq!(origins("http://0.0.0.0:80"), ["*"]);
    }
}
