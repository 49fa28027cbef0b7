//! What a list of sessions is narrowed by: read from the address, checked, and made ready to bind.

use std::ops::RangeInclusive;

use serde::Deserialize;
use utoipa::IntoParams;

use crate::api::cursor::SessionId;
use crate::error::ApiError;

const LIMIT_DEFAULT: usize = 50;
/// 9999-12-31T23:59:59.999Z, which also bounds what is no moment but a time.
const MS_MAX: i64 = 253_402_300_799_999;
const PAGE_BYTES_MAX: usize = 1_024;
const VISITOR_BYTES_MAX: usize = 128;
/// Hexadecimal digits of a whole id of a visitor.
const VISITOR_DIGITS: usize = 32;

/// The parameters as they came: texts, so that a refusal can name the one that is wrong.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::api) struct ListQuery {
    /// Sessions of one page.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 200, default = 50)]
    limit: Option<String>,
    /// The `next` of the page before.
    before: Option<String>,
    /// The id of a site.
    #[param(value_type = Option<i64>, minimum = 1)]
    site: Option<String>,
    /// Started at this moment or later, by the server's clock.
    #[param(value_type = Option<i64>, minimum = 0)]
    from_ms: Option<String>,
    /// Started before this moment.
    #[param(value_type = Option<i64>, minimum = 0)]
    to_ms: Option<String>,
    /// Lasted this long or longer.
    #[param(value_type = Option<i64>, minimum = 0)]
    duration_min_ms: Option<String>,
    /// Lasted this long or shorter.
    #[param(value_type = Option<i64>, minimum = 0)]
    duration_max_ms: Option<String>,
    /// A part of the address or title of any page of the session, large letters as small ones; at
    /// most 1,024 bytes.
    page: Option<String>,
    /// The beginning of the visitor's id, or a part of the user's name, large letters as small
    /// ones; at most 128 bytes. 32 hexadecimal digits are a whole id and no name.
    visitor: Option<String>,
    /// `true`: only sessions with an open socket now; `false`: only others.
    #[param(value_type = Option<bool>)]
    live: Option<String>,
}

/// The parameters as the search uses them.
pub(super) struct Filters {
    /// Sessions of one page.
    pub(super) limit: usize,
    /// Only ids before this one.
    pub(super) before: SessionId,
    /// Only this id and those after it.
    pub(super) from: SessionId,
    /// The id of a site.
    pub(super) site: Option<i64>,
    /// The shortest and the longest duration.
    pub(super) duration_ms: (Option<i64>, Option<i64>),
    /// A pattern for `~*` on addresses and titles.
    pub(super) page: Option<String>,
    /// A visitor, when a whole id was asked for.
    pub(super) visitor: Option<[u8; 16]>,
    /// Else a pattern for `~*` on names,
    pub(super) user: Option<String>,
    /// and the lowest and the highest id that begins as asked for.
    pub(super) visitors: Option<([u8; 16], [u8; 16])>,
    /// Whether a socket must be open, or must not.
    pub(super) live: Option<bool>,
}

