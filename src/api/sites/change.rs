//! What staff may change of a site, and what is asked of each field.

use serde::{Deserialize, Deserializer};
use sqlx::{Postgres, Transaction};
use utoipa::ToSchema;

use crate::auth::{Origin, Staff};
use crate::error::ApiError;

const NAME_CHARS_MAX: usize = 100;
const ORIGINS_MAX: usize = 64;
const ORIGIN_BYTES_MAX: usize = 255;
const SELECTORS_MAX: usize = 64;
const SELECTOR_BYTES_MAX: usize = 1_024;
/// Of all selectors of a site together: they fit into one message to a recorder.
const POLICY_BYTES_MAX: usize = 32 * 1_024;

const NAME_HINT: &str = "1 to 100 characters, none of them a control character or a line break";
const ORIGINS_HINT: &str = "1 to 64 origins of at most 255 bytes: https://shop.example, with a port \
    where it is not the usual one and nothing behind it, in the letters a browser sends (xn--…); \
    or * for any";
const DEMO_HINT: &str =
    "the demo shop's origins follow FOOTAGE_PUBLIC_URL; change that and restart";
const SELECTORS_HINT: &str = "at most 64 CSS selectors of 1 to 1,024 bytes on one line, each with its \
    quotes and brackets closed and without comments";
const POLICY_HINT: &str = "mask_selectors and block_selectors together have at most 32 KiB; \
    shorten or join some";

/// What to change of a site; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::api) struct SiteChange {
    /// 1 to 100 characters.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    name: Option<String>,
    /// 1 to 64 origins, or `*`.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    allowed_origins: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    keep_query: Option<bool>,
    /// At most 64 selectors.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    mask_selectors: Option<Vec<String>>,
    /// At most 64 selectors; with the others at most 32 KiB.
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false)]
    block_selectors: Option<Vec<String>>,
}

/// A field that is there has a value: `null` is none.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(field: D) -> Result<Option<T>, D::Error> {
    T::deserialize(field).map(Some)
}

#[derive(sqlx::FromRow)]
struct Changing {
    demo: bool,
    name: String,
    allowed_origins: Vec<String>,
    keep_query: bool,
    mask_selectors: Vec<String>,
    block_selectors: Vec<String>,
}

impl SiteChange {
    /// Changes a site of the account.
    ///
    /// # Errors
    /// When there is none, or a field is not what it must be.
    pub(super) async fn apply(
        self,
        transaction: &mut Transaction<'static, Postgres>,
        staff: &Staff,
        id: i64,
    ) -> Result<(), ApiError> {
        let site: Option<Changing> = sqlx::query_as(
            "select demo, name, allowed_origins, keep_query, mask_selectors, block_selectors
             from sites where account_id = $1 and id = $2 for update",
        )
        .bind(staff.account_id)
        .bind(id)
        .fetch_optional(&mut **transaction)
        .await?;
        let site = self.merged(site.ok_or(ApiError::NotFound)?)?;
        sqlx::query(
            "update sites set name = $3, allowed_origins = $4, keep_query = $5,
                mask_selectors = $6, block_selectors = $7
             where account_id = $1 and id = $2",
        )
        .bind(staff.account_id)
        .bind(id)
        .bind(site.name)
        .bind(site.allowed_origins)
        .bind(site.keep_query)
        .bind(site.mask_selectors)
        .bind(site.block_selectors)
        .execute(&mut **transaction)
        .await?;
        Ok(())
    }

    fn merged(self, mut site: Changing) -> Result<Changing, ApiError> {
        if let Some(name) = self.name {
            site.name = checked_name(&name)?;
        }
        if let Some(origins) = self.allowed_origins {
            let origins = checked_origins(&origins)?;
            if site.demo && origins != site.allowed_origins {
                return Err(bad(
                    "allowed_origins of the demo shop cannot be changed",
                    DEMO_HINT,
                ));
            }
            site.allowed_origins = origins;
        }
        site.keep_query = self.keep_query.unwrap_or(site.keep_query);
        let is_policy_new = self.mask_selectors.is_some() || self.block_selectors.is_some();
        if let Some(selectors) = self.mask_selectors {
            site.mask_selectors = checked_selectors("mask_selectors", selectors)?;
        }
        if let Some(selectors) = self.block_selectors {
            site.block_selectors = checked_selectors("block_selectors", selectors)?;
        }
        let all = site.mask_selectors.iter().chain(&site.block_selectors);
        let policy_bytes: usize = all.map(String::len).sum();
        if is_policy_new && policy_bytes > POLICY_BYTES_MAX {
            return Err(bad(
                format!("mask_selectors and block_selectors have {policy_bytes} bytes"),
                POLICY_HINT,
            ));
        }
        Ok(site)
    }
}

