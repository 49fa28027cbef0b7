//! Who is slow, silent or greedy on purpose is ended, and holds nobody else up.

use footage_protocol::message::{Batch, BatchHeader, Encoding, Ping};
use footage_protocol::{FromRecorder, settings};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::node::{Node, eventually};
use crate::recorder::{Identity, NOW_MS, Recorder, batch, encoded, header, open};

const SITE: &str = "abuse";

#[tokio::test]
async fn silence_and_half_a_head_are_ended_in_time() {
    let node = Node::start(&[]).await;
    node.site(SITE, &["*"]).await;

    let silent = async {
        let mut websocket = open(&node.address, None).await;
        crate::recorder::next(&mut websocket).await.unwrap_err()
    };
    let half_head = async {
        let mut stream = TcpStream::connect(&node.address).await.unwrap();
        stream
            .write_all(b"GET /v1/record HTTP/1.1\r\nHost: x\r\n")
            .await
            .unwrap();
        let mut answer = Vec::new();
        let read = stream.read_to_end(&mut answer);
        tokio::time::timeout(std::time::Duration::from_secs(20), read)
            .await
            .expect("dropped")
            .unwrap();
    };
    let unfinished_frame = async {
        let mut recorder = Recorder::connect(&node.address, &Identity::new(SITE))
            .await
            .unwrap();
        recorder.send(batch(1)).await;
        recorder.wait_for_ack(1).await.unwrap();
        recorder
            .stream()
            .write_all(&[0x82, 0xff, 0, 0])
            .await
            .unwrap();
        recorder.closed().await
    };
    let (silent, (), unfinished) = tokio::join!(silent, half_head, unfinished_frame);
    eventually("the count of it", async || {
        (node.metric("footage_heads_timed_out_total").await == 1.0).then_some(())
    })
    .await;
    assert_eq!(silent.code, 4408, "{silent:?}");
    assert_eq!(unfinished.code, 1008, "{unfinished:?}");
}

#[tokio::test]
async fn fragments_and_control_frames_are_counted() {
    let node = Node::start(&[]).await;
    node.site(SITE, &["*"]).await;
    let masked = |first: u8| [first, 0x80, 0, 0, 0, 0];

    let mut recorder = Recorder::connect(&node.address, &Identity::new(SITE))
        .await
        .unwrap();
    let fragments = [masked(0x02).to_vec(), masked(0x00).repeat(64)].concat();
    recorder.stream().write_all(&fragments).await.unwrap();
    let closed = recorder.closed().await;
    assert_eq!(closed.code, 1008, "{closed:?}");

    let mut recorder = Recorder::connect(&node.address, &Identity::new(SITE))
        .await
        .unwrap();
    recorder
        .stream()
        .write_all(&masked(0x89).repeat(11))
        .await
        .unwrap();
    let closed = recorder.closed().await;
    assert_eq!(closed.code, 1008, "{closed:?}");
}

#[tokio::test]
async fn p4_a_post_that_inflates_beyond_all_room_is_refused_and_stops_nobody() {
    let node = Node::start(&[]).await;
    node.site(SITE, &["*"]).await;
    let header = |number| BatchHeader {
        encoding: Encoding::DeflateRaw,
        inflated_bytes: settings().limits.batch_inflated_bytes_max,
        ..header(number, 1)
    };
    let bomb = (1..400).map(|number| {
        let batch = Batch {
            header: header(number),
            payload: &[0],
        };
        encoded(&FromRecorder::Batch(batch))
    });
    let body = std::iter::once(Identity::new(SITE).hello())
        .chain(bomb)
        .collect::<Vec<_>>()
        .concat();
    let url = format!("http://{}/v1/batches", node.address);
    let answer = reqwest::Client::new()
        .post(&url)
        .body(body)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status().as_u16(), 413);

    let mut honest = Recorder::connect(&node.address, &Identity::new(SITE))
        .await
        .unwrap();
    honest.send(batch(1)).await;
    honest.wait_for_ack(1).await.unwrap();
}

#[tokio::test]
async fn p4_a_recorder_that_does_not_read_does_not_hold_up_a_stop() {
    let mut node = Node::start(&[]).await;
    node.site(SITE, &["*"]).await;
    let mut deaf = Recorder::connect(&node.address, &Identity::new(SITE))
        .await
        .unwrap();
    let ping = encoded(&FromRecorder::Ping(Ping { sent_at_ms: NOW_MS }));
    let frame = [&[0x82, 0x80 | ping.len() as u8, 0, 0, 0, 0], &ping[..]].concat();
    let flood = frame.repeat(1_000);
    for _ in 0..1_000 {
        let writing = deaf.stream().write_all(&flood);
        if tokio::time::timeout(std::time::Duration::from_secs(1), writing)
            .await
            .is_err()
        {
            break;
        }
    }
    let asked = tokio::time::Instant::now();
    assert!(node.terminate().success());
    assert!(
        asked.elapsed() < std::time::Duration::from_secs(15),
        "{:?}",
        asked.elapsed()
    );
}
