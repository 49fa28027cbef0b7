//! Why a socket closes, and what the recorder does then.

use std::fmt::{self, Display};

use serde::{Deserialize, Serialize};

use crate::settings::settings;

/// What a recorder does after a close.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// Nothing: it stops until the page is loaded anew.
    Never,
    /// It connects again after a random, growing wait.
    Jitter,
    /// It connects again after the time in the reason, and a random wait on top.
    After,
    /// It gives this stream up and starts none by itself; a new page load makes a new stream.
    Stream,
    /// It gives this session up; the next page load starts a new one.
    Page,
}

macro_rules! close_codes {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $name:literal, $retry:ident, $text:literal;)*) => {
        /// Why a socket closes. WebSocket's own codes below 4000, ours from there on.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(into = "u16", try_from = "u16")]
        #[repr(u16)]
        pub enum CloseCode {
            $(
                #[doc = concat!("`", $name, "`: ", $text, ".")]
                $variant = $code,
            )*
        }

        impl CloseCode {
            /// Every close code, ascending.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The one word for it, the same in close reasons, columns and metrics.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// What the recorder does next.
            pub const fn retry(self) -> Retry {
                match self {
                    $(Self::$variant => Retry::$retry,)*
                }
            }

            /// A sentence for people.
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)*
                }
            }
        }
    };
}

include!(concat!(env!("OUT_DIR"), "/close_codes.rs"));

impl CloseCode {
    /// The number on the wire.
    pub const fn code(self) -> u16 {
        self as u16
    }
}

impl From<CloseCode> for u16 {
    fn from(code: CloseCode) -> Self {
        code.code()
    }
}

/// The number is no close code of this protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no close code of this protocol")]
pub struct UnknownCloseCode(pub u16);

impl TryFrom<u16> for CloseCode {
    type Error = UnknownCloseCode;

    fn try_from(code: u16) -> Result<Self, UnknownCloseCode> {
        let known = Self::ALL.iter().find(|known| known.code() == code);
        known.copied().ok_or(UnknownCloseCode(code))
    }
}

/// The text of a close frame: `name` or `name:detail`, ASCII, at most
/// `close_reason_bytes_max` bytes.
///
/// After a code whose [`Retry`] is `After`, the detail holds `retry_after_ms=` and a whole number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloseReason(String);

impl CloseReason {
    /// The bare name of the code.
    pub fn bare(code: CloseCode) -> Self {
        Self(code.name().to_owned())
    }

    /// The name and a detail; what is not printable ASCII becomes `?`, what is too long is cut.
    pub fn with_detail(code: CloseCode, detail: impl Display) -> Self {
        Self::ending_in(code, detail, "")
    }

    /// The name, a detail, and the milliseconds to wait before coming back, which are never cut.
    pub fn after(code: CloseCode, detail: impl Display, wait_ms: u64) -> Self {
        Self::ending_in(code, detail, &format!("; retry_after_ms={wait_ms}"))
    }

    fn ending_in(code: CloseCode, detail: impl Display, ending: &str) -> Self {
        let longest = settings().limits.close_reason_bytes_max as usize - ending.len();
        let whole = format!("{}:{detail}", code.name());
        let printable = |c: char| {
            if c == ' ' || c.is_ascii_graphic() {
                c
            } else {
                '?'
            }
        };
        let cut = whole.chars().map(printable).take(longest);
        Self(cut.chain(ending.chars()).collect())
    }

    /// The text to send.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands behind the name, if anything does.
    pub fn detail(&self) -> Option<&str> {
        self.0.split_once(':').map(|(_name, detail)| detail)
    }
}

impl Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<CloseReason> for String {
    fn from(reason: CloseReason) -> Self {
        reason.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_enum_and_the_settings_agree_both_ways() {
        let file: serde_json::Value =
            serde_json::from_str(include_str!("../settings.json")).unwrap();
        let of_the_enum: Vec<_> = CloseCode::ALL
            .iter()
            .map(|code| {
                serde_json::json!({
                    "code": code.code(),
                    "name": code.name(),
                    "retry": code.retry(),
                    "text": code.text(),
                })
            })
            .collect();
        assert_eq!(file["close_codes"], serde_json::Value::Array(of_the_enum));
    }

    #[test]
    fn every_code_comes_back_from_its_number() {
        for code in CloseCode::ALL {
            assert_eq!(CloseCode::try_from(code.code()), Ok(*code));
        }
        assert_eq!(CloseCode::try_from(4999), Err(UnknownCloseCode(4999)));
    }

    #[test]
    fn w15_a_reason_is_short_printable_ascii() {
        let reason =
            CloseReason::with_detail(CloseCode::Malformed, format!("né\n{}", "x".repeat(300)));
        assert!(reason.as_str().starts_with("malformed:n??xxx"));
        assert_eq!(reason.as_str().len(), 123);
        assert_eq!(
            CloseReason::bare(CloseCode::TakenOver).as_str(),
            "taken_over"
        );
    }

    #[test]
    fn w15_the_wait_is_never_cut() {
        let after = |detail: &str| CloseReason::after(CloseCode::Restart, detail, 1_500);
        let short = after("come back");
        assert_eq!(short.as_str(), "restart:come back; retry_after_ms=1500");
        let long = after(&"x".repeat(300));
        assert!(long.as_str().ends_with("xxx; retry_after_ms=1500"));
        assert_eq!(long.as_str().len(), 123);
    }

    #[test]
    fn a_detail_is_what_stands_behind_the_name() {
        let detailed = CloseReason::with_detail(CloseCode::Malformed, "a: b");
        assert_eq!(detailed.detail(), Some("a: b"));
        assert_eq!(CloseReason::bare(CloseCode::TakenOver).detail(), None);
    }
}
