//! What our packages depend on themselves: why, and whether they still do.

use crate::code::lines_with_word;
use crate::supply::{Package, metadata, ours, packages};
use crate::tree::{Exception, File, Finding, all, except, excepted, finds, hold, stale};
use serde_json::json;

const HERE: &str = "tests/tidy/dependencies.rs";

/// Everything `protocol` may depend on.
const PROTOCOL: &[Exception] = &[
    except("proptest", "tests: the codec against arbitrary bytes"),
    except("rmp-serde", "the encoding of the wire, behind the codec"),
    except("serde", "the shape of messages"),
    except(
        "serde_json",
        "tests: settings.json and the readable half of the golden vectors",
    ),
    except("thiserror", "errors with words"),
    except("uuid", "session ids"),
];

/// Everything `actors` may depend on.
const ACTORS: &[Exception] = &[
    except("actix", "the actors; the word stays in this package"),
    except("bytes", "payloads are shared, not copied"),
    except("dashmap", "the registry is read by every worker"),
    except("flate2", "inflates batches before they are written"),
    except("footage-protocol", "the words"),
    except("futures-util", "boxed futures in the ports"),
    except("governor", "rate limits with a virtual clock"),
    except("metrics", "counts, handed to whoever exports them"),
    except(
        "proptest",
        "tests: the outcome ledger against arbitrary orders",
    ),
    except("thiserror", "errors with words"),
    except("tokio", "time and bounded channels"),
    except("tracing", "log lines"),
];

fn unexplained(packages: &[Package], name: &str, table: &[Exception]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in ours(packages).filter(|package| package.name == name) {
        let wanted = |name: &str| package.dependencies.iter().any(|one| one == name);
        findings.extend(stale(table, HERE, wanted));
        for dependency in &package.dependencies {
            if !excepted(table, dependency) {
                let what = format!("{dependency} has no reason: do without, or write it in {HERE}");
                findings.push(package.finding(dependency, what));
            }
        }
    }
    findings
}

#[test]
fn every_dependency_of_protocol_and_actors_has_a_reason() {
    let packages = packages(metadata());
    let mut findings = unexplained(&packages, "footage-protocol", PROTOCOL);
    findings.extend(unexplained(&packages, "footage-actors", ACTORS));
    hold(findings);
}

#[test]
fn a_dependency_without_a_reason_is_found() {
    let metadata = json!({ "workspace_root": "/w", "packages": [{
        "name": "mine", "source": null, "manifest_path": "/w/mine/Cargo.toml",
        "dependencies": [{ "name": "a" }, { "name": "b" }],
    }] });
    let findings = unexplained(&packages(&metadata), "mine", &[except("a", "because")]);
    assert!(findings[0].what.starts_with("b has no reason"));
    finds(findings, &["mine/Cargo.toml:1"]);
}

fn actix_outside_actors(packages: &[Package]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in ours(packages).filter(|package| package.name != "footage-actors") {
        for dependency in &package.dependencies {
            if dependency.starts_with("actix") {
                let what = "actix stays inside actors/: delete the dependency".to_owned();
                findings.push(package.finding(dependency, what));
            }
        }
    }
    findings
}

#[test]
fn only_actors_depends_on_actix() {
    hold(actix_outside_actors(&packages(metadata())));
}

#[test]
fn a_dependency_on_actix_is_found() {
    let metadata = json!({ "workspace_root": "/w", "packages": [
        { "name": "mine", "manifest_path": "/w/mine/Cargo.toml", "dependencies": [{ "name": "actix-rt" }] },
        { "name": "footage-actors", "dependencies": [{ "name": "actix" }] },
    ] });
    finds(
        actix_outside_actors(&packages(&metadata)),
        &["mine/Cargo.toml:1"],
    );
}

/// Dependencies whose name (`rmp_serde`) stands in no Rust file of their package.
fn unused(packages: &[Package], files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in ours(packages) {
        let texts: Vec<&str> = files
            .iter()
            .filter(|file| file.is_rust() && home(packages, file) == package.folder)
            .map(|file| file.text.as_str())
            .collect();
        for dependency in &package.dependencies {
            let word = dependency.replace('-', "_");
            if !texts
                .iter()
                .any(|text| !lines_with_word(text, &word).is_empty())
            {
                let what = format!(
                    "{dependency} is used nowhere in {}: delete it",
                    package.name
                );
                findings.push(package.finding(dependency, what));
            }
        }
    }
    findings
}

/// The folder of the package a file belongs to: the deepest that holds it.
fn home<'a>(packages: &'a [Package], file: &File) -> &'a str {
    ours(packages)
        .map(|package| package.folder.as_str())
        .filter(|folder| file.path.starts_with(folder))
        .max_by_key(|folder| folder.len())
        .unwrap_or("")
}

#[test]
fn every_dependency_is_used() {
    hold(unused(&packages(metadata()), all()));
}

#[test]
fn an_unused_dependency_is_found() {
    let metadata = json!({ "workspace_root": "/w", "packages": [
        { "name": "top", "manifest_path": "/w/Cargo.toml", "dependencies": [{ "name": "a-b" }] },
        { "name": "mine", "manifest_path": "/w/mine/Cargo.toml", "dependencies": [{ "name": "a-b" }] },
    ] });
    let files = [
        File::new("src/a.rs", "use a_b::d;"),
        File::new("mine/src/a.rs", ""),
    ];
    finds(unused(&packages(&metadata), &files), &["mine/Cargo.toml:1"]);
}
