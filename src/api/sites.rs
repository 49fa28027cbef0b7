//! The web sites of an account, and what staff change of them.

mod change;

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use sqlx::{Postgres, Transaction};
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

/// The columns of the sites of the account `$1`, or of one of them, `$2`. Days are the partitions of
/// sessions: in their order the newest session is found in the first one that has any.
const SITES: &str = "
    select site.id, site.name, site.site_key, site.demo, site.allowed_origins, site.keep_query,
        site.mask_selectors, site.block_selectors, last.id as last_id, last.started_at_ms
    from sites site
        left join lateral (
            select s.id, s.started_at_ms from sessions s
            where s.account_id = $1 and s.site_id = site.id
            order by s.started_on desc, s.id desc limit 1
        ) last on true
    where site.account_id = $1 and ($2::bigint is null or site.id = $2)
    order by site.id limit $3";

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
    last_id: Option<Uuid>,
    started_at_ms: Option<i64>,
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
    let mut transaction = staff.read(state.pool()).await?;
    plan_once(&mut transaction).await?;
    let rows: Vec<SiteRow> = sqlx::query_as(SITES)
        .bind(staff.account_id)
        .bind(None::<i64>)
        .bind(SITES_MAX)
        .fetch_all(&mut *transaction)
        .await?;
    let sites = rows.into_iter().map(|row| row.told(state.public_origin()));
    Ok(Json(SiteList {
        sites: sites.collect(),
    }))
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
    plan_once(&mut transaction).await?;
    let row: Option<SiteRow> = sqlx::query_as(SITES)
        .bind(staff.account_id)
        .bind(id)
        .bind(1_i64)
        .fetch_optional(&mut *transaction)
        .await?;
    let row = row.ok_or(ApiError::NotFound)?;
    transaction.commit().await?;
    Ok(Json(row.told(state.public_origin())))
}

/// Lets a connection keep its plan: the sites of a year touch the partitions of every day, and to plan
/// for these takes far longer than to look.
async fn plan_once(transaction: &mut Transaction<'static, Postgres>) -> Result<(), ApiError> {
    sqlx::query("select set_config('plan_cache_mode', 'force_generic_plan', true)")
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

impl SiteRow {
    fn told(self, public: &Origin) -> Site {
        let last = self.last_id.zip(self.started_at_ms);
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
            last_session: last.map(|(id, started_at_ms)| LastSession { id, started_at_ms }),
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
