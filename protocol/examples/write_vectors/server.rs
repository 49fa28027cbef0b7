//! Messages of a server.

use footage_protocol::message::{
    Ack, AckLevel, AckLevelChange, Credit, KeyframeCause, KeyframeRequest, Policy, Pong,
    RecorderLimits, SlowDown, Stop, Welcome,
};
use footage_protocol::{CloseCode, CloseReason, FromServer, Ranges, SessionId, settings};

use crate::recorder::{NOW_MS, POLICY};

pub fn messages() -> Vec<(String, FromServer<'static>)> {
    let named = [welcomes(), acks(), requests()].into_iter().flatten();
    let stops = CloseCode::ALL.iter().map(|code| {
        let reason = String::from(CloseReason::bare(*code)).into();
        let stop = FromServer::Stop(Stop {
            code: *code,
            reason,
        });
        (format!("stop_{}", code.name()), stop)
    });
    named
        .map(|(name, message)| (name.to_owned(), message))
        .chain(stops)
        .collect()
}

fn welcomes() -> Vec<(&'static str, FromServer<'static>)> {
    let limits = &settings().limits;
    let fresh = Welcome {
        session_token: "k1.opaque-to-the-recorder".into(),
        session: SessionId::new(NOW_MS, &[0x11; 10]),
        resumed: false,
        durable: Ranges::new(),
        ack_level: AckLevel::Journal,
        credit_bytes: limits.credit_bytes,
        limits: RecorderLimits {
            message_bytes_max: limits.message_bytes_max,
            batch_bytes_target: limits.batch_bytes_target,
            batch_inflated_bytes_max: limits.batch_inflated_bytes_max,
            event_bytes_max: limits.event_bytes_max,
            batch_ms: settings().intervals.batch_ms,
        },
        flags: Vec::new(),
        heartbeat_ms: settings().intervals.heartbeat_ms,
        server_time_ms: NOW_MS + 7,
    };
    let resumed = Welcome {
        resumed: true,
        durable: [1..=4, 6..=8].into_iter().collect(),
        ack_level: AckLevel::Postgres,
        flags: vec!["assets".into(), "quiet".into()],
        ..fresh.clone()
    };
    vec![
        ("welcome_fresh", FromServer::Welcome(fresh)),
        ("welcome_resumed", FromServer::Welcome(resumed)),
    ]
}

fn acks() -> Vec<(&'static str, FromServer<'static>)> {
    let ack = |up_to, beyond: Ranges| FromServer::Ack(Ack { up_to, beyond });
    let level = |ack_level| FromServer::AckLevel(AckLevelChange { ack_level });
    vec![
        ("ack", ack(5, Ranges::new())),
        ("ack_none", ack(0, Ranges::new())),
        (
            "ack_with_hole",
            ack(0, [2..=3, 70_000..=70_001].into_iter().collect()),
        ),
        ("ack_level_memory", level(AckLevel::Memory)),
        ("ack_level_postgres", level(AckLevel::Postgres)),
        ("ack_level_journal", level(AckLevel::Journal)),
        ("ack_level_redis", level(AckLevel::Redis)),
    ]
}

fn requests() -> Vec<(&'static str, FromServer<'static>)> {
    let keyframe = |cause| FromServer::Keyframe(KeyframeRequest { cause });
    let policy = Policy {
        policy_hash: POLICY,
        mask_selectors: vec![".name".into(), "[data-private]".into()],
        block_selectors: vec!["#card".into()],
        keep_query: false,
    };
    let open_policy = Policy {
        mask_selectors: Vec::new(),
        block_selectors: Vec::new(),
        keep_query: true,
        ..policy.clone()
    };
    let pong = Pong {
        sent_at_ms: NOW_MS,
        server_time_ms: NOW_MS + 7,
    };
    vec![
        (
            "credit",
            FromServer::Credit(Credit {
                credit_bytes: 65_536,
            }),
        ),
        (
            "credit_none",
            FromServer::Credit(Credit { credit_bytes: 0 }),
        ),
        (
            "keyframe_tail_too_large",
            keyframe(KeyframeCause::TailTooLarge),
        ),
        ("keyframe_tail_too_old", keyframe(KeyframeCause::TailTooOld)),
        ("keyframe_gap", keyframe(KeyframeCause::Gap)),
        ("keyframe_staff", keyframe(KeyframeCause::Staff)),
        ("policy", FromServer::Policy(policy)),
        ("policy_open", FromServer::Policy(open_policy)),
        (
            "slow_down",
            FromServer::SlowDown(SlowDown {
                batch_ms: 1_000,
                mouse_ms: 200,
            }),
        ),
        ("pong", FromServer::Pong(pong)),
    ]
}
