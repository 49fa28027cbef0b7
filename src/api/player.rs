//! The player's document under its one-time address.

mod tickets;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use super::ApiState;
use super::cursor::SessionId;
use super::headers::{NOTHING_PERMITTED, PERMISSIONS_POLICY, player_policy};
use super::session::must_exist;
use crate::auth::cookie::draw_random;
use crate::auth::csrf::is_at_host;
use crate::auth::{Origin, Staff};
use crate::error::ApiError;
use crate::web::html;
pub(super) use tickets::PlayerTickets;

/// Where the built document is among the files of the web side.
const DOCUMENT: &str = "player/index.html";

#[derive(Serialize, utoipa::ToSchema)]
pub(super) struct PlayerAddress {
    /// Good for one request within a minute.
    url: String,
}

/// Opens the player: an address that shows it once, within a minute.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/{id}/player",
    operation_id = "open_player",
    tag = "recordings",
    params(("id" = Uuid, Path, description = "The session")),
    responses((status = 200, description = "Where the player is", body = PlayerAddress))
)]
pub(super) async fn open(
    State(state): State<ApiState>,
    staff: Staff,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<PlayerAddress>, ApiError> {
    let session = SessionId::parse(&id).ok_or(ApiError::NotFound)?;
    let mut transaction = staff.read(state.pool()).await?;
    must_exist(&mut transaction, &staff, session).await?;
    let parent = parent_of(&headers, state.public_origin());
    let host = state.replay_origin().unwrap_or(&parent).clone();
    let ticket = draw_random()?;
    state.tickets().put(ticket, staff.account_id, parent);
    let url = format!("{host}/player/{}", URL_SAFE_NO_PAD.encode(ticket));
    Ok(Json(PlayerAddress { url }))
}

/// The origin of the page that will hold the player.
///
/// A dashboard opened under another name of this server (localhost for 127.0.0.1) is named by
/// its own `Origin`, which a browser sets truthfully and which must be the host it talks to.
fn parent_of(headers: &HeaderMap, public: &Origin) -> Origin {
    headers
        .get(header::ORIGIN)
        .and_then(|origin| origin.to_str().ok())
        .and_then(|text| Origin::parse(text).ok())
        .filter(|origin| is_at_host(origin, headers))
        .unwrap_or_else(|| public.clone())
}

/// `GET /player/{ticket}`: the document, with a nonce that lets only its own script run.
pub(super) async fn document(
    State(state): State<ApiState>,
    method: Method,
    Path(ticket): Path<String>,
) -> Result<Response, ApiError> {
    if method == Method::HEAD {
        // Asking for the headers alone must not use up the ticket.
        return Err(ApiError::MethodNotAllowed);
    }
    let ticket = URL_SAFE_NO_PAD
        .decode(ticket)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or(ApiError::NotFound)?;
    let parent = state.tickets().take(ticket).ok_or(ApiError::NotFound)?;
    let file = state.assets().get(DOCUMENT).ok_or(ApiError::NoSuchPath)?;
    let nonce = URL_SAFE_NO_PAD.encode(draw_random::<16>()?);
    let own = state.replay_origin().unwrap_or(&parent);
    let policy = player_policy(&nonce, own, &parent)?;
    let page = String::from_utf8_lossy(&file.bytes)
        .replace("__NONCE__", &nonce)
        .replace("__PARENT_ORIGIN__", &parent.to_string());
    let mut response = html(page, policy).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    headers.insert(PERMISSIONS_POLICY, NOTHING_PERMITTED);
    // A policy does not cover the look-up of names in a recording's links.
    headers.insert(
        header::X_DNS_PREFETCH_CONTROL,
        HeaderValue::from_static("off"),
    );
    Ok(response)
}
