//! The signed-in person behind a request, and the transactions that are confined to their account.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use sqlx::{PgPool, Postgres, Transaction};

use crate::api::ApiState;
use crate::error::ApiError;

/// One signed-in person of an account.
///
/// It exists only behind [`authenticate`]: a handler that takes it on a public route answers 401
/// to everybody.
#[derive(Debug, Clone)]
pub struct Staff {
    /// The account that everything is confined to.
    pub account_id: i64,
    /// Its name, for people.
    pub account_name: String,
    /// The person.
    pub user_id: i64,
    /// How the person signs in.
    pub email: String,
    /// The hash under which the database knows this login.
    pub session_hash: [u8; 32],
}

#[derive(sqlx::FromRow)]
struct StaffRow {
    user_id: i64,
    account_id: i64,
    account_name: String,
    email: String,
}

/// Middleware of every route for staff: finds out whose cookie it is, or refuses.
///
/// # Errors
/// When there is no cookie, or it belongs to no living session.
pub async fn authenticate(
    State(state): State<ApiState>,
    mut request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let Some(secret) = state.cookie().read(request.headers()) else {
        return Err(ApiError::NotSignedIn);
    };
    let session_hash = secret.hash();
    let row: Option<StaffRow> = sqlx::query_as(
        "select user_id, account_id, account_name, email from footage_staff_session($1)",
    )
    .bind(session_hash.as_slice())
    .fetch_optional(state.pool())
    .await?;
    let row = row.ok_or(ApiError::NotSignedIn)?;
    request.extensions_mut().insert(Staff {
        account_id: row.account_id,
        account_name: row.account_name,
        user_id: row.user_id,
        email: row.email,
        session_hash,
    });
    Ok(next.run(request).await)
}

impl<S: Sync> FromRequestParts<S> for Staff {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or(ApiError::NotSignedIn)
    }
}

impl Staff {
    /// Begins a transaction that sees one moment, only this account, and can change nothing.
    ///
    /// # Errors
    /// When Postgres does not answer.
    pub async fn read(&self, pool: &PgPool) -> Result<Transaction<'static, Postgres>, ApiError> {
        let begin = "begin isolation level repeatable read read only";
        confine(pool.begin_with(begin).await?, self.account_id).await
    }
}

/// Begins a transaction that may change things of one account.
///
/// # Errors
/// When Postgres does not answer.
pub async fn write_as(
    pool: &PgPool,
    account_id: i64,
) -> Result<Transaction<'static, Postgres>, ApiError> {
    confine(pool.begin().await?, account_id).await
}

async fn confine(
    mut transaction: Transaction<'static, Postgres>,
    account_id: i64,
) -> Result<Transaction<'static, Postgres>, ApiError> {
    // The same as `set local`, which takes no parameter.
    sqlx::query("select set_config('app.account_id', $1, true)")
        .bind(account_id.to_string())
        .execute(&mut *transaction)
        .await?;
    Ok(transaction)
}
