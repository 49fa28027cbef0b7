//! What the codec takes and refuses, byte by byte.

use super::{
    Decoded, decode_from_recorder, decode_from_server, decode_sequence, encode_from_recorder,
    encode_from_server,
};
use crate::close::CloseCode;
use crate::error::WireError;
use crate::id::{PolicyHash, StreamId, VisitorId};
use crate::message::{
    Ack, Batch, BatchFlags, BatchHeader, Consent, Custom, Encoding, FromRecorder, FromServer, Gap,
    GapCause, Hello, Page, Ping,
};
use crate::ranges::Ranges;

fn hello() -> Hello<'static> {
    Hello {
        protocol_version: 1,
        site_key: "demo",
        session_token: None,
        stream: StreamId([1; 8]),
        navigated_from: None,
        held: Ranges::new(),
        visitor: VisitorId([2; 16]),
        page: Page {
            url: "https://example.com/",
            title: "Home",
            referrer: "",
            viewport_width: 1280,
            viewport_height: 720,
            time_zone: "Europe/Vienna",
        },
        consent: Consent::Unknown,
        sdk_version: "0.1.0",
        policy_hash: PolicyHash([3; 8]),
        sent_at_ms: 1_700_000_000_000,
    }
}

fn batch() -> Batch<'static> {
    Batch {
        header: BatchHeader {
            number: 1,
            first_event_ms: 10,
            last_event_ms: 20,
            events: 2,
            flags: BatchFlags::NONE,
            part: 0,
            parts: 0,
            clicks: 1,
            inputs: 0,
            errors: 0,
            encoding: Encoding::Plain,
            inflated_bytes: 2,
        },
        payload: &[0xc0, 0xc0],
    }
}

fn encoded(message: &FromRecorder<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    encode_from_recorder(&mut bytes, message).unwrap();
    bytes
}

fn refusal(bytes: &[u8]) -> (CloseCode, String) {
    let error = decode_from_recorder(bytes).unwrap_err();
    (error.close_code(), error.to_string())
}

#[test]
fn w1_a_message_is_its_kind_and_its_fields_in_one_array() {
    let ping = FromRecorder::Ping(Ping { sent_at_ms: 5 });
    assert_eq!(encoded(&ping), [0x92, 10, 5]);
    let message = FromRecorder::Batch(batch());
    let bytes = encoded(&message);
    assert_eq!(
        bytes,
        [
            0x9e, 2, 1, 10, 20, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0xc4, 2, 0xc0, 0xc0
        ]
    );
    assert_eq!(decode_from_recorder(&bytes), Ok(Decoded::Message(message)));
    let message = FromRecorder::Hello(hello());
    assert_eq!(encoded(&message)[..3], [0x9d, 1, 1]);
    assert_eq!(
        decode_from_recorder(&encoded(&message)),
        Ok(Decoded::Message(message))
    );
}

#[test]
fn w2_unknown_kinds_are_skipped_below_64_and_refused_from_there() {
    assert_eq!(decode_from_recorder(&[0x91, 11]), Ok(Decoded::Skipped(11)));
    assert_eq!(
        decode_from_recorder(&[0x93, 63, 0x91, 0xc0, 7]),
        Ok(Decoded::Skipped(63))
    );
    assert_eq!(decode_from_server(&[0x92, 10, 5]), Ok(Decoded::Skipped(10)));
    let (code, text) = refusal(&[0x91, 64]);
    assert_eq!(code, CloseCode::Malformed);
    assert!(text.starts_with("kind 64 is not known"), "{text}");
}

#[test]
fn w3_another_version_is_named_even_when_its_fields_are_others() {
    assert_eq!(
        decode_from_recorder(&[0x93, 1, 2, 0xc0]),
        Err(WireError::Version {
            offered: 2,
            spoken: 1
        })
    );
    let late = Hello {
        protocol_version: 300,
        ..hello()
    };
    let mut bytes = encoded(&FromRecorder::Hello(hello()));
    bytes.splice(2..3, [0xcd, 0x01, 0x2c]);
    assert_eq!(refusal(&bytes).0, CloseCode::Version);
    assert!(encode_from_recorder(&mut bytes, &FromRecorder::Hello(late)).is_err());
}

#[test]
fn w15_an_error_names_the_field_and_not_what_it_held() {
    let mut bytes = encoded(&FromRecorder::Ping(Ping { sent_at_ms: 5 }));
    bytes.truncate(2);
    bytes.extend(b"\xa6secret");
    assert_eq!(
        refusal(&bytes).1,
        "sent_at_ms has another type or a value that is not allowed; \
         the table of messages has the fields"
    );
    assert!(refusal(&[0x91, 10]).1.starts_with("sent_at_ms is missing"));
    assert!(
        refusal(&[0x93, 10, 5, 5])
            .1
            .starts_with("the message has more fields")
    );
    assert!(
        refusal(b"\xa6secret")
            .1
            .starts_with("a message is an array")
    );
    assert!(refusal(&[0x90]).1.starts_with("kind is missing"));
}

