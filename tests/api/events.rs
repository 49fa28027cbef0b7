//! The recording itself.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::recording::{BEGAN_MS, Recording, StoredChunk, hex, session_id};
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
    range_of(stage, recording, accepting, "").await
}

async fn range_of(stage: &Stage, recording: &Recording, accepting: &str, range: &str) -> Answer {
    let cookie = stage.sign_in(ANN).await;
    stage
        .ask(request(recording, accepting, range, &cookie))
        .await
}

fn request(recording: &Recording, accepting: &str, range: &str, cookie: &str) -> Request<Body> {
    let mut request = get(&format!("/api/v1/sessions/{}/events{range}", recording.id));
    let headers = request.headers_mut();
    headers.insert(header::COOKIE, cookie.parse().unwrap());
    headers.insert(header::ACCEPT_ENCODING, accepting.parse().unwrap());
    request
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
async fn ranges_put_together_are_the_whole() {
    let stage = Stage::local().await;
    let recording = stored(&stage).await;
    for number in 1..=9 {
        let inflated = format!("early {number} ").repeat(50);
        recording
            .chunk(&stage, EARLY, number, inflated.as_bytes())
            .await;
    }
    for number in 1..=3 {
        let inflated = format!("late {number} ");
        recording
            .chunk(&stage, LATE, number, inflated.as_bytes())
            .await;
    }
    let (early, late) = (hex(EARLY), hex(LATE));
    for accepting in ["zstd", "identity"] {
        let whole = events(&stage, &recording, accepting).await.bytes;
        // Within a stream, across both, one chunk alone, open at either end.
        let ranges = [
            format!("?to={early}.3"),
            format!("?from={early}.4&to={early}.4"),
            format!("?from={early}.5&to={late}.1"),
            format!("?from={late}.2"),
        ];
        let mut parts = Vec::new();
        for range in &ranges {
            let part = range_of(&stage, &recording, accepting, range).await;
            assert_eq!(part.status, StatusCode::OK, "{range} {:?}", part.bytes);
            assert!(!part.bytes.is_empty(), "{range}");
            parts.extend_from_slice(&part.bytes);
        }
        assert!(parts == whole, "the parts are not the whole in {accepting}");
    }
    let alone = range_of(&stage, &recording, "identity", &format!("?from={late}.3")).await;
    assert_eq!(alone.text(), "late 3 ");
}

#[tokio::test]
async fn a_range_that_is_none_of_the_session_is_refused_in_words() {
    let stage = Stage::local().await;
    let recording = stored(&stage).await;
    recording.chunk(&stage, EARLY, 1, b"one").await;
    let other = Recording {
        id: session_id(BEGAN_MS, 2),
        ..recording
    };
    other.insert(&stage.writer).await;
    other.stream(&stage, [7; 8], 0, ("{}", "{}", None)).await;
    let (early, late, elsewhere) = (hex(EARLY), hex(LATE), hex([7; 8]));
    let twice = format!("from={early}.1&from={early}.1");
    for (name, query) in [
        ("from", "from="),
        ("from", "from=1"),
        ("from", &format!("from={early}")),
        ("from", &format!("from={early}.")),
        ("from", &format!("from={early}.0")),
        ("from", &format!("from={early}.-1")),
        ("from", &format!("from={early}.9007199254740992")),
        ("from", &format!("from={early}.99999999999999999999")),
        ("from", &format!("from={}.1", early.get(1..).unwrap())),
        ("from", &format!("from={elsewhere}.1")),
        ("of the query", &twice),
        ("of the query", &format!("form={early}.1")),
        ("to", &format!("to={elsewhere}.1")),
        ("to", "to=%00"),
        ("to", &format!("from={early}.2&to={early}.1")),
        ("to", &format!("from={late}.1&to={early}.1")),
    ] {
        let answer = range_of(&stage, &recording, "zstd", &format!("?{query}")).await;
        answer.assert_error(StatusCode::UNPROCESSABLE_ENTITY, "bad_parameter");
        let message = format!("the parameter {name} is not valid");
        assert_eq!(answer.json()["message"], message, "{query}");
    }
    let behind = format!("?from={early}.{}&to={late}.1", (1_u64 << 53) - 1);
    let empty = range_of(&stage, &recording, "zstd", &behind).await;
    assert_eq!(empty.status, StatusCode::OK);
    assert!(empty.bytes.is_empty());
}

#[tokio::test]
async fn a_chunk_that_cannot_be_read_is_told_alone_and_ends_a_longer_answer() {
    let stage = Stage::local().await;
    let recording = stored(&stage).await;
    let unknown = StoredChunk {
        codec: 9,
        ..StoredChunk::of(EARLY, 2, b"?")
    };
    let elsewhere = StoredChunk {
        body: None,
        ..StoredChunk::of(EARLY, 4, b"")
    };
    let mut damaged = zstd::encode_all([5; 1_000].as_slice(), 3).unwrap();
    damaged.truncate(damaged.len() - 2);
    recording.stored(&stage, unknown).await;
    recording.stored(&stage, elsewhere).await;
    for (number, text) in [(1, "one"), (3, "three"), (5, "five")] {
        recording
            .chunk(&stage, EARLY, number, text.as_bytes())
            .await;
    }
    let broken = StoredChunk::of(EARLY, 6, &damaged);
    recording.stored(&stage, broken).await;
    let early = hex(EARLY);
    let alone = |number: i64| format!("?from={early}.{number}&to={early}.{number}");
    for (number, accepting) in [
        (2, "zstd"),
        (2, "identity"),
        (4, "zstd"),
        (4, "identity"),
        (6, "identity"),
    ] {
        let answer = range_of(&stage, &recording, accepting, &alone(number)).await;
        answer.assert_error(StatusCode::INTERNAL_SERVER_ERROR, "chunk_unreadable");
        assert!(!answer.text().contains("codec"), "{}", answer.text());
    }
    // Who decodes it finds out; the chunks around it are as they were.
    let as_stored = range_of(&stage, &recording, "zstd", &alone(6)).await;
    assert_eq!(as_stored.status, StatusCode::OK);
    assert_eq!(as_stored.bytes, damaged);
    for (number, text) in [(1, "one"), (3, "three"), (5, "five")] {
        let answer = range_of(&stage, &recording, "identity", &alone(number)).await;
        assert_eq!(answer.text(), text);
    }

    let cookie = stage.sign_in(ANN).await;
    for (range, readable) in [("".to_owned(), "one"), (format!("?from={early}.5"), "five")] {
        let request = request(&recording, "identity", &range, &cookie);
        let response = stage.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let mut body = response.into_body();
        let mut read = Vec::new();
        let ended = loop {
            match body.frame().await {
                Some(Ok(frame)) => read.extend_from_slice(&frame.into_data().unwrap()),
                other => break other,
            }
        };
        assert!(matches!(ended, Some(Err(_))), "an answer looks whole");
        assert_eq!(read, readable.as_bytes());
    }
}
