//! What recorders may rely on, on a real server and a real Postgres.

use std::collections::BTreeSet;

use footage_protocol::message::{Batch, BatchFlags, BatchHeader, KeyframeCause};
use footage_protocol::{FromRecorder, SessionId};
use sqlx::Row;

use crate::node::{Node, eventually};
use crate::recorder::{Identity, Recorder, batch, batch_of, encoded, end, header};

const SITE: &str = "sessions";

/// The numbers that Postgres has of every stream of a session.
async fn stored(node: &Node, session: SessionId) -> Vec<BTreeSet<i64>> {
    let session: uuid::Uuid = session.to_string().parse().unwrap();
    let rows = sqlx::query(
        "select array(select generate_series(lower(r), upper(r) - 1) from unnest(received) r) as numbers
         from streams where session_id = $1",
    )
    .bind(session)
    .fetch_all(&node.pool().await)
    .await
    .unwrap();
    rows.iter()
        .map(|row| row.get::<Vec<i64>, _>("numbers").into_iter().collect())
        .collect()
}

#[tokio::test]
async fn p1_what_was_acknowledged_is_there_after_a_kill() {
    let mut node = Node::start(&[]).await;
    node.site(SITE, &["*"]).await;
    let mut recorder = Recorder::connect(&node.address, &Identity::new(SITE))
        .await
        .unwrap();
    for number in 1..=50 {
        recorder.send(batch(number)).await;
    }
    recorder.wait_for_ack(50).await.unwrap();
    recorder.send(batch(51)).await;
    node.kill_and_restart().await;

    let mut again = recorder.reconnect(&node.address).await.unwrap();
    assert!(again.resumed);
    assert_eq!(again.session, recorder.session);
    assert!(again.durable.up_to() >= 50, "{:?}", again.durable);
    again.send(batch(51)).await;
    again.wait_for_ack(51).await.unwrap();
    assert_eq!(stored(&node, again.session).await, [(1..=51).collect()]);
}

#[tokio::test]
async fn p2_ten_pages_on_two_workers_are_one_session_complete_and_without_duplicates() {
    let node = Node::start(&[("FOOTAGE_WORKERS", "2")]).await;
    node.site(SITE, &["*"]).await;
    let mut identity = Identity::new(SITE);
    let mut session = None;
    for _ in 0..10 {
        let mut page = Recorder::connect(&node.address, &identity).await.unwrap();
        assert_eq!(
            *session.get_or_insert(page.session),
            page.session,
            "one session"
        );
        for number in 1..=5 {
            page.send(batch(number)).await;
        }
        page.send(end(6)).await;
        page.wait_for_ack(6).await.unwrap();
        identity = identity.next_page(&page.token);
        page.close().await;
    }
    let streams = stored(&node, session.unwrap()).await;
    assert_eq!(streams.len(), 10);
    assert!(
        streams.iter().all(|numbers| *numbers == (1..=6).collect()),
        "{streams:?}"
    );
    let chunks: i64 = sqlx::query_scalar("select coalesce(sum(events), 0)::bigint from chunks")
        .fetch_one(&node.pool().await)
        .await
        .unwrap();
    assert_eq!(chunks, 50, "every event once");
}

#[tokio::test]
async fn a_duplicated_tab_gets_a_session_of_its_own_and_both_go_on() {
    let node = Node::start(&[]).await;
    node.site(SITE, &["*"]).await;
    let mut first = Recorder::connect(&node.address, &Identity::new(SITE))
        .await
        .unwrap();
    let copied = Identity {
        token: Some(first.token.clone()),
        ..Identity::new(SITE)
    };
    let mut second = Recorder::connect(&node.address, &copied).await.unwrap();
    assert!(!second.resumed);
    assert_ne!(first.session, second.session);
    for recorder in [&mut first, &mut second] {
        recorder.send(batch(1)).await;
        recorder.wait_for_ack(1).await.unwrap();
    }
}