#[test]
fn w1_bytes_behind_a_message_are_refused_and_missing_ones_too() {
    assert_eq!(
        decode_from_recorder(&[0x92, 10, 5, 0xc0]),
        Err(WireError::Trailing { length: 1 })
    );
    assert_eq!(refusal(&[0x92, 10]).0, CloseCode::Malformed);
    assert_eq!(refusal(&[]).0, CloseCode::Malformed);
}

#[test]
fn w4_one_type_never_stands_for_another() {
    let map = [0x92, 10, 0x81, 0, 0];
    let float = [0x92, 10, 0xcb, 0x40, 0, 0, 0, 0, 0, 0, 0];
    let negative = [0x92, 10, 0xff];
    let ext = [0x92, 10, 0xd4, 1, 1];
    for bytes in [&map[..], &float, &negative, &ext] {
        assert_eq!(refusal(bytes).0, CloseCode::Malformed, "{bytes:x?}");
    }
    let tag_with_bin_as_key = [0x95, 5, 1, 1, 0xc4, 1, b'k', 0xa1, b'v'];
    let tag_with_zero_in_text = [0x95, 5, 1, 1, 0xa1, 0, 0xa1, b'v'];
    let custom_with_text_as_payload = [0x95, 6, 1, 1, 0xa1, b'n', 0xa1, 0x01];
    let ack_with_bin_as_ranges = [0x93, 33, 1, 0xc4, 0];
    let ack_with_bin_as_pair = [0x93, 33, 1, 0x91, 0xc4, 2, 3, 4];
    for bytes in [
        &tag_with_bin_as_key[..],
        &tag_with_zero_in_text,
        &custom_with_text_as_payload,
    ] {
        assert_eq!(refusal(bytes).0, CloseCode::Malformed, "{bytes:x?}");
    }
    for bytes in [&ack_with_bin_as_ranges[..], &ack_with_bin_as_pair] {
        assert!(decode_from_server(bytes).is_err(), "{bytes:x?}");
    }
}

#[test]
fn w12_the_parts_of_an_event_must_fit_together() {
    let cases: [(u32, u32, u32, bool); 9] = [
        (1, 0, 0, true),
        (0, 0, 0, false),
        (1, 1, 0, false),
        (0, 1, 2, true),
        (1, 2, 2, true),
        (1, 1, 2, false),
        (0, 2, 2, false),
        (1, 1, 1, false),
        (1, 3, 2, false),
    ];
    for (events, part, parts, is_allowed) in cases {
        let header = BatchHeader {
            events,
            part,
            parts,
            ..batch().header
        };
        let message = FromRecorder::Batch(Batch { header, ..batch() });
        let outcome = encode_from_recorder(&mut Vec::new(), &message);
        assert_eq!(
            outcome.is_ok(),
            is_allowed,
            "{events} {part} {parts}: {outcome:?}"
        );
    }
}

#[test]
fn w11_a_whole_batch_has_events_and_a_payload_as_long_as_it_says() {
    let limit = 1 << 20;
    let plain = Encoding::Plain;
    let deflated = Encoding::DeflateRaw;
    let cases: [(u32, Encoding, u64, &[u8], bool); 9] = [
        (1, plain, 1, &[0xc0], true),
        (20_000, plain, 1, &[0xc0], true),
        (20_001, plain, 1, &[0xc0], false),
        (1, plain, 2, &[0xc0], false),
        (1, plain, 0, &[], false),
        (1, deflated, limit, &[1], true),
        (1, deflated, limit + 1, &[1], false),
        (1, deflated, 0, &[1], false),
        (1, deflated, 1, &[], false),
    ];
    for (events, encoding, inflated_bytes, payload, is_allowed) in cases {
        let header = BatchHeader {
            events,
            encoding,
            inflated_bytes,
            ..batch().header
        };
        let message = FromRecorder::Batch(Batch { header, payload });
        let outcome = encode_from_recorder(&mut Vec::new(), &message);
        assert_eq!(
            outcome.is_ok(),
            is_allowed,
            "{events} {inflated_bytes}: {outcome:?}"
        );
    }
}

#[test]
fn w5_numbers_begin_at_1_and_stay_exact_in_javascript() {
    let greatest = (1 << 53) - 1;
    for (number, is_allowed) in [
        (0, false),
        (1, true),
        (greatest, true),
        (greatest + 1, false),
    ] {
        let header = BatchHeader {
            number,
            ..batch().header
        };
        let message = FromRecorder::Batch(Batch { header, ..batch() });
        assert_eq!(
            encode_from_recorder(&mut Vec::new(), &message).is_ok(),
            is_allowed
        );
    }
}

