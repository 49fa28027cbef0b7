//! Any message within the limits.

use footage_protocol::message::{
    Ack, AckLevel, AckLevelChange, Batch, BatchFlags, BatchHeader, Consent, ConsentChange, Credit,
    Custom, Encoding, End, EndCause, Gap, GapCause, Hello, Identify, KeyframeCause,
    KeyframeRequest, Page, PageCause, PageView, Ping, Policy, Pong, RecorderLimits, SlowDown, Stop,
    Tag, Trait, Welcome,
};
use footage_protocol::{
    CloseCode, FromRecorder, FromServer, PolicyHash, Ranges, SessionId, StreamId, VisitorId,
};
use proptest::prelude::*;
use proptest::sample::select;

/// What the messages of a recorder borrow from, and which one to make of it.
#[derive(Clone, Debug)]
pub struct Owned {
    which: usize,
    texts: Vec<String>,
    bytes: Vec<u8>,
    number: u64,
    at_ms: u64,
    count: u32,
    ranges: Ranges,
    id: [u8; 16],
    has_token: bool,
    part: Option<(u32, u32)>,
    deflated: bool,
}

pub fn from_recorder() -> impl Strategy<Value = Owned> {
    let text = "[^\\x00]{0,8}";
    (
        (
            0..10_usize,
            prop::collection::vec(text, 5),
            prop::collection::vec(any::<u8>(), 1..400),
        ),
        (1..1_u64 << 53, 0..1_u64 << 53, any::<u32>(), ranges(1)),
        (any::<[u8; 16]>(), any::<bool>(), any::<bool>()),
        prop::option::of((2..=4_096_u32).prop_flat_map(|parts| (1..=parts, Just(parts)))),
    )
        .prop_map(
            |((which, texts, bytes), (number, at_ms, count, ranges), ids, part)| Owned {
                which,
                texts,
                bytes,
                number,
                at_ms,
                count,
                ranges,
                id: ids.0,
                has_token: ids.1,
                part,
                deflated: ids.2,
            },
        )
}

impl Owned {
    pub fn message(&self) -> FromRecorder<'_> {
        let Self { number, at_ms, .. } = *self;
        let (key, value) = (self.text(0), self.text(1));
        let page = self.page();
        match self.which {
            0 => FromRecorder::Hello(self.hello()),
            1 => FromRecorder::Batch(self.batch()),
            2 => FromRecorder::Page(PageView {
                number,
                at_ms,
                page,
                cause: self.one_of(PageCause::ALL),
            }),
            3 => FromRecorder::Identify(Identify {
                number,
                at_ms,
                user: self.text(2),
                traits: vec![Trait { key, value }; self.count as usize % 33],
            }),
            4 => FromRecorder::Tag(Tag {
                number,
                at_ms,
                key,
                value,
            }),
            5 => FromRecorder::Custom(Custom {
                number,
                at_ms,
                name: key,
                payload: b"\x91\xc0",
            }),
            6 => FromRecorder::Consent(ConsentChange {
                number,
                at_ms,
                consent: self.one_of(Consent::ALL),
            }),
            7 => FromRecorder::Gap(self.gap()),
            8 => FromRecorder::End(End {
                number,
                at_ms,
                cause: self.one_of(EndCause::ALL),
            }),
            _ => FromRecorder::Ping(Ping { sent_at_ms: at_ms }),
        }
    }

    fn text(&self, index: usize) -> &str {
        &self.texts[index]
    }

    fn one_of<T: Copy>(&self, all: &[T]) -> T {
        all[self.count as usize % all.len()]
    }

    fn page(&self) -> Page<'_> {
        Page {
            url: self.text(0),
            title: self.text(1),
            referrer: self.text(2),
            viewport_width: self.count,
            viewport_height: self.count / 3,
            time_zone: self.text(3),
        }
    }

    fn hello(&self) -> Hello<'_> {
        Hello {
            protocol_version: 1,
            site_key: self.text(4),
            session_token: self.has_token.then(|| self.text(3)),
            stream: StreamId([self.id[0]; 8]),
            navigated_from: self.deflated.then_some(StreamId([self.id[1]; 8])),
            held: self.ranges.clone(),
            visitor: VisitorId(self.id),
            page: self.page(),
            consent: self.one_of(Consent::ALL),
            sdk_version: self.text(2),
            policy_hash: PolicyHash([self.id[2]; 8]),
            sent_at_ms: self.at_ms,
        }
    }

    fn batch(&self) -> Batch<'_> {
        let whole = batch_header(self.bytes.len() as u64);
        let (part, parts) = self.part.unwrap_or_default();
        let events = if parts == 0 {
            1 + self.count % 20_000
        } else {
            u32::from(part == parts)
        };
        let header = BatchHeader {
            number: self.number,
            first_event_ms: self.at_ms / 2,
            last_event_ms: self.at_ms,
            events,
            flags: if self.has_token {
                BatchFlags::KEYFRAME
            } else {
                BatchFlags::NONE
            },
            part,
            parts,
            clicks: self.count,
            inputs: self.count / 7,
            errors: self.count / 300,
            ..whole
        };
        let deflated = BatchHeader {
            encoding: Encoding::DeflateRaw,
            inflated_bytes: 1 << 20,
            ..header
        };
        Batch {
            header: if self.deflated { deflated } else { header },
            payload: &self.bytes,
        }
    }

    fn gap(&self) -> Gap {
        let number = self.number.max(2);
        let last = number - 1;
        let first = last - u64::from(self.count).min(last - 1);
        let cause = self.one_of(GapCause::ALL);
        Gap {
            number,
            at_ms: self.at_ms,
            first,
            last,
            cause,
            events: self.count,
        }
    }
}