impl Filters {
    /// Reads the parameters.
    ///
    /// # Errors
    /// Names the first that is not valid, its limit, and what to give.
    pub(super) fn read(query: ListQuery) -> Result<Self, ApiError> {
        let limit = number(
            "limit",
            query.limit,
            1..=200,
            "a whole number from 1 to 200",
        )?;
        let site = "the id of a site, a whole number from 1 on";
        let moment = "milliseconds since 1970, a whole number from 0 on";
        let from_ms = number("from_ms", query.from_ms, 0..=MS_MAX, moment)?;
        let to_ms = number("to_ms", query.to_ms, 0..=MS_MAX, moment)?;
        in_order("to_ms", from_ms, to_ms, "a moment at or after from_ms")?;
        let time = "milliseconds, a whole number from 0 on";
        let shortest = number("duration_min_ms", query.duration_min_ms, 0..=MS_MAX, time)?;
        let longest = number("duration_max_ms", query.duration_max_ms, 0..=MS_MAX, time)?;
        let as_long = "a time no shorter than duration_min_ms";
        in_order("duration_max_ms", shortest, longest, as_long)?;
        let page = "a part of an address or title, at most 1,024 bytes; shorten it";
        let page = text("page", query.page, PAGE_BYTES_MAX, page)?;
        let visitor = "the beginning of an id or a part of a name, at most 128 bytes; shorten it";
        let beginning = text("visitor", query.visitor, VISITOR_BYTES_MAX, visitor)?;
        let visitors = beginning.as_deref().and_then(visitors);
        let visitor = visitors
            .filter(|(lowest, highest)| lowest == highest)
            .map(|(id, _)| id);
        let beginning = beginning.filter(|_| visitor.is_none());
        let before = [
            query.before.map(|text| cursor(&text)).transpose()?,
            to_ms.map(SessionId::floor),
        ];
        Ok(Self {
            limit: limit.map_or(LIMIT_DEFAULT, |limit| limit as usize),
            before: before.into_iter().flatten().min().unwrap_or(SessionId::END),
            from: SessionId::floor(from_ms.unwrap_or(0)),
            site: number("site", query.site, 1..=i64::MAX, site)?,
            duration_ms: (shortest, longest),
            page: page.as_deref().map(literal),
            visitor,
            user: beginning.as_deref().map(literal),
            visitors,
            live: query.live.as_deref().map(yes_or_no).transpose()?,
        })
    }
}

fn bad(name: &'static str, hint: &'static str) -> ApiError {
    ApiError::BadParameter { name, hint }
}

fn number(
    name: &'static str,
    text: Option<String>,
    within: RangeInclusive<i64>,
    hint: &'static str,
) -> Result<Option<i64>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    let number = text.parse().ok().filter(|number| within.contains(number));
    number.map(Some).ok_or_else(|| bad(name, hint))
}

fn in_order(
    name: &'static str,
    low: Option<i64>,
    high: Option<i64>,
    hint: &'static str,
) -> Result<(), ApiError> {
    match (low, high) {
        (Some(low), Some(high)) if high < low => Err(bad(name, hint)),
        _ => Ok(()),
    }
}

/// An empty field of a form narrows nothing.
fn text(
    name: &'static str,
    text: Option<String>,
    bytes_max: usize,
    hint: &'static str,
) -> Result<Option<String>, ApiError> {
    match text {
        Some(text) if text.len() > bytes_max => Err(bad(name, hint)),
        text => Ok(text.filter(|text| !text.is_empty())),
    }
}

fn cursor(text: &str) -> Result<SessionId, ApiError> {
    SessionId::from_cursor(text).ok_or(bad("before", "the `next` of the page before"))
}

fn yes_or_no(text: &str) -> Result<bool, ApiError> {
    text.parse()
        .map_err(|_| bad("live", "`true`, `false` or nothing"))
}

/// A pattern for `~*` that matches whatever holds the text, of which every letter stands for itself.
/// The character 0 is stored as another one.
fn literal(text: &str) -> String {
    format!("***={}", text.replace('\0', "\u{fffd}"))
}

/// The lowest and the highest id that begins with these digits; none when they are no digits.
fn visitors(text: &str) -> Option<([u8; 16], [u8; 16])> {
    if text.len() > VISITOR_DIGITS || !text.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let filled = |with: &str| {
        let digits = text.to_owned() + &with.repeat(VISITOR_DIGITS - text.len());
        Some(u128::from_str_radix(&digits, 16).ok()?.to_be_bytes())
    };
    Some((filled("0")?, filled("f")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_of_an_id_is_a_range_of_ids() {
        let (low, high) = visitors("0AbC").unwrap();
        assert_eq!(
            (low[..2].to_vec(), low[2..].to_vec()),
            (vec![0x0a, 0xbc], vec![0; 14])
        );
        assert_eq!(
            (high[..2].to_vec(), high[2..].to_vec()),
            (vec![0x0a, 0xbc], vec![255; 14])
        );
        let (low, high) = visitors(&"7".repeat(32)).unwrap();
        assert_eq!((low, high), ([0x77; 16], [0x77; 16]));
        for text in ["x", "0x1", "-1", "+1", "ä", &"7".repeat(33)] {
            assert!(visitors(text).is_none(), "{text}");
        }
    }
}
