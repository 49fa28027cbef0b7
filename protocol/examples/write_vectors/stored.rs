//! The stored form.

use footage_protocol::stored::{ChunkHead, Record, write_head, write_record};
use footage_protocol::{FromRecorder, WireError};
use serde::Serialize;

use crate::recorder::{self, NOW_MS, STREAM};

/// What one chunk holds.
#[derive(Serialize)]
pub struct Chunk {
    head: ChunkHead,
    records: Vec<Record<'static>>,
}

impl Chunk {
    pub fn bytes(&self) -> Result<Vec<u8>, WireError> {
        let mut bytes = Vec::new();
        write_head(&mut bytes, &self.head)?;
        for record in &self.records {
            write_record(&mut bytes, record.received_at_ms, &record.message)?;
        }
        Ok(bytes)
    }
}

pub fn chunks() -> Vec<(&'static str, Chunk)> {
    let mut messages = recorder::messages();
    messages.retain(|(name, _)| {
        [
            "batch_plain",
            "batch_first_part",
            "batch_last_part",
            "tag",
            "end_stopped",
        ]
        .contains(name)
    });
    messages.sort_by_key(|(_, message)| message.number());
    let records: Vec<_> = messages
        .into_iter()
        .map(|(_, message)| record(message))
        .collect();
    let head = ChunkHead {
        stream: STREAM,
        first_number: 1,
        last_number: 12,
    };
    let bare_head = ChunkHead {
        first_number: 13,
        last_number: 13,
        ..head
    };
    vec![
        ("stored_chunk", Chunk { head, records }),
        (
            "stored_bare_head",
            Chunk {
                head: bare_head,
                records: Vec::new(),
            },
        ),
    ]
}

fn record(message: FromRecorder<'static>) -> Record<'static> {
    let received_at_ms = NOW_MS + 300;
    Record {
        received_at_ms,
        message,
    }
}
