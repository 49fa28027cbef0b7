//! What comes from others: where from, and how often.

use crate::tree::{Exception, Finding, except, excepted, finds, hold, line_of, root, stale};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::Command;
use std::sync::OnceLock;

const HERE: &str = "tests/tidy/supply.rs";
const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Crates that are built in more than one version.
const TWICE: &[Exception] = &[
    except(
        "base64",
        "sqlx and the metrics exporter are at 0.22, hyper-util and we at 0.23",
    ),
    except("block-buffer", "comes with digest"),
    except("cpufeatures", "comes with sha2"),
    except("crypto-common", "comes with digest"),
    except("digest", "comes with sha2"),
    except("getrandom", "comes with rand"),
    except(
        "hashbrown",
        "dashmap, sqlx and indexmap each pin another one",
    ),
    except(
        "rand",
        "governor and metrics are at 0.9, tungstenite, sqlx and we at 0.10",
    ),
    except("rand_core", "comes with rand"),
    except(
        "sha2",
        "sqlx's migrator is at 0.10, its Postgres side and we at 0.11",
    ),
    except(
        "syn",
        "derive macros at build time only, half of them moved to 3",
    ),
    except("tower-http", "reqwest, used by tests only, is at 0.6"),
];

/// One package of the build, ours or another's.
pub struct Package {
    pub name: String,
    pub version: String,
    pub licence: String,
    pub source: String,
    /// The folder of its manifest, from the root; only for ours.
    pub folder: String,
    pub dependencies: Vec<String>,
}

/// `cargo metadata` for this machine, without the network where that works.
pub fn metadata() -> &'static Value {
    static METADATA: OnceLock<Value> = OnceLock::new();
    METADATA.get_or_init(|| {
        let version = cargo(&["-vV"]).expect("cargo says its version");
        let host = version.lines().find_map(|line| line.strip_prefix("host: "));
        let common = ["metadata", "--format-version", "1", "--locked"];
        let mut asked = common.to_vec();
        asked.extend(["--filter-platform", host.expect("cargo names its host")]);
        let offline = [asked.as_slice(), &["--offline"]].concat();
        let text = cargo(&offline)
            .or_else(|_| cargo(&asked))
            .unwrap_or_else(|error| panic!("{error}"));
        serde_json::from_str(&text).expect("cargo metadata prints JSON")
    })
}

impl Package {
    pub fn manifest(&self) -> String {
        format!("{}Cargo.toml", self.folder)
    }

    /// Something about one of its dependencies, at the line that names it.
    pub fn finding(&self, dependency: &str, what: String) -> Finding {
        let manifest = self.manifest();
        let line = line_of(
            &manifest,
            &[format!("{dependency} "), format!("{dependency}.")],
        );
        Finding::new(&manifest, line, what)
    }
}

fn cargo(arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(root())
        .output()
        .map_err(|error| error.to_string())?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

pub fn packages(metadata: &Value) -> Vec<Package> {
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    let top = text(&metadata["workspace_root"]);
    let list = metadata["packages"]
        .as_array()
        .expect("packages are a list");
    list.iter()
        .map(|package| {
            let manifest = text(&package["manifest_path"]);
            let folder = manifest
                .trim_start_matches(&top)
                .trim_end_matches("Cargo.toml");
            let dependencies = package["dependencies"].as_array().into_iter().flatten();
            Package {
                name: text(&package["name"]),
                version: text(&package["version"]),
                licence: text(&package["license"]),
                source: text(&package["source"]),
                folder: folder.trim_start_matches('/').to_owned(),
                dependencies: dependencies.map(|one| text(&one["name"])).collect(),
            }
        })
        .collect()
}

pub fn ours(packages: &[Package]) -> impl Iterator<Item = &Package> {
    packages.iter().filter(|package| package.source.is_empty())
}

/// Where Cargo.lock names a crate.
pub fn locked(name: &str) -> usize {
    line_of("Cargo.lock", &[format!("name = \"{name}\"")])
}

fn strange_sources(packages: &[Package]) -> Vec<Finding> {
    packages
        .iter()
        .filter(|package| !["", REGISTRY].contains(&package.source.as_str()))
        .map(|package| {
            let what = format!(
                "{} comes from {}: use crates.io",
                package.name, package.source
            );
            Finding::new("Cargo.lock", locked(&package.name), what)
        })
        .collect()
}

#[test]
fn every_crate_is_ours_or_from_crates_io() {
    hold(strange_sources(&packages(metadata())));
}

#[test]
fn a_crate_from_elsewhere_is_found() {
    let metadata = json!({ "packages": [
        { "name": "ours", "source": null },
        { "name": "theirs", "source": REGISTRY },
        { "name": "strange", "source": "git+https://example.org/strange#1" },
    ] });
    let findings = strange_sources(&packages(&metadata));
    assert!(findings[0].what.starts_with("strange comes from git+"));
    finds(findings, &["Cargo.lock:1"]);
}

fn repeated(packages: &[Package], table: &[Exception]) -> Vec<Finding> {
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in packages {
        versions
            .entry(&package.name)
            .or_default()
            .push(&package.version);
    }
    versions.retain(|_, versions| versions.len() > 1);
    let mut findings = stale(table, HERE, |name| versions.contains_key(name));
    for (name, versions) in versions {
        if !excepted(table, name) {
            let what = format!(
                "{name} is built as {}: agree on one (`cargo tree -i {name}@…` says who wants \
                 which), or give the reason in {HERE}",
                versions.join(" and ")
            );
            findings.push(Finding::new("Cargo.lock", locked(name), what));
        }
    }
    findings
}

#[test]
fn every_crate_is_built_once_or_has_a_reason() {
    hold(repeated(&packages(metadata()), TWICE));
}

#[test]
fn a_crate_in_two_versions_is_found() {
    let metadata = json!({ "packages": [
        { "name": "a", "version": "1.0.0" }, { "name": "a", "version": "2.0.0" },
        { "name": "b", "version": "1.0.0" }, { "name": "b", "version": "2.0.0" },
        { "name": "c", "version": "1.0.0" },
    ] });
    let table = [except("b", "because"), except("c", "because")];
    let findings = repeated(&packages(&metadata), &table);
    let whats: Vec<&str> = findings
        .iter()
        .map(|finding| finding.what.as_str())
        .collect();
    assert!(
        whats[0].starts_with("the exception for `c` is not needed"),
        "{whats:?}"
    );
    assert!(
        whats[1].starts_with("a is built as 1.0.0 and 2.0.0"),
        "{whats:?}"
    );
    assert_eq!(whats.len(), 2);
}
