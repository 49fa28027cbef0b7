//! The interface in the words of OpenAPI: taken from the handlers and the table of routes.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::IntoResponse;
use serde_json::Value;
use utoipa::OpenApi as _;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Response, Schema};

use super::routes::{Access, ROUTES, Route};
use super::{chunks, events, login, openapi, player, session, sessions, sites};
use crate::error::{ApiError, ErrorBody};

/// The name of the one security scheme.
const COOKIE: &str = "cookie";

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Footage",
        description = "What staff's browsers ask for. Times are milliseconds since 1970. Requests \
            that change something must come from the dashboard's own pages, or from no browser at \
            all.",
    ),
    paths(
        login::login,
        login::logout,
        login::me,
        sites::list,
        sites::change,
        sessions::list,
        session::show,
        chunks::list,
        events::stream,
        player::open,
        openapi::document,
    ),
    components(schemas(ErrorBody))
)]
struct Described;

/// The document, as it is served and committed.
pub static OPENAPI: LazyLock<String> = LazyLock::new(|| {
    // Only maps with keys that are no text would fail.
    described().to_pretty_json().unwrap_or_default() + "\n"
});

/// This document.
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    operation_id = "openapi",
    tag = "interface",
    responses((status = 200, description = "OpenAPI 3.1", body = Object))
)]
pub(super) async fn document() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "application/json")],
        OPENAPI.as_str(),
    )
}

/// A text that is one of a few words.
pub(super) fn one_of(words: impl IntoIterator<Item = &'static str>) -> Schema {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words))
        .into()
}

/// A text that is one of a few words, or null.
pub(super) fn one_of_or_null(words: impl IntoIterator<Item = &'static str>) -> Schema {
    let words = words.into_iter().map(Value::from);
    ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .enum_values(Some(words.chain([Value::Null])))
        .into()
}

/// The handlers' own words, and what surrounds every handler.
fn described() -> OpenApi {
    let mut document = Described::openapi();
    let name = "__Host-footage_session";
    let hint = "Set by logging in. Named footage_session where FOOTAGE_PUBLIC_URL is plain http.";
    let cookie = ApiKey::Cookie(ApiKeyValue::with_description(name, hint));
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(COOKIE, SecurityScheme::ApiKey(cookie));
    for route in ROUTES {
        let Some(operation) = operation(&mut document, route) else {
            continue;
        };
        if route.access == Access::Staff {
            let by_cookie = SecurityRequirement::new(COOKIE, [""; 0]);
            operation.security = Some(vec![by_cookie]);
        }
        for refusal in refusals(route, operation) {
            refuse(operation, &refusal);
        }
    }
    document
}

fn operation<'a>(document: &'a mut OpenApi, route: &Route) -> Option<&'a mut Operation> {
    let path = document.paths.paths.get_mut(route.path)?;
    match route.method {
        "GET" => path.get.as_mut(),
        "POST" => path.post.as_mut(),
        "PATCH" => path.patch.as_mut(),
        _ => None,
    }
}

/// What a route may refuse because of what it takes and who may ask; what else a handler refuses
/// stands with the handler.
fn refusals(route: &Route, operation: &Operation) -> Vec<ApiError> {
    let mut refusals = vec![
        ApiError::ContentType,
        ApiError::ContentEncoding,
        ApiError::Internal(String::new()),
        ApiError::Busy,
        ApiError::TimedOut,
        ApiError::Database(sqlx::Error::RowNotFound),
        ApiError::Database(sqlx::Error::PoolTimedOut),
    ];
    if route.access == Access::Staff {
        refusals.push(ApiError::NotSignedIn);
    }
    if route.method != "GET" {
        refusals.push(ApiError::CrossSite);
    }
    if operation.request_body.is_some() {
        refusals.push(ApiError::BodyTooLarge);
        let reason = String::new();
        refusals.push(ApiError::BadJson { reason });
    }
    if route.path.contains('{') {
        refusals.push(ApiError::NotFound);
    }
    let mut parameters = operation.parameters.iter().flatten();
    if parameters.any(is_of_the_query) {
        let (name, hint) = ("of the query", "");
        refusals.push(ApiError::BadParameter { name, hint });
    }
    refusals
}

fn is_of_the_query(parameter: &RefOr<Parameter>) -> bool {
    matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query)
}

/// Adds a refusal to what an operation answers.
fn refuse(operation: &mut Operation, refusal: &ApiError) {
    let (status, words) = refusal.described();
    let answers = &mut operation.responses.responses;
    let answer = answers
        .entry(status.as_str().to_owned())
        .or_insert_with(|| RefOr::T(Response::new("")));
    if let RefOr::T(answer) = answer {
        let line_break = if answer.description.is_empty() {
            ""
        } else {
            "\n\n"
        };
        answer.description = format!("{}{line_break}{words}", answer.description);
        let schema = Ref::from_schema_name("ErrorBody");
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let kind = "application/json".to_owned();
        answer.content.insert(kind, RefOr::T(content));
    }
}
