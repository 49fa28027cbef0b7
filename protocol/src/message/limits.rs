//! What each field may hold.

use super::batch::{Batch, BatchHeader};
use super::recorder::{
    ConsentChange, Custom, End, Gap, Hello, Identify, Page, PageView, Ping, Tag,
};
use super::server::{
    Ack, AckLevelChange, Credit, KeyframeRequest, Policy, Pong, SlowDown, Stop, Welcome,
};
use super::small::Encoding;
use crate::error::WireError;
use crate::ranges::Ranges;
use crate::scan::{ScanLimits, Scanner};
use crate::settings::{Limits, settings};

const LIMITS: &Limits = &settings().limits;

type Checked = Result<(), WireError>;

/// Holds every field of a message against its limit.
pub(super) trait Check {
    fn check(&self) -> Checked;
}

impl Check for Hello<'_> {
    fn check(&self) -> Checked {
        WireError::unless_spoken(self.protocol_version)?;
        text("site_key", self.site_key, LIMITS.site_key_bytes_max)?;
        let token = self.session_token.unwrap_or_default();
        text("session_token", token, LIMITS.session_token_bytes_max)?;
        ranges("held", &self.held)?;
        self.page.check()?;
        text(
            "sdk_version",
            self.sdk_version,
            LIMITS.sdk_version_bytes_max,
        )?;
        number("sent_at_ms", self.sent_at_ms)
    }
}

impl Check for Page<'_> {
    fn check(&self) -> Checked {
        text("url", self.url, LIMITS.url_bytes_max)?;
        text("title", self.title, LIMITS.title_bytes_max)?;
        text("referrer", self.referrer, LIMITS.url_bytes_max)?;
        text("time_zone", self.time_zone, LIMITS.time_zone_bytes_max)
    }
}

impl Check for Batch<'_> {
    fn check(&self) -> Checked {
        self.header.check()?;
        let as_long_as_it_says = self.header.encoding != Encoding::Plain
            || self.header.inflated_bytes == self.payload.len() as u64;
        rule(
            as_long_as_it_says,
            "inflated_bytes",
            "must be the length of a plain payload",
        )?;
        rule(!self.payload.is_empty(), "payload", "must not be empty")
    }
}

impl Check for BatchHeader {
    fn check(&self) -> Checked {
        place("number", self.number)?;
        number("last_event_ms", self.last_event_ms)?;
        rule(
            self.first_event_ms <= self.last_event_ms,
            "first_event_ms",
            "must not be after last_event_ms",
        )?;
        at_most(
            "inflated_bytes",
            self.inflated_bytes,
            LIMITS.batch_inflated_bytes_max,
            "bytes",
        )?;
        rule(self.inflated_bytes > 0, "inflated_bytes", "must not be 0")?;
        if self.parts == 0 {
            rule(self.part == 0, "part", "must be 0 when parts is 0")?;
            rule(self.events > 0, "events", "must not be 0 in a whole batch")?;
            let events = u64::from(self.events);
            return at_most("events", events, LIMITS.batch_events_max, "events");
        }
        let parts = u64::from(self.parts);
        at_most("parts", parts, LIMITS.event_parts_max, "parts")?;
        rule(self.parts > 1, "parts", "must be 0 or at least 2")?;
        let is_one_of_them = (1..=self.parts).contains(&self.part);
        rule(is_one_of_them, "part", "must be from 1 to parts")?;
        rule(
            self.events == u32::from(self.part == self.parts),
            "events",
            "must be 1 in the last part and 0 in the others",
        )
    }
}

impl Check for PageView<'_> {
    fn check(&self) -> Checked {
        place("number", self.number)?;
        number("at_ms", self.at_ms)?;
        self.page.check()
    }
}

impl Check for Identify<'_> {
    fn check(&self) -> Checked {
        place("number", self.number)?;
        number("at_ms", self.at_ms)?;
        text("user", self.user, LIMITS.value_bytes_max)?;
        at_most(
            "traits",
            self.traits.len() as u64,
            LIMITS.traits_max,
            "pairs",
        )?;
        for one in &self.traits {
            text("a trait's key", one.key, LIMITS.name_bytes_max)?;
            text("a trait's value", one.value, LIMITS.value_bytes_max)?;
        }
        Ok(())
    }
}

impl Check for Tag<'_> {
    fn check(&self) -> Checked {
        place("number", self.number)?;
        number("at_ms", self.at_ms)?;
        text("key", self.key, LIMITS.name_bytes_max)?;
        text("value", self.value, LIMITS.value_bytes_max)
    }
}

impl Check for Custom<'_> {
    fn check(&self) -> Checked {
        place("number", self.number)?;
        number("at_ms", self.at_ms)?;
        text("name", self.name, LIMITS.name_bytes_max)?;
        let length = self.payload.len() as u64;
        at_most("payload", length, LIMITS.custom_bytes_max, "bytes")?;
        let mut scanner = Scanner::new(ScanLimits::of_custom());
        scanner.feed(self.payload)?;
        let scanned = scanner.finish()?;
        rule(scanned.values == 1, "payload", "must be exactly one value")
    }
}

