//! Messages of a recorder.

use footage_protocol::message::{
    Batch, BatchFlags, BatchHeader, Consent, ConsentChange, Custom, Encoding, End, EndCause, Gap,
    GapCause, Hello, Identify, Page, PageCause, PageView, Ping, Tag, Trait,
};
use footage_protocol::{FromRecorder, PolicyHash, StreamId, VisitorId};

pub const STREAM: StreamId = StreamId([0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58]);
pub const POLICY: PolicyHash = PolicyHash([0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7]);
pub const NOW_MS: u64 = 1_700_000_000_000;

/// `{type: 3, data: {source: 2}, timestamp: 1700000000000}`.
pub const EVENT: &[u8] =
    b"\x83\xa4type\x03\xa4data\x81\xa6source\x02\xa9timestamp\xcf\x00\x00\x01\x8b\xcf\xe5\x68\x00";
/// The nil value as an uncompressed block of RFC 1951.
const NIL_DEFLATED: &[u8] = b"\x01\x01\x00\xfe\xff\xc0";

const PAGE: Page<'static> = Page {
    url: "https://shop.example/cart",
    title: "Cart · Grüße 🛒",
    referrer: "https://shop.example/",
    viewport_width: 1280,
    viewport_height: 720,
    time_zone: "Europe/Vienna",
};

pub fn messages() -> Vec<(&'static str, FromRecorder<'static>)> {
    let mut all = hellos();
    all.extend(batches());
    all.extend(pages_and_ends());
    all.extend(by_the_site());
    all
}

fn hellos() -> Vec<(&'static str, FromRecorder<'static>)> {
    let first = Hello {
        protocol_version: 1,
        site_key: "site_demo",
        session_token: None,
        stream: STREAM,
        navigated_from: None,
        held: [].into_iter().collect(),
        visitor: VisitorId([0x0f; 16]),
        page: PAGE,
        consent: Consent::Unknown,
        sdk_version: "0.1.0",
        policy_hash: POLICY,
        sent_at_ms: NOW_MS,
    };
    let again = Hello {
        session_token: Some("k1.opaque-to-the-recorder"),
        navigated_from: Some(StreamId([0x41; 8])),
        held: [3..=5, 9..=9, 300..=70_000].into_iter().collect(),
        consent: Consent::Granted,
        ..first.clone()
    };
    let empty_texts = Hello {
        page: Page {
            title: "",
            referrer: "",
            time_zone: "",
            ..PAGE
        },
        consent: Consent::Denied,
        ..first.clone()
    };
    vec![
        ("hello_first", FromRecorder::Hello(first)),
        ("hello_again", FromRecorder::Hello(again)),
        ("hello_empty_texts", FromRecorder::Hello(empty_texts)),
    ]
}

fn batches() -> Vec<(&'static str, FromRecorder<'static>)> {
    let header = BatchHeader {
        number: 1,
        first_event_ms: NOW_MS,
        last_event_ms: NOW_MS + 240,
        events: 1,
        flags: BatchFlags::NONE,
        part: 0,
        parts: 0,
        clicks: 1,
        inputs: 0,
        errors: 0,
        encoding: Encoding::Plain,
        inflated_bytes: EVENT.len() as u64,
    };
    let deflated = BatchHeader {
        number: 70_000,
        clicks: 0,
        errors: 200,
        encoding: Encoding::DeflateRaw,
        inflated_bytes: 1,
        ..header
    };
    let half = EVENT.len() / 2;
    let first_part = BatchHeader {
        number: 2,
        events: 0,
        flags: BatchFlags::KEYFRAME,
        part: 1,
        parts: 2,
        clicks: 0,
        inflated_bytes: half as u64,
        ..header
    };
    let last_part = BatchHeader {
        number: 3,
        events: 1,
        part: 2,
        inflated_bytes: (EVENT.len() - half) as u64,
        ..first_part
    };
    let of_300_bytes = BatchHeader {
        number: 9_007_199_254_740_991,
        events: 300,
        inputs: 65_536,
        inflated_bytes: 300,
        ..header
    };
    let batch = |header, payload| FromRecorder::Batch(Batch { header, payload });
    vec![
        ("batch_plain", batch(header, EVENT)),
        ("batch_deflated", batch(deflated, NIL_DEFLATED)),
        ("batch_first_part", batch(first_part, &EVENT[..half])),
        ("batch_last_part", batch(last_part, &EVENT[half..])),
        ("batch_greatest_number", batch(of_300_bytes, &[0xc0; 300])),
    ]
}

fn pages_and_ends() -> Vec<(&'static str, FromRecorder<'static>)> {
    let page = |cause| {
        FromRecorder::Page(PageView {
            number: 2,
            at_ms: NOW_MS,
            page: PAGE,
            cause,
        })
    };
    let end = |cause| {
        FromRecorder::End(End {
            number: 12,
            at_ms: NOW_MS,
            cause,
        })
    };
    let gap = |cause| {
        let (first, last, events) = (5, 128, 4_000);
        FromRecorder::Gap(Gap {
            number: 129,
            at_ms: NOW_MS,
            first,
            last,
            cause,
            events,
        })
    };
    vec![
        ("page_load", page(PageCause::Load)),
        ("page_push", page(PageCause::Push)),
        ("page_replace", page(PageCause::Replace)),
        ("page_history", page(PageCause::History)),
        ("page_hash", page(PageCause::Hash)),
        ("gap_no_room", gap(GapCause::NoRoom)),
        ("gap_limit", gap(GapCause::Limit)),
        ("gap_too_large", gap(GapCause::TooLarge)),
        ("gap_not_recorded", gap(GapCause::NotRecorded)),
        ("end_page_hidden", end(EndCause::PageHidden)),
        ("end_stopped", end(EndCause::Stopped)),
        ("end_consent_withdrawn", end(EndCause::ConsentWithdrawn)),
        ("ping", FromRecorder::Ping(Ping { sent_at_ms: NOW_MS })),
    ]
}

fn by_the_site() -> Vec<(&'static str, FromRecorder<'static>)> {
    let (number, at_ms) = (7, NOW_MS);
    let plan = Trait {
        key: "plan",
        value: "pro",
    };
    let city = Trait {
        key: "city",
        value: "Wien",
    };
    let identify = |traits| {
        FromRecorder::Identify(Identify {
            number,
            at_ms,
            user: "u-17",
            traits,
        })
    };
    let consent = |consent| {
        FromRecorder::Consent(ConsentChange {
            number,
            at_ms,
            consent,
        })
    };
    let custom = Custom {
        number,
        at_ms,
        name: "checkout",
        payload: b"\x81\xa5total\x2a",
    };
    let tag = Tag {
        number,
        at_ms,
        key: "experiment",
        value: "B",
    };
    vec![
        ("identify", identify(vec![plan, city])),
        ("identify_no_traits", identify(Vec::new())),
        ("tag", FromRecorder::Tag(tag)),
        ("custom", FromRecorder::Custom(custom)),
        ("consent_unknown", consent(Consent::Unknown)),
        ("consent_granted", consent(Consent::Granted)),
        ("consent_denied", consent(Consent::Denied)),
    ]
}
