//! What the specification shows is what is sent.
#![cfg(test)]

use std::fs;
use std::path::Path;

use footage_protocol::{CloseCode, FromRecorder, FromServer, Retry};

const README: &str = include_str!("../README.md");

/// The bytes of a block, comments left out.
fn bytes_of(block: &str) -> Vec<u8> {
    let code = block.lines().map(|line| line.split('#').next().unwrap());
    let digits: String = code
        .flat_map(|code| code.chars().filter(|c| !c.is_whitespace()))
        .collect();
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    (0..digits.len()).step_by(2).map(byte).collect()
}

#[test]
fn the_examples_are_the_vectors() {
    let blocks: Vec<_> = README.split("```hex ").skip(1).collect();
    assert_eq!(blocks.len(), 4);
    for block in blocks {
        let (name, rest) = block.split_once('\n').unwrap();
        let (code, _) = rest.split_once("```").unwrap();
        let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
        let vector = fs::read(vectors.join(name).with_extension("bin")).unwrap();
        assert_eq!(bytes_of(code), vector, "{name}");
    }
}

#[test]
fn the_tables_name_every_kind_and_every_close_code() {
    for (kind, name) in FromRecorder::KINDS.iter().chain(FromServer::KINDS) {
        assert!(
            README.contains(&format!("\n| {kind} | `{name}` | ")),
            "{name}"
        );
    }
    for code in CloseCode::ALL {
        let class = match code.retry() {
            Retry::Never => "never",
            Retry::Jitter => "jitter",
            Retry::After => "after",
            Retry::Stream => "stream",
            Retry::Page => "page",
        };
        let row = format!(
            "\n| {} | `{}` | {class} | {} |",
            code.code(),
            code.name(),
            code.text()
        );
        assert!(README.contains(&row), "{row}");
    }
}

#[test]
fn the_limits_named_are_those_of_the_settings() {
    let file: serde_json::Value = serde_json::from_str(include_str!("../settings.json")).unwrap();
    let (_, table) = README.split_once("## Limits of fields").unwrap();
    let (table, _) = table.split_once("## Stored form").unwrap();
    let mut checked = 0;
    // Between backticks stands a name; the figure, where there is one, follows it.
    for (name, after) in table.split('`').zip(table.split('`').skip(1)) {
        let figure = after
            .split([' ', ';', '|'])
            .nth(1)
            .unwrap_or_default()
            .replace(',', "");
        if let Ok(figure) = figure.parse::<u64>() {
            assert_eq!(file["limits"][name], figure, "{name}");
            checked += 1;
        }
    }
    assert!(checked >= 20, "{checked}");
}
