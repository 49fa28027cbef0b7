//! Bad input gets the code of the specification, a reason that says what to do and a count; and what
//! was accepted before it is kept.

use footage_protocol::FromRecorder;
use footage_protocol::message::{Custom, Gap, GapCause};
use tokio_tungstenite::tungstenite::Message;

use crate::node::{Node, eventually};
use crate::recorder::{Identity, NOW_MS, Recorder, batch, batch_of, encoded};

const SITE: &str = "bad-input";

/// Sends one good batch, then something bad, and looks at what the server makes of it.
async fn after_a_good_batch(node: &Node, name: &str, code: u16, messages: Vec<Message>) {
    let mut recorder = Recorder::connect(&node.address, &Identity::new(SITE))
        .await
        .unwrap();
    recorder.send(batch(1)).await;
    for message in messages {
        recorder.send_raw(message).await;
    }
    let closed = recorder.closed().await;
    assert_eq!(closed.code, code, "{name}: {closed:?}");
    assert!(
        closed.reason.contains(':'),
        "{name}: the reason says more than its name: {closed:?}"
    );
    assert!(
        closed.reason.len() <= 123 && closed.reason.is_ascii(),
        "{name}: {closed:?}"
    );

    let mut again = recorder.reconnect(&node.address).await.unwrap();
    assert!(again.resumed, "{name}: the session goes on");
    if !again.durable.contains(1) {
        again.wait_for_ack(1).await.unwrap();
    }
}

fn binary(bytes: Vec<u8>) -> Message {
    Message::Binary(bytes.into())
}

#[tokio::test]
async fn bad_messages_close_with_their_code_and_lose_nothing_accepted() {
    let node = Node::start(&[]).await;
    node.site(SITE, &["*"]).await;
    let too_deep = batch_of(2, 1, &[vec![0x91; 2_000], vec![0xc0]].concat());
    let too_many_events = batch_of(2, 1, &[0xc0, 0xc0]);
    let gap_to_itself = encoded(&FromRecorder::Gap(Gap {
        number: 5,
        at_ms: NOW_MS,
        first: 2,
        last: 4,
        cause: GapCause::NoRoom,
        events: 3,
    }));
    let gap_backwards = {
        let mut bytes = gap_to_itself;
        let position = bytes.iter().rposition(|&byte| byte == 4).unwrap();
        bytes[position] = 1;
        bytes
    };
    let cases = [
        ("a text frame", 1003, vec![Message::Text("hello".into())]),
        (
            "a message above the limit",
            1009,
            vec![binary(vec![0; 1_200_000])],
        ),
        ("no MessagePack", 4400, vec![binary(vec![0xc1])]),
        (
            "half a message",
            4400,
            vec![binary(batch(2)[..10].to_vec())],
        ),
        (
            "an unknown kind from 64",
            4400,
            vec![binary(vec![0x91, 64])],
        ),
        (
            "a second hello",
            4400,
            vec![binary(Identity::new(SITE).hello())],
        ),
        (
            "events that were not announced",
            4400,
            vec![binary(too_many_events)],
        ),
        (
            "a gap that ends before it begins",
            4400,
            vec![binary(gap_backwards)],
        ),
        ("an event too deep", 4413, vec![binary(too_deep)]),
        ("a skipped number", 4411, vec![binary(batch(3))]),
    ];
    for (name, code, messages) in cases {
        after_a_good_batch(&node, name, code, messages).await;
    }
    for name in [
        "text_frame",
        "message_too_big",
        "malformed",
        "too_large",
        "out_of_order",
    ] {
        // A socket is counted when it is gone, a little after its close frame was read.
        eventually(name, async || {
            let line = format!("code=\"{name}\"");
            node.ops("/metrics").await.contains(&line).then_some(())
        })
        .await;
    }
    for reason in ["malformed", "too_large", "out_of_order"] {
        let line = format!("footage_messages_total{{outcome=\"refused\",reason=\"{reason}\"}}");
        assert!(node.metric(&line).await >= 1.0, "a fate for {reason}");
    }
}

#[tokio::test]
async fn an_unknown_kind_below_64_is_skipped() {
    let node = Node::start(&[]).await;
    node.site(SITE, &["*"]).await;
    let mut recorder = Recorder::connect(&node.address, &Identity::new(SITE))
        .await
        .unwrap();
    recorder.send(vec![0x92, 63, 0xc0]).await;
    recorder.send(batch(1)).await;
    recorder.wait_for_ack(1).await.unwrap();
}