#[tokio::test]
async fn a_stop_writes_out_what_was_not_yet_acknowledged_and_says_come_back() {
    let mut node = Node::start(&[]).await;
    node.site(SITE, &["*"]).await;
    let mut recorder = Recorder::connect(&node.address, &Identity::new(SITE))
        .await
        .unwrap();
    recorder.send(batch(1)).await;
    eventually("the message at the server", async || {
        (node.metric("footage_messages_received_total").await >= 1.0).then_some(())
    })
    .await;
    let status = node.terminate();
    assert!(status.success(), "{status:?}");
    let closed = recorder.closed().await;
    assert_eq!(closed.code, 1012, "{closed:?}");
    assert!(closed.reason.contains("retry_after_ms"), "{closed:?}");
    assert_eq!(stored(&node, recorder.session).await, [BTreeSet::from([1])]);
}

#[tokio::test]
async fn p3_every_message_received_has_a_fate() {
    let node = Node::start(&[]).await;
    node.site(SITE, &["*"]).await;
    let mut recorder = Recorder::connect(&node.address, &Identity::new(SITE))
        .await
        .unwrap();
    for number in 1..=10 {
        recorder.send(batch(number)).await;
    }
    recorder.wait_for_ack(10).await.unwrap();
    recorder.send(batch(4)).await;
    recorder.send(batch(99)).await;
    recorder.closed().await;
    let fate = async |line: &str| node.metric(line).await;
    assert_eq!(fate("footage_messages_received_total").await, 12.0);
    assert_eq!(
        fate("footage_messages_total{outcome=\"stored\",reason=\"\"}").await,
        10.0
    );
    assert_eq!(
        fate("footage_messages_total{outcome=\"duplicate\",reason=\"\"}").await,
        1.0
    );
    assert_eq!(
        fate("footage_messages_total{outcome=\"refused\",reason=\"out_of_order\"}").await,
        1.0
    );
    assert_eq!(fate("footage_messages_held").await, 0.0);
}

#[tokio::test]
async fn a_page_left_before_its_first_welcome_is_of_the_session_of_the_next() {
    let node = Node::start(&[]).await;
    node.site(SITE, &["*"]).await;
    let left = Identity::new(SITE);
    let last_post = [left.hello(), batch(1), end(2)].concat();
    let url = format!("http://{}/v1/batches", node.address);
    let client = reqwest::Client::new();
    let answer = client.post(url).body(last_post).send().await.unwrap();
    assert!(answer.status().is_success());

    let next = Identity {
        navigated_from: Some(left.stream),
        ..Identity::new(SITE)
    };
    let mut next = Recorder::connect(&node.address, &next).await.unwrap();
    assert!(next.resumed);
    next.send(batch(1)).await;
    next.wait_for_ack(1).await.unwrap();
    assert_eq!(stored(&node, next.session).await.len(), 2);
}

#[tokio::test]
async fn a_tail_of_megabytes_is_asked_for_a_keyframe() {
    let node = Node::start(&[]).await;
    node.site(SITE, &["*"]).await;
    let mut recorder = Recorder::connect(&node.address, &Identity::new(SITE))
        .await
        .unwrap();
    let text = [&[0xdb, 0, 3, 0, 0][..], &[b'x'; 0x3_0000]].concat();
    for number in 1..=11 {
        recorder.send(batch_of(number, 1, &text)).await;
    }
    assert_eq!(recorder.asked().await.unwrap(), KeyframeCause::TailTooLarge);
    let count = "footage_keyframe_requests_total{cause=\"tail_too_large\"}";
    assert_eq!(node.metric(count).await, 1.0);

    let header = BatchHeader {
        flags: BatchFlags::KEYFRAME,
        ..header(12, 1)
    };
    let keyframe = Batch {
        header,
        payload: &[0xc0],
    };
    recorder.send(encoded(&FromRecorder::Batch(keyframe))).await;
    for number in 13..=23 {
        recorder.send(batch_of(number, 1, &text)).await;
    }
    assert_eq!(recorder.asked().await.unwrap(), KeyframeCause::TailTooLarge);
}