/// The header of a whole plain batch with a payload of `length` bytes.
pub fn batch_header(length: u64) -> BatchHeader {
    BatchHeader {
        number: 1,
        first_event_ms: 1,
        last_event_ms: 2,
        events: 1,
        flags: BatchFlags::NONE,
        part: 0,
        parts: 0,
        clicks: 0,
        inputs: 0,
        errors: 0,
        encoding: Encoding::Plain,
        inflated_bytes: length,
    }
}

/// Ranges from `least` on, few or as many as allowed.
fn ranges(least: u64) -> impl Strategy<Value = Ranges> {
    prop::collection::vec((1..1_000_u64, 0..1_000_u64), 0..=256).prop_map(move |steps| {
        let mut next = least;
        let range = |(skip, more)| {
            let first = next + skip;
            next = first + more + 1;
            first..=first + more
        };
        steps.into_iter().map(range).collect()
    })
}

fn text() -> impl Strategy<Value = String> {
    "[^\\x00]{0,20}"
}

fn number() -> std::ops::Range<u64> {
    0..1 << 53
}

pub fn from_server() -> impl Strategy<Value = FromServer<'static>> {
    let ack = ranges(9).prop_map(|beyond| FromServer::Ack(Ack { up_to: 8, beyond }));
    let credit = number().prop_map(|credit_bytes| FromServer::Credit(Credit { credit_bytes }));
    let keyframe = select(KeyframeCause::ALL)
        .prop_map(|cause| FromServer::Keyframe(KeyframeRequest { cause }));
    let slow_down = (number(), number())
        .prop_map(|(batch_ms, mouse_ms)| FromServer::SlowDown(SlowDown { batch_ms, mouse_ms }));
    let stop = (select(CloseCode::ALL), text()).prop_map(|(code, reason)| {
        FromServer::Stop(Stop {
            code,
            reason: reason.into(),
        })
    });
    let pong = (number(), number()).prop_map(|(sent_at_ms, server_time_ms)| {
        FromServer::Pong(Pong {
            sent_at_ms,
            server_time_ms,
        })
    });
    let level = select(AckLevel::ALL)
        .prop_map(|ack_level| FromServer::AckLevel(AckLevelChange { ack_level }));
    prop_oneof![
        welcome(),
        ack,
        credit,
        keyframe,
        policy(),
        slow_down,
        stop,
        pong,
        level
    ]
}

fn welcome() -> impl Strategy<Value = FromServer<'static>> {
    let flags = prop::collection::vec(text().prop_map(Into::into), 0..=64);
    (
        text(),
        any::<[u8; 10]>(),
        any::<bool>(),
        ranges(0),
        select(AckLevel::ALL),
        number(),
        flags,
    )
        .prop_map(
            |(session_token, random, resumed, durable, ack_level, number, flags)| {
                FromServer::Welcome(Welcome {
                    session_token: session_token.into(),
                    session: SessionId::new(number, &random),
                    resumed,
                    durable,
                    ack_level,
                    credit_bytes: number,
                    limits: RecorderLimits {
                        message_bytes_max: number,
                        batch_bytes_target: number / 2,
                        batch_inflated_bytes_max: number / 3,
                        event_bytes_max: number / 4,
                        batch_ms: number / 5,
                    },
                    flags,
                    heartbeat_ms: number / 6,
                    server_time_ms: number,
                })
            },
        )
}

fn policy() -> impl Strategy<Value = FromServer<'static>> {
    let selectors = || prop::collection::vec(text().prop_map(Into::into), 0..=64);
    (any::<[u8; 8]>(), selectors(), selectors(), any::<bool>()).prop_map(
        |(hash, mask_selectors, block_selectors, keep_query)| {
            FromServer::Policy(Policy {
                policy_hash: PolicyHash(hash),
                mask_selectors,
                block_selectors,
                keep_query,
            })
        },
    )
}
