//! Bytes that are refused.

mod fields;
mod others;

use footage_protocol::CloseCode::{self, Malformed};
use serde::{Serialize, Serializer};

/// Bytes that are refused, and why.
#[derive(Serialize)]
pub struct Bad {
    #[serde(skip)]
    pub name: &'static str,
    /// Who would have said it: `recorder`, `server`, or `stored` for a chunk.
    pub from: &'static str,
    /// `type`: no reader of any language takes it. `limit`: something is longer than allowed.
    /// `rule`: the types are right, yet the fields do not fit together.
    pub breaks: &'static str,
    #[serde(serialize_with = "as_name")]
    pub error: CloseCode,
    pub why: &'static str,
    #[serde(skip)]
    pub bytes: Vec<u8>,
}

fn as_name<S: Serializer>(code: &CloseCode, output: S) -> Result<S::Ok, S::Error> {
    output.serialize_str(code.name())
}

pub fn all() -> Vec<Bad> {
    [
        arrays(),
        types(),
        fields::limits(),
        fields::rules(),
        others::of_a_server(),
        others::of_a_chunk(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn bad(
    (from, breaks, error): (&'static str, &'static str, CloseCode),
    name: &'static str,
    why: &'static str,
    bytes: impl Into<Vec<u8>>,
) -> Bad {
    let bytes = bytes.into();
    Bad {
        name,
        from,
        breaks,
        error,
        why,
        bytes,
    }
}

fn arrays() -> Vec<Bad> {
    let class = ("recorder", "type", Malformed);
    vec![
        bad(class, "empty", "no bytes at all", []),
        bad(
            class,
            "not_an_array",
            "text instead of an array",
            b"\xa4ping".as_slice(),
        ),
        bad(class, "no_kind", "an array without a kind", [0x90]),
        bad(
            class,
            "unknown_kind_64",
            "kinds from 64 on must be known",
            [0x91, 64],
        ),
        bad(
            class,
            "kind_is_text",
            "the kind is a number",
            b"\x92\xa4ping\x05".as_slice(),
        ),
        bad(
            class,
            "field_missing",
            "a ping without its time",
            [0x91, 10],
        ),
        bad(
            class,
            "field_too_many",
            "a ping with two times",
            [0x93, 10, 5, 5],
        ),
        bad(class, "unfinished", "the array ends early", [0x92, 10]),
        bad(
            class,
            "unfinished_number",
            "a number ends early",
            [0x92, 10, 0xcd, 1],
        ),
        bad(
            class,
            "reserved_byte",
            "0xc1 means nothing",
            [0x92, 10, 0xc1],
        ),
        bad(
            class,
            "extension",
            "extension types are not used",
            [0x92, 10, 0xd4, 1, 1],
        ),
        bad(
            class,
            "map",
            "a message holds no maps",
            [0x92, 20, 0x81, 1, 1],
        ),
    ]
}

fn types() -> Vec<Bad> {
    let class = ("recorder", "type", Malformed);
    let float = [0x92, 10, 0xcb, 0x40, 0x14, 0, 0, 0, 0, 0, 0];
    let above_2_53 = [0x92, 10, 0xcf, 0, 0x20, 0, 0, 0, 0, 0, 0];
    vec![
        bad(class, "number_is_float", "5.0 is not a whole number", float),
        bad(
            class,
            "number_is_negative",
            "-1 is below 0",
            [0x92, 10, 0xff],
        ),
        bad(
            class,
            "number_is_nil",
            "only fields marked so may be nil",
            [0x92, 10, 0xc0],
        ),
        bad(
            class,
            "number_above_2_53",
            "2^53 is not exact in JavaScript",
            above_2_53,
        ),
        bad(
            class,
            "text_is_bin",
            "the key of a tag is text",
            b"\x95\x05\x01\x01\xc4\x01k\xa1v".as_slice(),
        ),
        bad(
            class,
            "text_not_utf8",
            "0xff is not UTF-8",
            b"\x95\x05\x01\x01\xa1\xff\xa1v".as_slice(),
        ),
        bad(
            class,
            "text_with_zero",
            "text holds no U+0000",
            b"\x95\x05\x01\x01\xa1\x00\xa1v".as_slice(),
        ),
        bad(
            class,
            "bin_is_text",
            "a payload is bin",
            b"\x95\x06\x01\x01\xa1n\xa1\x01".as_slice(),
        ),
        bad(
            class,
            "consent_unlisted",
            "3 stands for no consent",
            [0x94, 7, 1, 1, 3],
        ),
        bad(
            class,
            "end_cause_unlisted",
            "3 stands for no cause",
            [0x94, 9, 1, 1, 3],
        ),
        bad(
            class,
            "trait_is_triple",
            "a trait is a pair",
            b"\x95\x04\x01\x01\xa1u\x91\x93\xa1k\xa1v\xa1x".as_slice(),
        ),
    ]
}