#[test]
fn w10_a_gap_comes_after_the_numbers_it_announces() {
    for (first, last, number, is_allowed) in [
        (1, 1, 2, true),
        (2, 5, 9, true),
        (5, 4, 9, false),
        (2, 9, 9, false),
        (0, 1, 9, false),
    ] {
        let cause = GapCause::NoRoom;
        let gap = Gap {
            number,
            at_ms: 1,
            first,
            last,
            cause,
            events: 3,
        };
        let outcome = encode_from_recorder(&mut Vec::new(), &FromRecorder::Gap(gap));
        assert_eq!(outcome.is_ok(), is_allowed, "{first} {last} {number}");
    }
}

#[test]
fn w6_what_is_too_long_is_named_and_leaves_nothing_written() {
    let title = "x".repeat(1025);
    let page = Page {
        title: &title,
        ..hello().page
    };
    let mut out = vec![7];
    let long = FromRecorder::Hello(Hello { page, ..hello() });
    let error = encode_from_recorder(&mut out, &long).unwrap_err();
    assert_eq!(
        error.to_string(),
        "title has 1025 bytes, at most 1024 are allowed; shorten it"
    );
    assert_eq!(error.close_code(), CloseCode::TooLarge);
    assert_eq!(out, [7]);
}

#[test]
fn w8_a_message_beyond_a_mebibyte_is_refused() {
    let payload = vec![0; 1 << 20];
    let header = BatchHeader {
        inflated_bytes: 1 << 20,
        ..batch().header
    };
    let message = FromRecorder::Batch(Batch {
        header,
        payload: &payload,
    });
    let mut out = Vec::new();
    let error = encode_from_recorder(&mut out, &message).unwrap_err();
    assert_eq!(error.close_code(), CloseCode::MessageTooBig);
    assert!(out.is_empty());
    assert_eq!(refusal(&vec![0; (1 << 20) + 1]).0, CloseCode::MessageTooBig);
}

#[test]
fn w14_a_custom_payload_is_exactly_one_value() {
    for (payload, is_allowed) in [
        (&[0xc0][..], true),
        (&[], false),
        (&[1, 2], false),
        (&[0x91], false),
        (&[0xc1], false),
    ] {
        let custom = Custom {
            number: 1,
            at_ms: 1,
            name: "n",
            payload,
        };
        let outcome = encode_from_recorder(&mut Vec::new(), &FromRecorder::Custom(custom));
        assert_eq!(outcome.is_ok(), is_allowed, "{payload:x?}");
    }
}

#[test]
fn w9_more_ranges_than_allowed_are_refused() {
    let ranges = |count: u64| (1..=count).map(|n| 10 * n..=10 * n).collect::<Ranges>();
    for (count, is_allowed) in [(256, true), (257, false)] {
        let ack = FromServer::Ack(Ack {
            up_to: 0,
            beyond: ranges(count),
        });
        assert_eq!(
            encode_from_server(&mut Vec::new(), &ack).is_ok(),
            is_allowed
        );
    }
}

#[test]
fn w7_a_deep_or_endless_envelope_is_refused_before_it_is_typed() {
    let deep = [&[0x92, 20][..], &[0x91; 100_000], &[0xc0]].concat();
    assert_eq!(refusal(&deep).0, CloseCode::TooLarge);
    let wide = [0x92, 20, 0xdd, 0xff, 0xff, 0xff, 0xff];
    assert_eq!(refusal(&wide).0, CloseCode::TooLarge);
}

#[test]
fn w16_a_sequence_ends_with_its_bytes_or_its_first_error() {
    let mut body = encoded(&FromRecorder::Hello(hello()));
    body.extend(encoded(&FromRecorder::Batch(batch())));
    let messages: Vec<_> = decode_sequence(&body).collect();
    assert_eq!(
        messages,
        [
            Ok(Decoded::Message(FromRecorder::Hello(hello()))),
            Ok(Decoded::Message(FromRecorder::Batch(batch()))),
        ]
    );
    body.extend([0xc1, 0x92, 10, 5]);
    assert_eq!(decode_sequence(&body).count(), 3);
    assert!(decode_sequence(&body).last().unwrap().is_err());
    assert_eq!(decode_sequence(&[]).count(), 0);
    assert_eq!(
        decode_sequence(&[0x92, 10, 5].repeat(4096))
            .filter(Result::is_ok)
            .count(),
        4096
    );
    let one_too_many = [0x92, 10, 5].repeat(4097);
    let refused = decode_sequence(&one_too_many).last().unwrap();
    assert_eq!(refused, Err(WireError::TooManyMessages { max: 4096 }));
}
