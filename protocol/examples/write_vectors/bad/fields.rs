//! Fields of a recorder that are too long, or do not fit together.

use footage_protocol::CloseCode::{Malformed, TooLarge, Version};

use super::{Bad, bad};

pub fn limits() -> Vec<Bad> {
    let class = ("recorder", "limit", TooLarge);
    let long_key = [&[0x95, 5, 1, 1, 0xd9, 129][..], &[b'k'; 129], &[0xa1, b'v']].concat();
    let long_name = [
        &[0x95, 6, 1, 1, 0xd9, 129][..],
        &[b'n'; 129],
        &[0xc4, 1, 0xc0],
    ]
    .concat();
    let traits_33 = [
        &b"\x95\x04\x01\x01\xa1u\xdc\x00\x21"[..],
        &b"\x92\xa1k\xa1v".repeat(33),
    ]
    .concat();
    let deep = [&[0x92, 20][..], &[0x91; 100], &[0xc0]].concat();
    let announced = [0x92, 20, 0xdd, 0xff, 0xff, 0xff, 0xff];
    let long_custom = [
        &[0x95, 6, 1, 1, 0xa1, b'n', 0xc5, 0x40, 0x01][..],
        &[0xc0; 16_385],
    ]
    .concat();
    vec![
        bad(
            class,
            "key_129_bytes",
            "a key has at most 128 bytes",
            long_key,
        ),
        bad(
            class,
            "name_129_bytes",
            "a name has at most 128 bytes",
            long_name,
        ),
        bad(class, "traits_33", "at most 32 traits", traits_33),
        bad(class, "nested_101", "a message nests at most 8 deep", deep),
        bad(
            class,
            "announced_2_32",
            "more elements are announced than allowed",
            announced,
        ),
        bad(
            class,
            "custom_16385_bytes",
            "a custom payload has at most 16384 bytes",
            long_custom,
        ),
    ]
}

pub fn rules() -> Vec<Bad> {
    let class = ("recorder", "rule", Malformed);
    let other_version = ("recorder", "rule", Version);
    let batch = |number, [events, flags, part, parts]: [u8; 4], inflated_bytes| {
        [
            0x9e,
            2,
            number,
            10,
            20,
            events,
            flags,
            part,
            parts,
            0,
            0,
            0,
            0,
            inflated_bytes,
            0xc4,
            1,
            0xc0,
        ]
    };
    let backwards = [0x9e, 2, 1, 20, 10, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0xc4, 1, 0xc0];
    let gap = |number, first, last| [0x97, 8, number, 1, first, last, 0, 1];
    vec![
        bad(
            other_version,
            "hello_version_2",
            "another version, with other fields",
            [0x93, 1, 2, 0xc0],
        ),
        bad(
            class,
            "trailing",
            "bytes behind the message",
            [0x92, 10, 5, 0xc0],
        ),
        bad(
            class,
            "number_0",
            "numbers begin at 1",
            batch(0, [1, 0, 0, 0], 1),
        ),
        bad(
            class,
            "batch_flag_unlisted",
            "only bit 0 has a meaning",
            batch(1, [1, 2, 0, 0], 1),
        ),
        bad(
            class,
            "batch_without_events",
            "a whole batch has events",
            batch(1, [0, 0, 0, 0], 1),
        ),
        bad(
            class,
            "batch_length_differs",
            "a plain payload has inflated_bytes",
            batch(1, [1, 0, 0, 0], 2),
        ),
        bad(
            class,
            "batch_times_backwards",
            "first_event_ms is not after last_event_ms",
            backwards,
        ),
        bad(
            class,
            "part_1_of_1",
            "an event in one part is no part",
            batch(1, [1, 0, 1, 1], 1),
        ),
        bad(
            class,
            "part_3_of_2",
            "part is at most parts",
            batch(1, [1, 0, 3, 2], 1),
        ),
        bad(
            class,
            "part_0_of_2",
            "parts are counted from 1",
            batch(1, [0, 0, 0, 2], 1),
        ),
        bad(
            class,
            "part_1_with_events",
            "only the last part has an event",
            batch(1, [1, 0, 1, 2], 1),
        ),
        bad(
            class,
            "part_last_without_event",
            "the last part has one event",
            batch(1, [0, 0, 2, 2], 1),
        ),
        bad(
            class,
            "gap_backwards",
            "first is not above last",
            gap(9, 5, 4),
        ),
        bad(
            class,
            "gap_over_itself",
            "last is below the gap's own number",
            gap(9, 5, 9),
        ),
        bad(class, "gap_from_0", "numbers begin at 1", gap(9, 0, 4)),
        bad(
            class,
            "custom_two_values",
            "a custom payload is one value",
            b"\x95\x06\x01\x01\xa1n\xc4\x02\x01\x02".as_slice(),
        ),
        bad(
            class,
            "custom_half_a_value",
            "a custom payload is one value",
            b"\x95\x06\x01\x01\xa1n\xc4\x01\x91".as_slice(),
        ),
    ]
}
