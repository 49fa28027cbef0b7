//! The one map from errors to statuses, codes and hints.

use std::time::Duration;

use axum::http::StatusCode;
use footage_actors::outbox::Close;
use footage_protocol::{CloseCode, Retry};

use super::ApiError;

const SERVER_AT_FAULT: &str = "try again; if it stays, tell whoever runs this server the incident \
                               id, under which its log has the details";

/// One line of the map: what a kind of error becomes on the wire.
pub(super) struct Outward {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    /// What to do about it, in words for people.
    pub(super) hint: String,
    pub(super) retry_after: Option<Duration>,
}

impl Outward {
    fn new(status: StatusCode, code: &'static str, hint: impl Into<String>) -> Self {
        Self {
            status,
            code,
            hint: hint.into(),
            retry_after: None,
        }
    }

    fn retry_after_s(mut self, seconds: u64) -> Self {
        self.retry_after = Some(Duration::from_secs(seconds));
        self
    }
}

impl ApiError {
    /// The line of this error.
    pub(super) fn outward(&self) -> Outward {
        use StatusCode as S;
        match self {
            Self::NotSignedIn => {
                Outward::new(S::UNAUTHORIZED, "not_signed_in", "sign in, then try again")
            }
            Self::BadLogin => Outward::new(
                S::UNAUTHORIZED,
                "bad_login",
                "check both; whoever runs this server can set a new password with `footage admin \
                 password`",
            ),
            Self::LoginThrottled { retry_after_s } => Outward::new(
                S::TOO_MANY_REQUESTS,
                "too_many_logins",
                format!("wait {retry_after_s} s, then try again"),
            )
            .retry_after_s(*retry_after_s),
            Self::LoginQueueFull => Outward::new(
                S::TOO_MANY_REQUESTS,
                "login_queue_full",
                "wait two seconds, then try again",
            )
            .retry_after_s(2),
            Self::PlainHttp => Outward::new(
                S::FORBIDDEN,
                "plain_http",
                "anyone on the way could read the password: serve Footage over https and set \
                 FOOTAGE_PUBLIC_URL to the https address, or open it as http://localhost",
            ),
            Self::CrossSite => Outward::new(
                S::FORBIDDEN,
                "cross_site",
                "open the dashboard at its own address and try again there; whoever runs this server \
                 finds the address in FOOTAGE_PUBLIC_URL",
            ),
            Self::ContentType => Outward::new(
                S::UNSUPPORTED_MEDIA_TYPE,
                "content_type",
                "send it with Content-Type: application/json",
            ),
            Self::ContentEncoding => Outward::new(
                S::UNSUPPORTED_MEDIA_TYPE,
                "content_encoding",
                "send the body without Content-Encoding",
            ),
            Self::BodyTooLarge => Outward::new(
                S::PAYLOAD_TOO_LARGE,
                "body_too_large",
                "send at most 256 KiB",
            ),
            Self::BadJson { reason } => {
                let hint = format!("mend this and send it again: {reason}");
                Outward::new(S::UNPROCESSABLE_ENTITY, "bad_json", hint)
            }
            Self::BadParameter { hint, .. } => {
                Outward::new(S::UNPROCESSABLE_ENTITY, "bad_parameter", *hint)
            }
            Self::BadField { hint, .. } => Outward::new(S::BAD_REQUEST, "bad_field", *hint),
            Self::NotFound => Outward::new(
                S::NOT_FOUND,
                "not_found",
                "check the address; it was erased, never existed, or belongs to another account",
            ),
            Self::NoSuchPath => Outward::new(
                S::NOT_FOUND,
                "no_such_path",
                "check the address; /api/openapi.json tells what there is",
            ),
            Self::MethodNotAllowed => Outward::new(
                S::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "use one of the methods in the Allow header",
            ),
            Self::TimedOut => Outward::new(
                S::SERVICE_UNAVAILABLE,
                "timed_out",
                "try again; if it stays, whoever runs this server finds the reason at /status",
            )
            .retry_after_s(5),
            Self::Closed(close) => closed(close),
            Self::NotAnUpgrade { hint } => {
                Outward::new(S::UPGRADE_REQUIRED, "not_an_upgrade", *hint)
            }
            Self::Busy => Outward::new(
                S::SERVICE_UNAVAILABLE,
                "busy",
                "wait a second, then try again",
            )
            .retry_after_s(1),
            Self::OpsTokenNeeded => Outward::new(
                S::UNAUTHORIZED,
                "ops_token_needed",
                "send Authorization: Bearer with FOOTAGE_OPS_TOKEN, or ask on FOOTAGE_OPS_LISTEN",
            ),
            Self::ChunkUnreadable(_) => Outward::new(
                S::INTERNAL_SERVER_ERROR,
                "chunk_unreadable",
                "go on behind it; whoever runs this server finds the details in its log under the \
                 incident id",
            ),
            Self::Database(error) if is_away(error) => Outward::new(
                S::SERVICE_UNAVAILABLE,
                "database_away",
                "try again in a few seconds; recording goes on meanwhile, and nothing is lost",
            )
            .retry_after_s(5),
            Self::Database(_) => {
                Outward::new(S::INTERNAL_SERVER_ERROR, "database", SERVER_AT_FAULT)
            }
            Self::Internal(_) => {
                Outward::new(S::INTERNAL_SERVER_ERROR, "internal", SERVER_AT_FAULT)
            }
        }
    }
}

