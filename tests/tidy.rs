//! The house rules that no compiler keeps.
//!
//! Every test is named after what it promises. Every check is a function over plain data (paths,
//! texts, `cargo metadata`) and has a control beside it: a small bad example that must be found.
//! Exceptions stand in tables, each with its reason, and are refused once they are not needed.
#![cfg(test)]

#[path = "tidy/code.rs"]
mod code;
#[path = "tidy/dependencies.rs"]
mod dependencies;
#[path = "tidy/files.rs"]
mod files;
#[path = "tidy/imports.rs"]
mod imports;
#[path = "tidy/licences.rs"]
mod licences;
#[path = "tidy/npm.rs"]
mod npm;
#[path = "tidy/pages.rs"]
mod pages;
#[path = "tidy/paths.rs"]
mod paths;
#[path = "tidy/scripts.rs"]
mod scripts;
#[path = "tidy/supply.rs"]
mod supply;
#[path = "tidy/tree.rs"]
mod tree;
