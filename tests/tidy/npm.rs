//! What comes from npm: lock files that install anywhere, licences we may ship.

use crate::licences::{ADVICE, allowed};
use crate::tree::{File, Finding, all, finds, hold};
use serde_json::Value;

/// Every lock file, read.
fn locks(files: &[File]) -> impl Iterator<Item = (&File, Value)> {
    files
        .iter()
        .filter(|file| file.path.ends_with("package-lock.json"))
        .map(|file| {
            (
                file,
                serde_json::from_str(&file.text).expect("a lock file is JSON"),
            )
        })
}

fn forbidden_licences(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, lock) in locks(files) {
        for (name, package) in lock["packages"].as_object().into_iter().flatten() {
            // Tools that only build or test the bundle do not ship with it.
            let tool = ["dev", "devOptional"]
                .iter()
                .any(|flag| package[flag] == true);
            let licence = package["license"].as_str().unwrap_or("");
            if !name.is_empty() && !tool && !allowed(licence) {
                let what = format!("{name} is under `{licence}`: {ADVICE}");
                findings.push(Finding::new(&file.path, 1, what));
            }
        }
    }
    findings
}

#[test]
fn every_npm_package_in_the_bundle_has_a_licence_we_may_ship() {
    hold(forbidden_licences(all()));
}

#[test]
fn an_npm_package_with_another_licence_is_found() {
    let text = r#"{ "packages": {
        "": {},
        "node_modules/a": { "license": "MIT" },
        "node_modules/b": { "license": "GPL-2.0" },
        "node_modules/c": { "license": "GPL-2.0", "dev": true }
    } }"#;
    let findings = forbidden_licences(&[File::new("web/package-lock.json", text)]);
    assert!(
        findings[0]
            .what
            .starts_with("node_modules/b is under `GPL-2.0`")
    );
    finds(findings, &["web/package-lock.json:1"]);
}

/// Packages that another needs and the lock does not have: `npm ci` refuses such a lock.
fn incomplete(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, lock) in locks(files) {
        let Some(packages) = lock["packages"].as_object() else {
            continue;
        };
        for package in packages.values() {
            let needed = ["dependencies", "devDependencies", "optionalDependencies"]
                .iter()
                .filter_map(|kind| package[*kind].as_object())
                .flat_map(|kind| kind.keys());
            for name in needed {
                let end = format!("node_modules/{name}");
                if !packages.keys().any(|path| path.ends_with(&end)) {
                    let what = format!("{name} is missing, `npm ci` will refuse: lock it by hand");
                    findings.push(Finding::new(&file.path, 1, what));
                }
            }
        }
    }
    findings
}

#[test]
fn every_lock_file_is_complete() {
    hold(incomplete(all()));
}

#[test]
fn a_lock_file_with_a_package_missing_is_found() {
    let text = r#"{ "packages": {
        "": { "devDependencies": { "a": "1" } },
        "node_modules/a": { "optionalDependencies": { "b": "1", "c": "1" } },
        "node_modules/a/node_modules/b": {}
    } }"#;
    let findings = incomplete(&[File::new("web/package-lock.json", text)]);
    assert!(findings[0].what.starts_with("c is missing"));
    finds(findings, &["web/package-lock.json:1"]);
}

/// Lock files of npm that say from which host a package came: other people have other mirrors.
fn named_hosts(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for lock in files
        .iter()
        .filter(|file| file.path.ends_with("package-lock.json"))
    {
        for (index, line) in lock.text.lines().enumerate() {
            if line.trim_start().starts_with("\"resolved\": \"http") {
                let what = "set omit-lockfile-registry-resolved=true in .npmrc and lock again";
                findings.push(Finding::new(&lock.path, index + 1, what));
            }
        }
    }
    findings
}

#[test]
fn no_lock_file_names_a_host() {
    hold(named_hosts(all()));
}

#[test]
fn a_lock_file_with_a_host_is_found() {
    let text = "{\n  \"version\": \"1.0.0\",\n  \"resolved\": \"https://example.org/a.tgz\"\n}";
    finds(
        named_hosts(&[File::new("web/package-lock.json", text)]),
        &["web/package-lock.json:3"],
    );
}