fn bad(what: impl Into<String>, hint: &'static str) -> ApiError {
    let what = what.into();
    ApiError::BadField { what, hint }
}

fn checked_name(name: &str) -> Result<String, ApiError> {
    let name = name.trim();
    let chars = name.chars().count();
    if chars == 0 || chars > NAME_CHARS_MAX {
        return Err(bad(format!("name has {chars} characters"), NAME_HINT));
    }
    if name.contains(char::is_control) {
        return Err(bad("name has a control character", NAME_HINT));
    }
    Ok(name.to_owned())
}

/// Origins in the spelling of browsers, each once.
fn checked_origins(origins: &[String]) -> Result<Vec<String>, ApiError> {
    let field = "allowed_origins";
    if origins.is_empty() || origins.len() > ORIGINS_MAX {
        let what = format!("{field} has {} entries", origins.len());
        return Err(bad(what, ORIGINS_HINT));
    }
    let mut checked = Vec::with_capacity(origins.len());
    for (place, text) in origins.iter().enumerate() {
        let origin = match text.trim() {
            "*" => Some("*".to_owned()),
            text => Origin::parse(text).ok().map(|origin| origin.to_string()),
        };
        let origin = origin
            .filter(|origin| origin.len() <= ORIGIN_BYTES_MAX)
            .ok_or_else(|| bad(entry(field, place, text, "is no origin"), ORIGINS_HINT))?;
        if !checked.contains(&origin) {
            checked.push(origin);
        }
    }
    Ok(checked)
}

fn checked_selectors(field: &str, selectors: Vec<String>) -> Result<Vec<String>, ApiError> {
    if selectors.len() > SELECTORS_MAX {
        let what = format!("{field} has {} entries", selectors.len());
        return Err(bad(what, SELECTORS_HINT));
    }
    for (place, selector) in selectors.iter().enumerate() {
        let trouble = if selector.trim().is_empty() {
            "is empty"
        } else if selector.len() > SELECTOR_BYTES_MAX {
            "is too long"
        } else if selector.contains(char::is_control) {
            "has a control character"
        } else if !is_closed(selector) {
            "has no end"
        } else {
            continue;
        };
        return Err(bad(entry(field, place, selector, trouble), SELECTORS_HINT));
    }
    Ok(selectors)
}

/// Whether nothing in it is left open. Recorders join all selectors with commas: what is open would
/// swallow those behind it, which then hide nothing.
fn is_closed(selector: &str) -> bool {
    let mut open = Vec::new();
    let mut letters = selector.chars();
    while let Some(letter) = letters.next() {
        let in_quotes = matches!(open.last(), Some('"' | '\''));
        match letter {
            '\\' if letters.next().is_none() => return false,
            '\\' => {}
            _ if open.last() == Some(&letter) => {
                open.pop();
            }
            _ if in_quotes => {}
            '"' | '\'' => open.push(letter),
            '[' => open.push(']'),
            '(' => open.push(')'),
            // Brackets that match nothing, and what begins a comment.
            ']' | ')' | '/' => return false,
            _ => {}
        }
    }
    open.is_empty()
}

/// Names an entry by its place, from 1 on, and its beginning.
fn entry(field: &str, place: usize, text: &str, trouble: &str) -> String {
    let shown: String = text.chars().take(60).collect();
    format!("{field}: entry {} {trouble}: {shown:?}", place + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selector_that_would_swallow_the_next_has_no_end() {
        for closed in [
            ".a > b:not(.c, [d='e)'])",
            r#"[a="/* ' ] \""]"#,
            r"\(\'\/",
            "a, b",
        ] {
            assert!(is_closed(closed), "{closed}");
        }
        for open in [
            "[a",
            "[a='b]",
            r#"[a="b'"#,
            ":not(.a",
            ":not([a)",
            "a)",
            "a]",
            "a /*",
            "a /* b */",
            r"a\",
            r#"[a="b\"]"#,
            "'",
        ] {
            assert!(!is_closed(open), "{open}");
        }
    }
}
