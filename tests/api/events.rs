//! The recording itself.

use axum::http::{StatusCode, header};

use crate::recording::{BEGAN_MS, Recording, session_id};
use crate::stage::{ANN, Answer, Stage, get};

const EARLY: [u8; 8] = [9; 8];
const LATE: [u8; 8] = [1; 8];

async fn stored(stage: &Stage) -> Recording {
    let site = stage.site(stage.account_a, "Shop", "key-a").await;
    let id = session_id(BEGAN_MS, 1);
    let recording = Recording::store(stage, stage.account_a, site, id).await;
    recording
        .stream(stage, LATE, 5_000, ("{}", "{}", None))
        .await;
    recording.stream(stage, EARLY, 0, ("{}", "{}", None)).await;
    recording
}

async fn events(stage: &Stage, recording: &Recording, accepting: &str) -> Answer {
    let cookie = stage.sign_in(ANN).await;
    let mut request = get(&format!("/api/v1/sessions/{}/events", recording.id));
    let headers = request.headers_mut();
    headers.insert(header::COOKIE, cookie.parse().unwrap());
    headers.insert(header::ACCEPT_ENCODING, accepting.parse().unwrap());
    stage.ask(request).await
}

#[tokio::test]
async fn frames_come_as_stored_by_stream_and_number() {
    let stage = Stage::local().await;
    let recording = stored(&stage).await;
    // More chunks than one run looks at, some of them of many bytes.
    let mut expected = Vec::new();
    for number in 1..=150_i64 {
        let size = if number % 50 == 0 { 900_000 } else { 300 };
        let inflated: Vec<u8> = (0..size).map(|at| (at * number % 251) as u8).collect();
        recording.chunk(&stage, EARLY, number, &inflated).await;
        expected.extend_from_slice(&inflated);
    }
    recording.chunk(&stage, LATE, 1, b"later").await;
    expected.extend_from_slice(b"later");

    let packed = events(&stage, &recording, "gzip, br, zstd").await;
    assert_eq!(packed.status, StatusCode::OK);
    assert_eq!(packed.header("content-encoding"), "zstd");
    assert_eq!(
        packed.header("content-type"),
        "application/vnd.footage.events"
    );
    assert_eq!(packed.header("vary"), "accept-encoding");
    assert_eq!(packed.header("cache-control"), "no-store");
    assert!(packed.bytes.len() < expected.len());
    let inflated = zstd::decode_all(packed.bytes.as_ref()).unwrap();
    assert!(inflated == expected, "the frames are not the stream");

    let plain = events(&stage, &recording, "gzip").await;
    assert!(!plain.headers.contains_key(header::CONTENT_ENCODING));
    assert!(plain.bytes == expected, "decoded here is not the stream");
}

#[tokio::test]
async fn bodies_that_do_not_compress_cross_the_size_of_a_run() {
    let stage = Stage::local().await;
    let recording = stored(&stage).await;
    let mut expected = Vec::new();
    for number in 1..=4_i64 {
        let mut state = u64::try_from(number).unwrap();
        let noise: Vec<u8> = std::iter::repeat_with(|| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 56) as u8
        })
        .take(if number == 2 { 2_500_000 } else { 600_000 })
        .collect();
        recording.chunk(&stage, EARLY, number, &noise).await;
        expected.extend_from_slice(&noise);
    }
    let plain = events(&stage, &recording, "identity").await;
    assert!(plain.bytes == expected);
}

#[tokio::test]
async fn an_empty_recording_is_an_empty_answer() {
    let stage = Stage::local().await;
    let recording = stored(&stage).await;
    let answer = events(&stage, &recording, "zstd").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.bytes.is_empty());
    assert!(!answer.headers.contains_key(header::CONTENT_ENCODING));
}

#[tokio::test]
async fn a_chunk_of_an_unknown_kind_is_an_incident() {
    let stage = Stage::local().await;
    let recording = stored(&stage).await;
    recording.raw_chunk(&stage, EARLY, 1, 9, b"?").await;
    let answer = events(&stage, &recording, "zstd").await;
    answer.assert_error(StatusCode::INTERNAL_SERVER_ERROR, "internal");
    assert!(!answer.text().contains("codec"), "{}", answer.text());
}
