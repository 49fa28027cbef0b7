//! What a server must not say, and what a chunk must not hold.

use footage_protocol::CloseCode::{Malformed, TooLarge};

use super::{Bad, bad};

pub fn of_a_server() -> Vec<Bad> {
    let class = ("server", "type", Malformed);
    let rule = ("server", "rule", Malformed);
    let ranges_257 = (0..257_u16).flat_map(|range| {
        let [high, low] = (10 + 2 * range).to_be_bytes();
        [0x92, 0xcd, high, low, 0xcd, high, low]
    });
    let ack_of_257: Vec<u8> = [0x93, 33, 1, 0xdc, 1, 1]
        .into_iter()
        .chain(ranges_257)
        .collect();
    vec![
        bad(
            class,
            "ack_range_of_three",
            "a range is a pair",
            [0x93, 33, 1, 0x91, 0x93, 3, 4, 5],
        ),
        bad(
            class,
            "ack_ranges_are_bin",
            "ranges are an array",
            [0x93, 33, 1, 0xc4, 0],
        ),
        bad(
            class,
            "ack_range_backwards",
            "first is not above last",
            [0x93, 33, 1, 0x91, 0x92, 4, 3],
        ),
        bad(
            rule,
            "ack_ranges_descend",
            "ranges ascend",
            [0x93, 33, 1, 0x92, 0x92, 7, 8, 0x92, 3, 4],
        ),
        bad(
            rule,
            "ack_ranges_touch",
            "ranges do not touch",
            [0x93, 33, 1, 0x92, 0x92, 3, 4, 0x92, 5, 6],
        ),
        bad(
            rule,
            "ack_beyond_below",
            "beyond is above up_to",
            [0x93, 33, 9, 0x91, 0x92, 3, 4],
        ),
        bad(
            ("server", "limit", TooLarge),
            "ack_257_ranges",
            "at most 256 ranges",
            ack_of_257,
        ),
        bad(
            class,
            "keyframe_cause_unlisted",
            "4 stands for no cause",
            [0x92, 35, 4],
        ),
        bad(
            class,
            "stop_unlisted_code",
            "4999 is no close code",
            b"\x93\x26\xcd\x13\x87\xa1x".as_slice(),
        ),
        bad(
            class,
            "policy_flag_is_number",
            "keep_query is true or false",
            b"\x95\x24\xc4\x08\0\0\0\0\0\0\0\0\x90\x90\x01".as_slice(),
        ),
    ]
}

pub fn of_a_chunk() -> Vec<Bad> {
    let class = ("stored", "type", Malformed);
    let rule = ("stored", "rule", Malformed);
    let head = b"\x93\xc4\x08QRSTUVWX\x01\x01";
    let behind_head = |record: &[u8]| [head, record].concat();
    let deflated = [
        0x92, 5, 0x9e, 2, 1, 10, 20, 1, 0, 0, 0, 0, 0, 0, 1, 1, 0xc4, 1, 0xc0,
    ];
    vec![
        bad(
            class,
            "stored_without_head",
            "a chunk begins with its head",
            [0x92, 5, 0x92, 10, 5],
        ),
        bad(
            class,
            "stored_record_of_three",
            "a record is a pair",
            behind_head(&[0x93, 5, 0x92, 10, 5, 0]),
        ),
        bad(
            class,
            "stored_unfinished",
            "the chunk ends inside a record",
            behind_head(&[0x92, 5]),
        ),
        bad(
            rule,
            "stored_deflated",
            "stored batches are plain",
            behind_head(&deflated),
        ),
    ]
}
