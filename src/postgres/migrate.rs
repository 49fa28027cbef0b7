//! Laying the schema, and refusing one from a newer binary.

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection};

/// `migrations/`, compiled in.
static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// The roles the schema needs.
const ROLES: [&str; 3] = ["footage_writer", "footage_staff", "footage_jobs"];

/// Why the schema is not the one this binary needs.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// A newer binary was here.
    #[error(
        "the database has schema version {found}, this binary knows versions up to {known}: run \
         the newer binary"
    )]
    Newer {
        /// The version in the database.
        found: i64,
        /// The newest version of this binary.
        known: i64,
    },
    /// Roles are missing that the user of `DATABASE_URL` may not make.
    #[error(
        "the user {user} may not make the database roles of this server. An administrator of \
         Postgres must run:\n\n{statements}"
    )]
    Roles {
        /// Who we are.
        user: String,
        /// What makes the roles and grants them.
        statements: String,
    },
    /// The user may not make tables.
    #[error(
        "the user {user} may not change the schema ({said}). An administrator of Postgres must \
         run, in this database:\n\ngrant create, usage on schema public to \"{user}\";"
    )]
    Denied {
        /// Who we are.
        user: String,
        /// What Postgres said.
        said: String,
    },
    /// A migration was changed after it ran here.
    #[error("migration {0} differs from the one that ran on this database: use the right binary")]
    Changed(i64),
    /// Postgres is away or failed.
    #[error("the schema could not be laid: {0}")]
    Failed(#[from] sqlx::Error),
    /// A migration failed.
    #[error("a migration failed: {0}")]
    Migration(sqlx::migrate::MigrateError),
}

/// Brings the schema to this binary's version and says which that is. Nodes that start together
/// wait for each other.
///
/// # Errors
/// When the schema is newer, rights are missing or Postgres fails.
pub async fn migrate(options: &PgConnectOptions) -> Result<i64, MigrateError> {
    let options = options.clone().application_name("footage migrate");
    let mut connection: PgConnection = options.connect().await?;
    let known = known_version();
    let found = found_version(&mut connection).await?;
    if found > known {
        return Err(MigrateError::Newer { found, known });
    }
    let user: String = sqlx::query_scalar("select current_user::text")
        .fetch_one(&mut connection)
        .await?;
    check_roles(&mut connection, &user).await?;
    MIGRATIONS
        .run(&mut connection)
        .await
        .map_err(|error| failure(error, user))?;
    connection.close().await?;
    Ok(known)
}

/// The newest version of this binary.
#[must_use]
pub fn known_version() -> i64 {
    MIGRATIONS
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or_default()
}

/// The version in the database; 0 before the first.
async fn found_version(connection: &mut PgConnection) -> Result<i64, sqlx::Error> {
    let is_laid: bool = sqlx::query_scalar("select to_regclass('_sqlx_migrations') is not null")
        .fetch_one(&mut *connection)
        .await?;
    if !is_laid {
        return Ok(0);
    }
    sqlx::query_scalar("select coalesce(max(version), 0) from _sqlx_migrations")
        .fetch_one(connection)
        .await
}

/// Refuses with the statements to run where roles are missing and this user may not make them.
async fn check_roles(connection: &mut PgConnection, user: &str) -> Result<(), MigrateError> {
    let may_make_roles: bool = sqlx::query_scalar(
        "select rolsuper or rolcreaterole from pg_roles where rolname = current_user",
    )
    .fetch_one(&mut *connection)
    .await?;
    let made: Vec<String> =
        sqlx::query_scalar("select rolname::text from pg_roles where rolname = any($1)")
            .bind(&ROLES[..])
            .fetch_all(&mut *connection)
            .await?;
    let granted: Vec<String> = sqlx::query_scalar(
        "select rolname::text from pg_roles \
         where rolname = any($1) and pg_has_role(current_user, oid, 'member')",
    )
    .bind(&ROLES[..])
    .fetch_all(connection)
    .await?;
    if may_make_roles || granted.len() == ROLES.len() {
        return Ok(());
    }
    let mut statements = String::new();
    for role in ROLES {
        if !made.iter().any(|name| name == role) {
            statements.push_str(&format!("create role {role} nologin;\n"));
        }
        if !granted.iter().any(|name| name == role) {
            statements.push_str(&format!("grant {role} to \"{user}\";\n"));
        }
    }
    Err(MigrateError::Roles {
        user: user.to_owned(),
        statements,
    })
}

fn failure(error: sqlx::migrate::MigrateError, user: String) -> MigrateError {
    use sqlx::migrate::MigrateError as Said;
    match error {
        Said::VersionMissing(found) => MigrateError::Newer {
            found,
            known: known_version(),
        },
        Said::VersionMismatch(version) => MigrateError::Changed(version),
        Said::Execute(cause) | Said::ExecuteMigration(cause, _) if is_denied(&cause) => {
            MigrateError::Denied {
                user,
                said: cause.to_string(),
            }
        }
        other => MigrateError::Migration(other),
    }
}

/// Whether rights are missing: said outright, or because a schema that may not be used is not seen.
fn is_denied(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|answer| answer.code());
    matches!(code.as_deref(), Some("42501" | "3F000"))
}