#[tokio::test]
async fn hellos_are_refused_with_what_is_wrong() {
    let node = Node::start(&[]).await;
    node.site(SITE, &["https://shop.example"]).await;
    node.site("elsewhere", &["*"]).await;
    let good = Identity {
        origin: Some("https://shop.example".into()),
        ..Identity::new(SITE)
    };
    let token_of_another_site = {
        let visit = Recorder::connect(&node.address, &Identity::new("elsewhere"))
            .await
            .unwrap();
        visit.token.clone()
    };
    let cases = [
        (
            "an unknown site key",
            4404,
            Identity {
                site_key: "nobody".into(),
                ..good.clone()
            },
        ),
        (
            "a wrong origin",
            4403,
            Identity {
                origin: Some("https://evil.example".into()),
                ..good.clone()
            },
        ),
        (
            "a wrong version",
            4426,
            Identity {
                version: 99,
                ..good.clone()
            },
        ),
        (
            "a forged token",
            4401,
            Identity {
                token: Some("forged".into()),
                ..good.clone()
            },
        ),
        (
            "another site's token",
            4401,
            Identity {
                token: Some(token_of_another_site),
                ..good.clone()
            },
        ),
    ];
    for (name, code, identity) in cases {
        let closed = Recorder::connect(&node.address, &identity)
            .await
            .err()
            .expect(name);
        assert_eq!(closed.code, code, "{name}: {closed:?}");
        assert!(closed.reason.contains(':'), "{name}: {closed:?}");
    }
    assert!(Recorder::connect(&node.address, &good).await.is_ok());
    let metrics = node.ops("/metrics").await;
    for name in ["unknown_site", "not_allowed", "version", "bad_token"] {
        let line = format!("footage_sockets_refused_total{{code=\"{name}\"}}");
        assert!(metrics.contains(&line), "a counter for {name}:\n{metrics}");
    }
}

#[tokio::test]
async fn bad_posts_are_answered_with_the_status_of_their_code() {
    let node = Node::start(&[]).await;
    node.site(SITE, &["https://shop.example"]).await;
    let url = format!("http://{}/v1/batches", node.address);
    let client = reqwest::Client::new();
    let post = |origin: &'static str, body: Vec<u8>| {
        client
            .post(&url)
            .header("origin", origin)
            .header("content-type", "text/plain")
            .body(body)
            .send()
    };
    let shop = "https://shop.example";
    let hello = Identity::new(SITE).hello();
    let unknown = Identity::new("nobody").hello();
    let custom = encoded(&FromRecorder::Custom(Custom {
        number: 1,
        at_ms: NOW_MS,
        name: "x",
        payload: &[0xc0],
    }));
    let cases = [
        (shop, Vec::new(), 400, "malformed"),
        (shop, batch(1), 400, "malformed"),
        (shop, [unknown, batch(1)].concat(), 404, "unknown_site"),
        (
            "https://evil.example",
            [hello.clone(), batch(1)].concat(),
            403,
            "not_allowed",
        ),
        (
            shop,
            [hello.clone(), batch(1), vec![0xc1]].concat(),
            400,
            "malformed",
        ),
        (
            shop,
            [hello.clone(), batch(1), batch(3), batch(4)].concat(),
            409,
            "out_of_order",
        ),
        (
            shop,
            [hello.clone(), vec![0; 1_200_000]].concat(),
            413,
            "message_too_big",
        ),
        (shop, [hello, custom].concat(), 200, ""),
    ];
    for (origin, body, status, code) in cases {
        let answer = post(origin, body).await.unwrap();
        let headers = answer.headers().clone();
        assert_eq!(answer.status().as_u16(), status, "{code}");
        assert_eq!(headers["access-control-allow-origin"], origin, "{code}");
        assert_eq!(headers["cross-origin-resource-policy"], "cross-origin");
        assert_safe(&headers);
        if status != 200 {
            let told: serde_json::Value = answer.json().await.unwrap();
            assert_eq!(told["code"], code);
            assert!(!told["message"].as_str().unwrap().starts_with(code));
            assert_ne!(told["hint"], told["message"]);
        }
    }
    // What came before a refused message is written after the answer.
    eventually("a fate for every message", async || {
        (node.metric("footage_messages_held").await == 0.0).then_some(())
    })
    .await;
    let undecided = "footage_messages_total{outcome=\"dropped\",reason=\"undecided\"}";
    assert_eq!(node.metric(undecided).await, 0.0, "every fate was decided");
}

fn assert_safe(headers: &reqwest::header::HeaderMap) {
    assert_eq!(headers["x-content-type-options"], "nosniff");
    assert_eq!(headers["referrer-policy"], "same-origin");
    assert_eq!(headers["cache-control"], "no-store");
}

#[tokio::test]
async fn what_a_worker_answers_itself_is_safe_to_look_at() {
    let node = Node::start(&[]).await;
    for (path, status) in [
        ("/healthz", 200),
        ("/readyz", 200),
        ("/status", 200),
        ("/metrics", 401),
        ("/v1/nothing", 404),
        ("/v1/batches", 405),
        ("/v1/record", 426),
    ] {
        let url = format!("http://{}{path}", node.address);
        let answer = reqwest::get(url).await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{path}");
        assert_safe(answer.headers());
    }
}
