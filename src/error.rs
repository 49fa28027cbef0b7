//! What went wrong over HTTP, and the one place that turns it into a status.
//!
//! Modules fail with their own words and convert into [`ApiError`] here. Nothing outside this
//! file and its map chooses an error status or writes an error body. Close codes of sockets do not
//! belong here; they are words of the wire, and what they mean to a recorder that POSTs stands at
//! the end of the map.

mod outward;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use footage_actors::outbox::Close;
use outward::is_away;
use serde::Serialize;
use uuid::Uuid;

/// Why a request got no answer of the kind it asked for.
///
/// Objects of another account are [`ApiError::NotFound`], with the same body as absent ones, so
/// that existence is not told.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// No cookie, or one that is unknown, ended or too old.
    #[error("not signed in")]
    NotSignedIn,
    /// The email is unknown or the password is wrong; which of the two is not told.
    #[error("the email or the password is wrong")]
    BadLogin,
    /// Too many failed logins for this email or from this address.
    #[error("too many attempts to sign in")]
    LoginThrottled {
        /// Whole seconds until the next attempt is looked at.
        retry_after_s: u64,
    },
    /// More logins wait for a password check than the queue holds.
    #[error("too many people sign in at this moment")]
    LoginQueueFull,
    /// The public URL is plain HTTP on a host that is not this machine.
    #[error("signing in over plain HTTP is refused")]
    PlainHttp,
    /// An unsafe method that did not come from the dashboard's own pages.
    #[error("the request came from another site")]
    CrossSite,
    /// A body that is not declared as JSON.
    #[error("the body must be JSON")]
    ContentType,
    /// A compressed request body.
    #[error("compressed request bodies are not taken")]
    ContentEncoding,
    /// A body above the limit.
    #[error("the body is too large")]
    BodyTooLarge,
    /// A body that is not the JSON that was asked for.
    #[error("the body is not the JSON expected here")]
    BadJson {
        /// What the reader of the body stumbled over.
        reason: String,
    },
    /// A query parameter or a part of the path outside its domain.
    #[error("the parameter {name} is not valid")]
    BadParameter {
        /// The parameter.
        name: &'static str,
        /// What it must be.
        hint: &'static str,
    },
    /// A field of a body outside its domain.
    #[error("{what}")]
    BadField {
        /// The field, and of a list the entry.
        what: String,
        /// What it must be.
        hint: &'static str,
    },
    /// No such object in the caller's account.
    #[error("there is no such thing here")]
    NotFound,
    /// No route has this path.
    #[error("no such path")]
    NoSuchPath,
    /// The path exists with other methods.
    #[error("this path does not take that method")]
    MethodNotAllowed,
    /// The handler took longer than a request may.
    #[error("the request took too long")]
    TimedOut,
    /// A recorder was refused over HTTP for a reason of the wire.
    #[error("{}", .0.reason.detail().unwrap_or(.0.code.text()))]
    Closed(Close),
    /// The recorders' address was asked for without a WebSocket upgrade.
    #[error("this address takes WebSocket upgrades only")]
    NotAnUpgrade {
        /// What is missing.
        hint: &'static str,
    },
    /// More requests are being answered than the node has room for.
    #[error("too many requests at this moment")]
    Busy,
    /// Details of operations were asked for without the operations token.
    #[error("the operations token is missing or wrong")]
    OpsTokenNeeded,
    /// A chunk of a kind this version does not know, kept elsewhere, or damaged.
    #[error("a chunk cannot be read: {0}")]
    ChunkUnreadable(String),
    /// Postgres did not answer, or with an error.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
    /// Something that cannot happen unless there is a bug or a damaged installation.
    #[error("internal error: {0}")]
    Internal(String),
}

/// The body of every error.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct ErrorBody {
    /// One word for programs.
    code: &'static str,
    /// What went wrong, for people.
    message: String,
    /// What to do about it, for people.
    hint: String,
    /// When asking again may help; absent where it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    retry_after_ms: Option<u64>,
    /// Under which the log of the server tells more; null unless the fault is the server's.
    #[schema(required)]
    incident_id: Option<Uuid>,
}

impl ApiError {
    /// Its status, and its code and message, as the description of the interface tells them.
    pub(crate) fn described(&self) -> (StatusCode, String) {
        let outward = self.outward();
        let words = format!("`{}`: {}", outward.code, self.message());
        (outward.status, words)
    }

    /// What a reader outside may know; faults of the server keep their details to the log.
    fn message(&self) -> String {
        match self {
            Self::Database(error) if is_away(error) => "the database is away".to_owned(),
            Self::Database(_) => "the database failed".to_owned(),
            Self::ChunkUnreadable(_) => "this part of the recording cannot be read".to_owned(),
            Self::Internal(_) => "the server failed".to_owned(),
            other => other.to_string(),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let outward = self.outward();
        let incident_id = outward.status.is_server_error().then(Uuid::new_v4);
        if let Some(incident) = incident_id {
            tracing::error!(
                incident.id = %incident,
                error.code = outward.code,
                error.message = %self,
                "a request failed"
            );
        }
        let body = ErrorBody {
            code: outward.code,
            message: self.message(),
            hint: outward.hint,
            retry_after_ms: outward.retry_after.map(|wait| wait.as_millis() as u64),
            incident_id,
        };
        let mut response = (outward.status, Json(body)).into_response();
        if let Some(wait) = outward.retry_after {
            // Whole seconds, and not too soon.
            let seconds = wait.as_millis().div_ceil(1_000) as u64;
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use footage_actors::limits::Limited;
    use http_body_util::BodyExt as _;
    use std::time::Duration;

    #[test]
    fn faults_of_the_server_carry_an_incident_and_keep_their_details() {
        let response = ApiError::Internal("secret detail".to_owned());
        assert_eq!(response.message(), "the server failed");
        assert_eq!(
            response.into_response().status(),
            StatusCode::INTERNAL_SERVER_ERROR
        );
    }

    #[tokio::test]
    async fn a_refused_recorder_is_told_the_name_what_to_do_and_when() {
        let limited = Limited {
            what: "sockets of this address",
            figure: 3,
            retry_after: Duration::from_millis(1_500),
        };
        let response = ApiError::Closed(Close::limited(&limited)).into_response();
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.headers()[header::RETRY_AFTER], "2");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["code"], "limited");
        assert_eq!(body["retry_after_ms"], 1_500);
        let message = "sockets of this address above 3; retry_after_ms=1500";
        assert_eq!(body["message"], message);
        assert_ne!(body["hint"], message);
    }

    #[test]
    fn an_unreachable_database_is_not_a_bug() {
        let response = ApiError::Database(sqlx::Error::PoolTimedOut).into_response();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(response.headers().contains_key(header::RETRY_AFTER));
    }
}
