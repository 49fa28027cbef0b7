//! The golden vectors: what is committed under `vectors/` is what this crate reads and writes.
#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use footage_protocol::stored::{read_chunk, write_head, write_record};
use footage_protocol::{
    CloseCode, Decoded, FromRecorder, FromServer, WireError, decode_from_recorder,
    decode_from_server, encode_from_recorder, encode_from_server,
};
use serde_json::{Value, json};

/// One vector: its name, its bytes, its readable twin.
struct Vector {
    name: String,
    bytes: Vec<u8>,
    readable: Value,
}

fn vectors(folder: &str) -> Vec<Vector> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "bin"));
    paths.sort();
    let read = |path: PathBuf| Vector {
        name: path.file_stem().unwrap().to_string_lossy().into_owned(),
        bytes: fs::read(&path).unwrap(),
        readable: read_json(&path.with_extension("json")),
    };
    paths.into_iter().map(read).collect()
}

fn read_json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// The number of the kind a readable twin names, when it is a message at all.
fn kind_named(readable: &Value) -> Option<u8> {
    let name = readable["kind"].as_str()?;
    let kinds = FromRecorder::KINDS.iter().chain(FromServer::KINDS);
    kinds
        .filter(|kind| kind.1 == name)
        .map(|kind| kind.0)
        .next()
}

/// Reads a message, and gives it back readable and written again.
fn again_from_recorder(bytes: &[u8]) -> Result<(Value, Vec<u8>), WireError> {
    let Decoded::Message(message) = decode_from_recorder(bytes)? else {
        panic!("a known kind was skipped");
    };
    let mut written = Vec::new();
    encode_from_recorder(&mut written, &message)?;
    Ok((serde_json::to_value(message).unwrap(), written))
}

fn again_from_server(bytes: &[u8]) -> Result<(Value, Vec<u8>), WireError> {
    let Decoded::Message(message) = decode_from_server(bytes)? else {
        panic!("a known kind was skipped");
    };
    let mut written = Vec::new();
    encode_from_server(&mut written, &message)?;
    Ok((serde_json::to_value(message).unwrap(), written))
}

fn again_from_chunk(bytes: &[u8]) -> Result<(Value, Vec<u8>), WireError> {
    let (head, records) = read_chunk(bytes)?;
    let records: Vec<_> = records.collect::<Result<_, _>>()?;
    let mut written = Vec::new();
    write_head(&mut written, &head)?;
    for record in &records {
        write_record(&mut written, record.received_at_ms, &record.message)?;
    }
    Ok((json!({ "head": head, "records": records }), written))
}

#[test]
fn every_vector_reads_as_its_twin_and_is_written_the_same() {
    for Vector {
        name,
        bytes,
        readable,
    } in vectors("vectors")
    {
        let (twin, written) = match kind_named(&readable) {
            None => again_from_chunk(&bytes),
            Some(0..32) => again_from_recorder(&bytes),
            Some(_) => again_from_server(&bytes),
        }
        .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(twin, readable, "{name}");
        assert_eq!(written, bytes, "{name}");
    }
}

#[test]
fn every_kind_has_a_vector_and_its_number_is_in_the_bytes() {
    let mut seen = BTreeSet::new();
    for vector in vectors("vectors") {
        if let Some(kind) = kind_named(&vector.readable) {
            assert_eq!(vector.bytes[1], kind, "{}", vector.name);
            seen.insert(kind);
        }
    }
    let kinds = FromRecorder::KINDS.iter().chain(FromServer::KINDS);
    assert_eq!(seen, kinds.map(|kind| kind.0).collect());
}

#[test]
fn every_close_code_has_its_vectors() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/close_codes.json");
    let codes: Vec<_> = CloseCode::ALL
        .iter()
        .map(|code| json!({ "code": code.code(), "name": code.name(), "retry": code.retry() }))
        .collect();
    assert_eq!(read_json(&path), Value::Array(codes));
    let all = vectors("vectors");
    for code in CloseCode::ALL {
        let name = format!("stop_{}", code.name());
        let vector = all.iter().find(|vector| vector.name == name).expect(&name);
        assert_eq!(vector.readable["code"], code.code());
    }
}

#[test]
fn every_bad_vector_is_refused_with_its_error() {
    let bad = vectors("vectors/bad");
    assert!(bad.len() >= 50, "{} bad vectors", bad.len());
    for Vector {
        name,
        bytes,
        readable,
    } in bad
    {
        let refused = match readable["from"].as_str() {
            Some("recorder") => again_from_recorder(&bytes),
            Some("server") => again_from_server(&bytes),
            _ => again_from_chunk(&bytes),
        };
        let error = refused.expect_err(&name);
        assert_eq!(
            readable["error"],
            error.close_code().name(),
            "{name}: {error}"
        );
    }
}
