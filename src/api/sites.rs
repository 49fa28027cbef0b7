//! The web sites of an account.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::ApiState;
use crate::auth::{Origin, Staff};
use crate::error::ApiError;

/// Sites shown at most.
const SITES_MAX: i64 = 1_000;

#[derive(Serialize)]
pub(super) struct SiteList {
    sites: Vec<Site>,
}

#[derive(Serialize)]
struct Site {
    id: i64,
    name: String,
    key: String,
    allowed_origins: Vec<String>,
    snippet: String,
}

#[derive(sqlx::FromRow)]
struct SiteRow {
    id: i64,
    name: String,
    site_key: String,
    allowed_origins: Vec<String>,
}

/// `GET /api/v1/sites`: the sites with the lines that install the recorder.
pub(super) async fn list(
    State(state): State<ApiState>,
    staff: Staff,
) -> Result<Json<SiteList>, ApiError> {
    let mut transaction = staff.read(state.pool()).await?;
    let rows: Vec<SiteRow> = sqlx::query_as(
        "select id, name, site_key, allowed_origins from sites
         where account_id = $1 order by id limit $2",
    )
    .bind(staff.account_id)
    .bind(SITES_MAX)
    .fetch_all(&mut *transaction)
    .await?;
    let sites = rows
        .into_iter()
        .map(|row| Site {
            snippet: snippet(state.public_origin(), &row.site_key),
            id: row.id,
            name: row.name,
            key: row.site_key,
            allowed_origins: row.allowed_origins,
        })
        .collect();
    Ok(Json(SiteList { sites }))
}

/// What the owner of a site pastes into its pages.
fn snippet(public: &Origin, key: &str) -> String {
    let key = key
        .replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;");
    format!(r#"<script async src="{public}/recorder.js" data-site="{key}"></script>"#)
}
