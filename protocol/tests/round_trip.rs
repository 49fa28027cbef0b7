//! Whatever is written is read the same, and whatever is read never panics.
#![cfg(test)]

#[path = "round_trip/strategies.rs"]
mod strategies;

use footage_protocol::message::Encoding;
use footage_protocol::stored::{
    ChunkHead, Record, batch_record_prefix, read_chunk, write_head, write_record,
};
use footage_protocol::{
    Decoded, FromRecorder, StreamId, decode_from_recorder, decode_from_server, decode_sequence,
    encode_from_recorder, encode_from_server,
};
use proptest::prelude::*;

use strategies::{from_recorder, from_server};

/// Bytes that often look like messages.
fn likely_bytes() -> impl Strategy<Value = Vec<u8>> {
    let byte =
        prop_oneof![3 => 0_u8..12, 2 => 0x90_u8..=0x9f, 1 => 0xa0_u8..0xa3, 2 => any::<u8>()];
    prop::collection::vec(byte, 0..80)
}

proptest! {
    #[test]
    fn a_message_of_a_recorder_is_read_as_it_was_written(owned in from_recorder()) {
        let message = owned.message();
        let mut bytes = vec![0xaa];
        encode_from_recorder(&mut bytes, &message).unwrap();
        prop_assert_eq!(bytes[0], 0xaa);
        prop_assert_eq!(decode_from_recorder(&bytes[1..]), Ok(Decoded::Message(message)));
    }

    #[test]
    fn a_message_of_a_server_is_read_as_it_was_written(message in from_server()) {
        let mut bytes = Vec::new();
        encode_from_server(&mut bytes, &message).unwrap();
        prop_assert_eq!(decode_from_server(&bytes), Ok(Decoded::Message(message)));
    }

    #[test]
    fn a_cut_or_changed_message_never_panics(
        owned in from_recorder(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut bytes = Vec::new();
        encode_from_recorder(&mut bytes, &owned.message()).unwrap();
        let at = at.index(bytes.len());
        prop_assert!(decode_from_recorder(&bytes[..at]).is_err());
        bytes[at] = byte;
        if let Ok(Decoded::Message(message)) = decode_from_recorder(&bytes) {
            prop_assert!(encode_from_recorder(&mut Vec::new(), &message).is_ok());
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in likely_bytes()) {
        let _ = decode_from_recorder(&bytes);
        let _ = decode_from_server(&bytes);
        prop_assert!(decode_sequence(&bytes).count() <= bytes.len());
        if let Ok((_, records)) = read_chunk(&bytes) {
            prop_assert!(records.count() <= bytes.len());
        }
    }

    #[test]
    fn a_chunk_is_read_as_it_was_written(
        messages in prop::collection::vec((from_recorder(), 0..1_u64 << 53), 0..8),
    ) {
        let head = ChunkHead { stream: StreamId([7; 8]), first_number: 1, last_number: 9 };
        let mut chunk = Vec::new();
        write_head(&mut chunk, &head).unwrap();
        let mut kept = Vec::new();
        for (owned, received_at_ms) in &messages {
            let (message, received_at_ms) = (owned.message(), *received_at_ms);
            if write_record(&mut chunk, received_at_ms, &message).is_ok() {
                kept.push(Ok(Record { received_at_ms, message }));
            }
        }
        let (read_head, records) = read_chunk(&chunk).unwrap();
        prop_assert_eq!(read_head, head);
        prop_assert_eq!(records.collect::<Vec<_>>(), kept);
    }

    #[test]
    fn a_batch_record_is_its_prefix_and_its_payload(owned in from_recorder(), at in 0..1_u64 << 53) {
        let FromRecorder::Batch(mut batch) = owned.message() else { return Ok(()) };
        let mut streamed = Vec::new();
        batch_record_prefix(&mut streamed, at, &batch.header, batch.payload.len()).unwrap();
        streamed.extend_from_slice(batch.payload);
        batch.header.encoding = Encoding::Plain;
        batch.header.inflated_bytes = batch.payload.len() as u64;
        let mut whole = Vec::new();
        write_record(&mut whole, at, &FromRecorder::Batch(batch)).unwrap();
        prop_assert_eq!(streamed, whole);
    }
}

#[test]
fn w17_a_stored_batch_may_be_longer_than_a_message() {
    let mut record = Vec::new();
    let payload = vec![0xc0; 1 << 20];
    let header = strategies::batch_header(1 << 20);
    write_head(
        &mut record,
        &ChunkHead {
            stream: StreamId([7; 8]),
            first_number: 1,
            last_number: 1,
        },
    )
    .unwrap();
    batch_record_prefix(&mut record, 5, &header, payload.len()).unwrap();
    record.extend_from_slice(&payload);
    let (_, mut records) = read_chunk(&record).unwrap();
    assert!(matches!(
        records.next(),
        Some(Ok(Record {
            message: FromRecorder::Batch(_),
            ..
        }))
    ));
    assert!(records.next().is_none());
}

#[test]
fn w17_an_unknown_kind_in_a_chunk_is_passed_over() {
    let mut chunk = b"\x93\xc4\x08QRSTUVWX\x01\x02".to_vec();
    chunk.extend([0x92, 5, 0x92, 20, 1]);
    chunk.extend([0x92, 5, 0x94, 9, 2, 1, 0]);
    let (_, records) = read_chunk(&chunk).unwrap();
    let numbers: Vec<_> = records
        .map(|record| record.unwrap().message.number())
        .collect();
    assert_eq!(numbers, [Some(2)]);
}
