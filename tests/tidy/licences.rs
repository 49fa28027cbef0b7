//! What we ship may be shipped: every licence expression is satisfied by the list below.

use crate::supply::{Package, locked, metadata, packages};
use crate::tree::{Finding, finds, hold};
use serde_json::json;

const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Whether an SPDX expression (also with the old `/` for `OR`) can be met from the list.
pub fn allowed(expression: &str) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    any_of(&words, &mut at) && at == words.len()
}

fn any_of(words: &[&str], at: &mut usize) -> bool {
    let mut met = all_of(words, at);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        met |= all_of(words, at);
    }
    met
}

fn all_of(words: &[&str], at: &mut usize) -> bool {
    let mut met = one(words, at);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(words, at);
    }
    met
}

fn one(words: &[&str], at: &mut usize) -> bool {
    let Some(word) = words.get(*at) else {
        return false;
    };
    *at += 1;
    if *word == "(" {
        let met = any_of(words, at);
        *at += 1;
        return met;
    }
    if words.get(*at) == Some(&"WITH") {
        let exception = words.get(*at + 1).unwrap_or(&"");
        *at += 2;
        return LICENCES.contains(&format!("{word} WITH {exception}").as_str());
    }
    LICENCES.contains(word)
}

#[test]
fn a_licence_expression_is_read_as_it_is_meant() {
    for good in [
        "MIT",
        "MIT/GPL-3.0",
        "GPL-3.0 OR (MIT AND Zlib)",
        "Apache-2.0 WITH LLVM-exception OR GPL-3.0",
        "(MIT OR GPL-3.0) AND Unicode-3.0",
    ] {
        assert!(allowed(good), "{good}");
    }
    for bad in [
        "",
        "GPL-3.0",
        "MIT AND GPL-3.0",
        "GPL-3.0 WITH LLVM-exception",
        "MIT MIT",
    ] {
        assert!(!allowed(bad), "{bad}");
    }
}

pub const ADVICE: &str =
    "replace it, or add the licence to tests/tidy/licences.rs when it permits us";

fn forbidden_crates(packages: &[Package]) -> Vec<Finding> {
    packages
        .iter()
        .filter(|package| !allowed(&package.licence))
        .map(|package| {
            let what = format!(
                "{} {} is under `{}`: {ADVICE}",
                package.name, package.version, package.licence
            );
            Finding::new("Cargo.lock", locked(&package.name), what)
        })
        .collect()
}

#[test]
fn every_crate_has_a_licence_we_may_ship() {
    hold(forbidden_crates(&packages(metadata())));
}

#[test]
fn a_crate_with_another_licence_is_found() {
    let metadata = json!({ "packages": [
        { "id": "a", "name": "a", "version": "1.0.0", "license": "MIT" },
        { "id": "b", "name": "b", "version": "1.0.0", "license": "AGPL-3.0" },
        { "id": "c", "name": "c", "version": "1.0.0", "license": null },
    ] });
    finds(
        forbidden_crates(&packages(&metadata)),
        &["Cargo.lock:1", "Cargo.lock:1"],
    );
}
