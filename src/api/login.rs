//! Signing in and out.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ApiState;
use super::body::JsonBody;
use crate::auth::origin::is_loopback_authority;
use crate::auth::staff::write_as;
use crate::auth::throttle::Attempt;
use crate::auth::{ClientIp, SessionSecret, Staff};
use crate::error::{ApiError, ErrorBody};

/// A session of staff this old is over, however busy.
const SESSION_HOURS_MAX: i32 = 7 * 24;
/// Browsers one person can be signed in with; the longest unused goes first.
const SESSIONS_PER_USER_MAX: i64 = 50;
/// What is kept of a browser's description of itself.
const USER_AGENT_CHARS_MAX: usize = 256;

#[derive(Deserialize, ToSchema)]
pub(super) struct Credentials {
    email: String,
    password: String,
}

/// Who is signed in.
#[derive(Serialize, ToSchema)]
pub(super) struct Me {
    email: String,
    account: Account,
}

#[derive(Serialize, ToSchema)]
struct Account {
    id: i64,
    name: String,
}

#[derive(sqlx::FromRow)]
struct Candidate {
    user_id: i64,
    account_id: i64,
    account_name: String,
    email: String,
    password_hash: String,
}

/// Signs in: a cookie for an email and its password.
///
/// Unknown people get the same answer after the same work as wrong passwords.
#[utoipa::path(
    post,
    path = "/api/v1/login",
    operation_id = "log_in",
    tag = "staff",
    request_body = Credentials,
    responses(
        (status = 200, description = "Who signed in; the cookie is set", body = Me),
        (status = 401, description = "`bad_login`: the email or the password is wrong",
            body = ErrorBody),
        (status = 403, description = "`plain_http`: signing in over plain HTTP is refused",
            body = ErrorBody),
        (status = 429, description = "`too_many_logins`, `login_queue_full`: wait and try again",
            body = ErrorBody),
    )
)]
pub(super) async fn login(
    State(state): State<ApiState>,
    client: Option<Extension<ClientIp>>,
    headers: HeaderMap,
    JsonBody(credentials): JsonBody<Credentials>,
) -> Result<Response, ApiError> {
    refuse_plain_http(&state, &headers)?;
    let address = client.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |Extension(ip)| ip.0);
    let email = credentials.email.trim().to_lowercase();
    let attempt =
        state
            .throttle()
            .admit(&email, address)
            .map_err(|wait| ApiError::LoginThrottled {
                retry_after_s: whole_seconds(wait),
            })?;
    let checked = check(&state, &email, credentials.password).await;
    let candidate = match checked {
        Ok(Some(candidate)) => candidate,
        Ok(None) => return Err(ApiError::BadLogin),
        Err(error) => {
            state.throttle().undecided(&attempt);
            return Err(error);
        }
    };
    admit(&state, &headers, attempt, candidate).await
}

/// Plain HTTP carries passwords readably; only a way that never leaves the machine is fine.
fn refuse_plain_http(state: &ApiState, headers: &HeaderMap) -> Result<(), ApiError> {
    let public = state.public_origin();
    let asked_locally = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .is_none_or(is_loopback_authority);
    if public.is_secure() || (public.is_loopback() && asked_locally) {
        return Ok(());
    }
    Err(ApiError::PlainHttp)
}

/// The person, if the password is theirs.
async fn check(
    state: &ApiState,
    email: &str,
    password: String,
) -> Result<Option<Candidate>, ApiError> {
    // Postgres refuses NUL in a text; nobody has such an address.
    let candidate: Option<Candidate> = if email.contains('\0') {
        None
    } else {
        sqlx::query_as(
            "select user_id, account_id, account_name, email, password_hash
             from footage_login($1)",
        )
        .bind(email)
        .fetch_optional(state.pool())
        .await?
    };
    let hash = candidate.as_ref().map(|known| known.password_hash.clone());
    let matched = state.gate().check(hash, password).await?;
    Ok(candidate.filter(|_| matched))
}

/// Begins a session, ends the one the browser had before, and hands out the cookie.
async fn admit(
    state: &ApiState,
    headers: &HeaderMap,
    attempt: Attempt,
    candidate: Candidate,
) -> Result<Response, ApiError> {
    let secret = SessionSecret::draw()?;
    let previous = state.cookie().read(headers).map(|old| old.hash().to_vec());
    let user_agent: String = headers
        .get(header::USER_AGENT)
        .and_then(|agent| agent.to_str().ok())
        .unwrap_or_default()
        .chars()
        .take(USER_AGENT_CHARS_MAX)
        .collect();
    let mut transaction = write_as(state.pool(), candidate.account_id).await?;
    sqlx::query(
        "delete from staff_sessions
         where account_id = $1 and user_id = $2 and (
            id_hash = $3 or expires_at <= now() or id_hash in (
                select id_hash from staff_sessions where account_id = $1 and user_id = $2
                order by last_seen_at desc offset $4))",
    )
    .bind(candidate.account_id)
    .bind(candidate.user_id)
    .bind(previous)
    .bind(SESSIONS_PER_USER_MAX - 1)
    .execute(&mut *transaction)
    .await?;
    sqlx::query(
        "insert into staff_sessions (id_hash, account_id, user_id, expires_at, user_agent)
         values ($1, $2, $3, now() + make_interval(hours => $4), $5)",
    )
    .bind(secret.hash().as_slice())
    .bind(candidate.account_id)
    .bind(candidate.user_id)
    .bind(SESSION_HOURS_MAX)
    .bind(user_agent)
    .execute(&mut *transaction)
    .await?;
    transaction.commit().await?;
    state.throttle().succeeded(attempt);
    let me = Me {
        email: candidate.email,
        account: Account {
            id: candidate.account_id,
            name: candidate.account_name,
        },
    };
    let cookie = state.cookie().set(&secret, SESSION_HOURS_MAX)?;
    Ok(([(header::SET_COOKIE, cookie)], Json(me)).into_response())
}

/// Ends this browser's session.
#[utoipa::path(
    post,
    path = "/api/v1/logout",
    operation_id = "log_out",
    tag = "staff",
    responses((status = 204, description = "Signed out; the cookie is gone"))
)]
pub(super) async fn logout(
    State(state): State<ApiState>,
    staff: Staff,
) -> Result<Response, ApiError> {
    let mut transaction = write_as(state.pool(), staff.account_id).await?;
    sqlx::query("delete from staff_sessions where account_id = $1 and id_hash = $2")
        .bind(staff.account_id)
        .bind(staff.session_hash.as_slice())
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    let cookie = state.cookie().clear()?;
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

/// Who is signed in.
#[utoipa::path(
    get,
    path = "/api/v1/me",
    operation_id = "me",
    tag = "staff",
    responses((status = 200, description = "The person behind the cookie", body = Me))
)]
pub(super) async fn me(staff: Staff) -> Json<Me> {
    Json(Me {
        email: staff.email,
        account: Account {
            id: staff.account_id,
            name: staff.account_name,
        },
    })
}

fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}
