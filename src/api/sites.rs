//! The web sites of an account, and what staff change of them.

mod change;

use std::collections::HashMap;

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub(super) use self::change::SiteChange;
use super::ApiState;
use super::body::JsonBody;
use crate::auth::staff::write_as;
use crate::auth::{Origin, Staff};
use crate::error::{ApiError, ErrorBody};

/// Sites shown at most.
const SITES_MAX: i64 = 1_000;

/// Days looked at together for the last sessions. More would be slow to plan for, and a lock on each of
/// their partitions would be held at once, of which Postgres has only so many.
const DAYS_AT_ONCE: usize = 32;

/// The columns of the sites of the account `$1`, or of one of them, `$2`.
const SITES: &str = "
    select id, name, site_key, demo, allowed_origins, keep_query, mask_selectors, block_selectors
    from sites where account_id = $1 and ($2::bigint is null or id = $2)
    order by id limit $3";

/// The newest session of each of the sites `$2` that began on the days from `$3` to `$4`. Days are the
/// partitions: in their order it is found in the first one that has any.
const LAST_SESSIONS: &str = "
    select site_id, last.id, last.started_at_ms
    from unnest($2::bigint[]) site_id
        cross join lateral (
            select s.id, s.started_at_ms from sessions s
            where s.account_id = $1 and s.site_id = site_id.site_id
                and s.started_on between date '1970-01-01' + $3 and date '1970-01-01' + $4
            order by s.started_on desc, s.id desc limit 1
        ) last";

#[derive(Serialize, ToSchema)]
pub(super) struct SiteList {
    sites: Vec<Site>,
}

/// One web site.
#[derive(Serialize, ToSchema)]
pub(super) struct Site {
    id: i64,
    name: String,
    /// What its pages name it by; public.
    key: String,
    /// The shop that comes with the server: its origins follow FOOTAGE_PUBLIC_URL.
    demo: bool,
    /// The origins whose pages may record; `*` is any.
    allowed_origins: Vec<String>,
    /// Whether addresses keep the part behind the `?`.
    keep_query: bool,
    /// Selectors of elements whose text is masked.
    mask_selectors: Vec<String>,
    /// Selectors of elements that are not recorded.
    block_selectors: Vec<String>,
    /// What the owner of the site pastes into its pages.
    snippet: String,
    /// The newest one; null when there is none.
    #[schema(required)]
    last_session: Option<LastSession>,
}

#[derive(Serialize, ToSchema)]
struct LastSession {
    id: Uuid,
    started_at_ms: i64,
}

#[derive(sqlx::FromRow)]
struct SiteRow {
    id: i64,
    name: String,
    site_key: String,
    demo: bool,
    allowed_origins: Vec<String>,
    keep_query: bool,
    mask_selectors: Vec<String>,
    block_selectors: Vec<String>,
}

/// The sites of the account with the lines that install the recorder.
#[utoipa::path(
    get,
    path = "/api/v1/sites",
    operation_id = "sites",
    tag = "sites",
    responses((status = 200, description = "The sites, oldest first, at most 1,000", body = SiteList))
)]
pub(super) async fn list(
    State(state): State<ApiState>,
    staff: Staff,
) -> Result<Json<SiteList>, ApiError> {
    let sites = read(&state, &staff, None).await?;
    Ok(Json(SiteList { sites }))
}

/// Changes a site; what is left out stays.
///
/// Recorders hear of it with their next hello.
#[utoipa::path(
    patch,
    path = "/api/v1/sites/{id}",
    operation_id = "change_site",
    tag = "sites",
    params(("id" = i64, Path, description = "The id of the site")),
    request_body = SiteChange,
    responses(
        (status = 200, description = "The site as it is now", body = Site),
        (status = 400, description = "`bad_field`: names the field, its entry and what it must be",
            body = ErrorBody),
    )
)]
pub(super) async fn change(
    State(state): State<ApiState>,
    staff: Staff,
    Path(id): Path<String>,
    JsonBody(change): JsonBody<SiteChange>,
) -> Result<Json<Site>, ApiError> {
    let id: i64 = id.parse().map_err(|_| ApiError::NotFound)?;
    let mut transaction = write_as(state.pool(), staff.account_id).await?;
    change.apply(&mut transaction, &staff, id).await?;
    transaction.commit().await?;
    let site = read(&state, &staff, Some(id)).await?.pop();
    site.map(Json).ok_or(ApiError::NotFound)
}

/// The sites of the account, or one of them.
async fn read(state: &ApiState, staff: &Staff, id: Option<i64>) -> Result<Vec<Site>, ApiError> {
    let mut transaction = staff.read(state.pool()).await?;
    let rows: Vec<SiteRow> = sqlx::query_as(SITES)
        .bind(staff.account_id)
        .bind(id)
        .bind(SITES_MAX)
        .fetch_all(&mut *transaction)
        .await?;
    drop(transaction);
    let ids = rows.iter().map(|row| row.id).collect();
    let mut last = last_sessions(state, staff, ids).await?;
    let told = |row: SiteRow| {
        let last = last.remove(&row.id);
        row.told(state.public_origin(), last)
    };
    Ok(rows.into_iter().map(told).collect())
}

/// The newest session of each of these sites that has any: some days at a time, the newest first, and
/// only of the sites that none was found of yet.
async fn last_sessions(
    state: &ApiState,
    staff: &Staff,
    mut sites: Vec<i64>,
) -> Result<HashMap<i64, LastSession>, ApiError> {
    let days: Vec<i32> = sqlx::query_scalar("select footage_days(0, $1)")
        .bind(i32::MAX)
        .fetch_all(state.pool())
        .await?;
    let mut last = HashMap::new();
    for days in days.chunks(DAYS_AT_ONCE) {
        if sites.is_empty() {
            break;
        }
        let mut transaction = staff.read(state.pool()).await?;
        let found: Vec<(i64, Uuid, i64)> = sqlx::query_as(LAST_SESSIONS)
            .bind(staff.account_id)
            .bind(&sites)
            .bind(days.last())
            .bind(days.first())
            .fetch_all(&mut *transaction)
            .await?;
        for (site, id, started_at_ms) in found {
            last.insert(site, LastSession { id, started_at_ms });
        }
        sites.retain(|site| !last.contains_key(site));
    }
    Ok(last)
}

impl SiteRow {
    fn told(self, public: &Origin, last_session: Option<LastSession>) -> Site {
        Site {
            snippet: snippet(public, &self.site_key),
            id: self.id,
            name: self.name,
            key: self.site_key,
            demo: self.demo,
            allowed_origins: self.allowed_origins,
            keep_query: self.keep_query,
            mask_selectors: self.mask_selectors,
            block_selectors: self.block_selectors,
            last_session,
        }
    }
}

/// What the owner of a site pastes into its pages.
fn snippet(public: &Origin, key: &str) -> String {
    let key = key
        .replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;");
    format!(r#"<script async src="{public}/recorder.js" data-site="{key}"></script>"#)
}