/// Whether Postgres could not be asked at all, as opposed to having refused the question.
pub(super) fn is_away(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        // Class 57P: the server shuts down, crashed, or cannot take connections yet.
        // Class 08: connection exception. 53300: too many connections.
        sqlx::Error::Database(refusal) => refusal.code().is_some_and(|code| {
            code.starts_with("57P") || code.starts_with("08") || code == "53300"
        }),
        _ => false,
    }
}

/// Close codes as HTTP statuses, for recorders that POST.
fn closed(close: &Close) -> Outward {
    use StatusCode as S;
    let status = match close.code {
        CloseCode::BadToken => S::UNAUTHORIZED,
        CloseCode::NotAllowed => S::FORBIDDEN,
        CloseCode::UnknownSite => S::NOT_FOUND,
        CloseCode::HelloTimeout | CloseCode::HeartbeatLost => S::REQUEST_TIMEOUT,
        CloseCode::TakenOver | CloseCode::OutOfOrder => S::CONFLICT,
        CloseCode::SessionEnded => S::GONE,
        CloseCode::TooLarge | CloseCode::MessageTooBig => S::PAYLOAD_TOO_LARGE,
        CloseCode::Version => S::UPGRADE_REQUIRED,
        CloseCode::Limited | CloseCode::WatcherLag => S::TOO_MANY_REQUESTS,
        CloseCode::Unavailable
        | CloseCode::TryLater
        | CloseCode::Restart
        | CloseCode::GoingAway => S::SERVICE_UNAVAILABLE,
        CloseCode::StorageFull => S::INSUFFICIENT_STORAGE,
        CloseCode::ServerBug => S::INTERNAL_SERVER_ERROR,
        CloseCode::Malformed
        | CloseCode::Closed
        | CloseCode::ProtocolError
        | CloseCode::TextFrame
        | CloseCode::BadText
        | CloseCode::FrameAbuse => S::BAD_REQUEST,
    };
    let hint = match close.code.retry() {
        Retry::Never => "sending it again does not help; mend what the message names",
        Retry::Jitter => "send it again after a short, random wait",
        Retry::After => "send it again after retry_after_ms and a random quarter of it",
        Retry::Stream => "give this stream up; the next page load begins another",
        Retry::Page => "give this session up; the next page load begins another",
    };
    Outward {
        retry_after: close.retry_after,
        ..Outward::new(status, close.code.name(), hint)
    }
}
