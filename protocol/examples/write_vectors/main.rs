//! Writes `vectors/`: each message as bytes and as readable JSON, and bytes that are refused.
//!
//! Run `cargo run -p footage-protocol --example write_vectors` after a change of the wire, look at
//! the difference, and commit it. Vectors that are no longer made here are to be deleted by hand.

mod bad;
mod recorder;
mod server;
mod stored;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use footage_protocol::{CloseCode, encode_from_recorder, encode_from_server};
use serde::Serialize;
use serde_json::{Value, json};

type Outcome = Result<(), Box<dyn Error>>;

fn main() -> Outcome {
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    fs::create_dir_all(vectors.join("bad"))?;
    for (name, message) in recorder::messages() {
        let mut bytes = Vec::new();
        encode_from_recorder(&mut bytes, &message)?;
        write(vectors.join(name), &bytes, &message)?;
    }
    for (name, message) in server::messages() {
        let mut bytes = Vec::new();
        encode_from_server(&mut bytes, &message)?;
        write(vectors.join(name), &bytes, &message)?;
    }
    for (name, chunk) in stored::chunks() {
        write(vectors.join(name), &chunk.bytes()?, &chunk)?;
    }
    for bad in bad::all() {
        write(vectors.join("bad").join(bad.name), &bad.bytes, &bad)?;
    }
    let codes: Vec<_> = CloseCode::ALL.iter().map(readable_code).collect();
    write_json(vectors.join("close_codes.json"), &codes)
}

fn readable_code(code: &CloseCode) -> Value {
    json!({ "code": code.code(), "name": code.name(), "retry": code.retry() })
}

fn write(path: PathBuf, bytes: &[u8], readable: &impl Serialize) -> Outcome {
    fs::write(path.with_extension("bin"), bytes)?;
    write_json(path.with_extension("json"), readable)
}

fn write_json(path: PathBuf, readable: &impl Serialize) -> Outcome {
    let mut text = serde_json::to_string_pretty(readable)?;
    text.push('\n');
    fs::write(path, text)?;
    Ok(())
}