impl Check for ConsentChange {
    fn check(&self) -> Checked {
        place("number", self.number)?;
        number("at_ms", self.at_ms)
    }
}

impl Check for Gap {
    fn check(&self) -> Checked {
        place("number", self.number)?;
        number("at_ms", self.at_ms)?;
        place("first", self.first)?;
        rule(self.first <= self.last, "first", "must not be above last")?;
        rule(self.last < self.number, "last", "must be below number")
    }
}

impl Check for End {
    fn check(&self) -> Checked {
        place("number", self.number)?;
        number("at_ms", self.at_ms)
    }
}

impl Check for Ping {
    fn check(&self) -> Checked {
        number("sent_at_ms", self.sent_at_ms)
    }
}

impl Check for Welcome<'_> {
    fn check(&self) -> Checked {
        let token_max = LIMITS.session_token_bytes_max;
        text("session_token", &self.session_token, token_max)?;
        ranges("durable", &self.durable)?;
        number("credit_bytes", self.credit_bytes)?;
        let limits = &self.limits;
        number("message_bytes_max", limits.message_bytes_max)?;
        number("batch_bytes_target", limits.batch_bytes_target)?;
        number("batch_inflated_bytes_max", limits.batch_inflated_bytes_max)?;
        number("event_bytes_max", limits.event_bytes_max)?;
        number("batch_ms", limits.batch_ms)?;
        at_most("flags", self.flags.len() as u64, LIMITS.flags_max, "flags")?;
        for flag in &self.flags {
            text("a flag", flag, LIMITS.name_bytes_max)?;
        }
        number("heartbeat_ms", self.heartbeat_ms)?;
        number("server_time_ms", self.server_time_ms)
    }
}

impl Check for Ack {
    fn check(&self) -> Checked {
        number("up_to", self.up_to)?;
        ranges("beyond", &self.beyond)?;
        rule(
            self.beyond.first().is_none_or(|first| first > self.up_to),
            "beyond",
            "must be above up_to",
        )
    }
}

impl Check for Credit {
    fn check(&self) -> Checked {
        number("credit_bytes", self.credit_bytes)
    }
}

impl Check for KeyframeRequest {
    fn check(&self) -> Checked {
        Ok(())
    }
}

impl Check for Policy<'_> {
    fn check(&self) -> Checked {
        let lists = [
            ("mask_selectors", &self.mask_selectors),
            ("block_selectors", &self.block_selectors),
        ];
        for (name, selectors) in lists {
            at_most(
                name,
                selectors.len() as u64,
                LIMITS.selectors_max,
                "selectors",
            )?;
            for selector in selectors {
                text("a selector", selector, LIMITS.value_bytes_max)?;
            }
        }
        Ok(())
    }
}

impl Check for SlowDown {
    fn check(&self) -> Checked {
        number("batch_ms", self.batch_ms)?;
        number("mouse_ms", self.mouse_ms)
    }
}

impl Check for Stop<'_> {
    fn check(&self) -> Checked {
        text("reason", &self.reason, LIMITS.close_reason_bytes_max)
    }
}

impl Check for Pong {
    fn check(&self) -> Checked {
        number("sent_at_ms", self.sent_at_ms)?;
        number("server_time_ms", self.server_time_ms)
    }
}

impl Check for AckLevelChange {
    fn check(&self) -> Checked {
        Ok(())
    }
}

/// Text of at most `max` bytes.
fn text(field: &'static str, text: &str, max: u64) -> Checked {
    at_most(field, text.len() as u64, max, "bytes")
}

/// A whole number that JavaScript holds exactly.
fn number(field: &'static str, number: u64) -> Checked {
    rule(number <= LIMITS.number_max, field, "must be below 2^53")
}

/// A place in a stream.
fn place(field: &'static str, place: u64) -> Checked {
    rule(place > 0, field, "must not be 0; numbers begin at 1")?;
    number(field, place)
}

/// Places in a stream.
fn ranges(field: &'static str, ranges: &Ranges) -> Checked {
    at_most(field, ranges.len() as u64, LIMITS.ranges_max, "ranges")?;
    place(field, ranges.first().unwrap_or(1))?;
    number(field, ranges.last().unwrap_or(1))
}

fn at_most(field: &'static str, length: u64, max: u64, unit: &'static str) -> Checked {
    if length > max {
        return Err(WireError::FieldTooLong {
            field,
            length,
            max,
            unit,
        });
    }
    Ok(())
}

fn rule(is_kept: bool, field: &'static str, rule: &'static str) -> Checked {
    if is_kept {
        Ok(())
    } else {
        Err(WireError::Field { field, rule })
    }
}
