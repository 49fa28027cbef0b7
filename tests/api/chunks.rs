//! The map of a recording.

use std::io::Read as _;

use axum::http::{StatusCode, header};
use flate2::read::GzDecoder;
use serde_json::{Value, json};

use crate::recording::{BEGAN_MS, Recording, StoredChunk, hex, session_id};
use crate::stage::{ANN, Answer, Stage, get};

const EARLY: [u8; 8] = [9; 8];
const LATE: [u8; 8] = [1; 8];
const SILENT: [u8; 8] = [5; 8];

async fn stored(stage: &Stage) -> Recording {
    let site = stage.site(stage.account_a, "Shop", "key-a").await;
    let id = session_id(BEGAN_MS, 1);
    let recording = Recording::store(stage, stage.account_a, site, id).await;
    for (stream, after_ms) in [(LATE, 5_000), (EARLY, 0), (SILENT, 2_000)] {
        recording
            .stream(stage, stream, after_ms, ("{}", "{}", None))
            .await;
    }
    recording
}

async fn map(stage: &Stage, recording: &Recording, accepting: &str) -> Answer {
    let cookie = stage.sign_in(ANN).await;
    let mut request = get(&format!("/api/v1/sessions/{}/chunks", recording.id));
    let headers = request.headers_mut();
    headers.insert(header::COOKIE, cookie.parse().unwrap());
    headers.insert(header::ACCEPT_ENCODING, accepting.parse().unwrap());
    stage.ask(request).await
}

#[tokio::test]
async fn the_map_is_in_the_order_of_replay_and_knows_the_keyframes() {
    let stage = Stage::local().await;
    let recording = stored(&stage).await;
    let body = vec![7; 5_000];
    let keyframe = StoredChunk {
        numbers: (4, 9),
        event_ms: Some((BEGAN_MS as i64 + 10, BEGAN_MS as i64 + 90)),
        keyframe_offset: Some(0),
        ..StoredChunk::of(EARLY, 4, &body)
    };
    recording.stored(&stage, keyframe).await;
    let unreadable = StoredChunk {
        codec: 9,
        body: None,
        ..StoredChunk::of(LATE, 2, b"")
    };
    recording.stored(&stage, unreadable).await;
    for (stream, number) in [(LATE, 1), (EARLY, 1)] {
        let chunk = StoredChunk::of(stream, number, b"four");
        recording.stored(&stage, chunk).await;
    }
    let answer = map(&stage, &recording, "identity").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), "application/json");
    let chunk = |stream: usize, first: i64, bytes: usize| {
        json!({
            "stream": stream, "first": first, "last": first, "from_ms": null, "to_ms": null,
            "events": 1, "raw_bytes": 1, "bytes": bytes, "keyframe": false,
        })
    };
    let keyframe = json!({
        "stream": 0, "first": 4, "last": 9, "from_ms": BEGAN_MS + 10, "to_ms": BEGAN_MS + 90,
        "events": 1, "raw_bytes": 1, "bytes": 5_000, "keyframe": true,
    });
    let expected = json!({
        "streams": [hex(EARLY), hex(LATE)],
        "chunks": [chunk(0, 1, 4), keyframe, chunk(1, 1, 4), chunk(1, 2, 0)],
        "cut": false,
    });
    assert_eq!(answer.json(), expected);
}

#[tokio::test]
async fn the_map_is_packed_for_who_takes_gzip() {
    let stage = Stage::local().await;
    let recording = stored(&stage).await;
    for number in 1..=40 {
        recording.chunk(&stage, EARLY, number, b"x").await;
    }
    let plain = map(&stage, &recording, "identity").await;
    assert!(!plain.headers.contains_key(header::CONTENT_ENCODING));
    let packed = map(&stage, &recording, "gzip, br, zstd").await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert!(packed.bytes.len() * 4 < plain.bytes.len());
    let mut inflated = Vec::new();
    GzDecoder::new(packed.bytes.as_ref())
        .read_to_end(&mut inflated)
        .unwrap();
    assert!(inflated == plain.bytes);
    for answer in [plain, packed] {
        assert_eq!(answer.header("vary"), "accept-encoding");
    }
}

#[tokio::test]
async fn a_recording_without_chunks_has_an_empty_map() {
    let stage = Stage::local().await;
    let recording = stored(&stage).await;
    let empty: Value = json!({ "streams": [], "chunks": [], "cut": false });
    assert_eq!(map(&stage, &recording, "identity").await.json(), empty);
}

#[tokio::test]
async fn p4_a_map_of_more_chunks_than_fit_is_cut() {
    let stage = Stage::local().await;
    let recording = stored(&stage).await;
    recording.many_chunks(&stage, LATE, 50_001).await;
    recording.chunk(&stage, EARLY, 1, b"x").await;
    let told = map(&stage, &recording, "identity").await.json();
    let chunks = told["chunks"].as_array().unwrap();
    assert_eq!((chunks.len(), &told["cut"]), (50_000, &json!(true)));
    assert_eq!(chunks[0]["stream"], 0);
    assert_eq!(chunks[49_999]["first"], 49_999);
}
