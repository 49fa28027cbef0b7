//! The one table of routes with a handler of their own; tests walk it.

use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, get, patch, post};

use super::{ApiState, chunks, events, login, openapi, player, session, sessions, sites};
use crate::auth::staff::authenticate;

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody, which must be said.
    Public,
    /// A signed-in person, about the things of their own account.
    Staff,
}

/// One method of one path.
pub struct Route {
    /// The method, as on the wire.
    pub method: &'static str,
    /// The path, with parameters in braces.
    pub path: &'static str,
    /// Who may ask.
    pub access: Access,
    handler: fn() -> MethodRouter<ApiState>,
}

/// Every route; whatever is not here is a file of the web side or does not exist.
pub const ROUTES: &[Route] = &[
    Route {
        method: "POST",
        path: "/api/v1/login",
        access: Access::Public,
        handler: || post(login::login),
    },
    Route {
        method: "POST",
        path: "/api/v1/logout",
        access: Access::Staff,
        handler: || post(login::logout),
    },
    Route {
        method: "GET",
        path: "/api/v1/me",
        access: Access::Staff,
        handler: || get(login::me),
    },
    Route {
        method: "GET",
        path: "/api/v1/sites",
        access: Access::Staff,
        handler: || get(sites::list),
    },
    Route {
        method: "PATCH",
        path: "/api/v1/sites/{id}",
        access: Access::Staff,
        handler: || patch(sites::change),
    },
    Route {
        method: "GET",
        path: "/api/v1/sessions",
        access: Access::Staff,
        handler: || get(sessions::list),
    },
    Route {
        method: "GET",
        path: "/api/v1/sessions/{id}",
        access: Access::Staff,
        handler: || get(session::show),
    },
    Route {
        method: "GET",
        path: "/api/v1/sessions/{id}/chunks",
        access: Access::Staff,
        handler: || get(chunks::list),
    },
    Route {
        method: "GET",
        path: "/api/v1/sessions/{id}/events",
        access: Access::Staff,
        handler: || get(events::stream),
    },
    Route {
        method: "POST",
        path: "/api/v1/sessions/{id}/player",
        access: Access::Staff,
        handler: || post(player::open),
    },
    // Public because it holds nothing of anybody, and tools that read it have no cookie.
    Route {
        method: "GET",
        path: "/api/openapi.json",
        access: Access::Public,
        handler: || get(openapi::document),
    },
    // Public because the replay origin has no cookie of ours: the address itself is the ticket,
    // and the document holds nothing of a recording.
    Route {
        method: "GET",
        path: "/player/{ticket}",
        access: Access::Public,
        handler: || get(player::document),
    },
];

impl Route {
    /// The handler behind what its access asks for.
    pub(super) fn mounted(&self, state: &ApiState) -> MethodRouter<ApiState> {
        let handler = (self.handler)();
        match self.access {
            Access::Public => handler,
            Access::Staff => handler.route_layer(from_fn_with_state(state.clone(), authenticate)),
        }
    }
}
