//! Who may know whom: protocol <- actors <- src, and the web side beside them.

use crate::code::parts;
use crate::paths::paths;
use crate::tree::{File, Finding, all, finds, hold};

/// Files under `within` never name these crates or modules.
struct Border {
    within: &'static [&'static str],
    except: &'static [&'static str],
    never: &'static [&'static str],
    /// Tests may cross it: they read golden files and wait.
    tests_may: bool,
    why: &'static str,
}

const BORDERS: &[Border] = &[
    Border {
        within: &["protocol/"],
        except: &[],
        never: &[
            "actix",
            "actix_rt",
            "axum",
            "footage",
            "footage_actors",
            "footage_loadtest",
            "hyper",
            "sqlx",
            "tokio",
            "tokio_tungstenite",
        ],
        tests_may: false,
        why: "the protocol knows nothing of ours and runs nowhere: it is the words on the wire",
    },
    Border {
        within: &["protocol/"],
        except: &["protocol/build.rs"],
        never: &[
            "std::env",
            "std::fs",
            "std::net",
            "std::process",
            "std::thread",
            "std::time::Instant",
            "std::time::SystemTime",
        ],
        tests_may: true,
        why: "the protocol has no I/O and no clock: take the bytes or the time as an argument",
    },
    Border {
        within: &["actors/"],
        except: &[],
        never: &[
            "axum",
            "footage",
            "footage_loadtest",
            "hyper",
            "redis",
            "sqlx",
            "std::env",
            "tokio::fs",
            "tokio::net",
            "tokio_tungstenite",
            "tungstenite",
        ],
        tests_may: false,
        why: "actors reach the outside through their ports: add a port, or move this to src/",
    },
    Border {
        within: &["actors/"],
        except: &[],
        never: &["std::fs", "std::net"],
        tests_may: true,
        why: "actors reach the outside through their ports: add a port, or move this to src/",
    },
    Border {
        within: &["loadtest/", "protocol/", "src/", "tests/"],
        except: &[],
        never: &["actix", "actix_rt"],
        tests_may: false,
        why: "the word actix stays inside actors/: offer what is needed from there",
    },
    Border {
        within: &["actors/", "loadtest/", "protocol/", "src/", "tests/"],
        except: &["protocol/src/codec.rs"],
        never: &["rmp", "rmp_serde", "rmpv"],
        tests_may: false,
        why: "one bounded decoder: call footage_protocol's codec (protocol/src/codec.rs)",
    },
    Border {
        within: &["loadtest/"],
        except: &[],
        never: &["footage", "footage_actors"],
        tests_may: false,
        why: "the load test is a black box: it knows the protocol and the database only",
    },
];

fn crossed(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        let paths = paths(&parts(file).code);
        for border in BORDERS {
            let within = border
                .within
                .iter()
                .any(|place| file.path.starts_with(place));
            let free =
                border.except.contains(&file.path.as_str()) || (border.tests_may && file.is_test());
            if !within || free {
                continue;
            }
            for (line, path) in &paths {
                let named = border.never.iter().find(|never| {
                    path.strip_prefix(**never)
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
                });
                if let Some(never) = named {
                    let what = format!("never `{never}` here: {}", border.why);
                    findings.push(Finding::new(&file.path, *line, what));
                }
            }
        }
    }
    findings
}

#[test]
fn the_direction_is_protocol_actors_src_and_never_back() {
    hold(crossed(all()));
}

#[test]
fn a_crossed_border_is_found() {
    let files = [
        File::new(
            "protocol/src/a.rs",
            "use std::{fs, time::Duration};\nuse tokio::time;",
        ),
        File::new(
            "protocol/src/a/tests.rs",
            "use std::fs;\nuse footage_actors::end;",
        ),
        File::new("protocol/src/codec.rs", "use rmp_serde::Deserializer;"),
        File::new(
            "actors/src/a.rs",
            "// sqlx::query\nuse actix::Actor;\nlet a = sqlx::query(b);",
        ),
        File::new(
            "src/a.rs",
            "use footage_actors::end;\n#[actix::main]\nlet a = b::actix::c;",
        ),
        File::new("src/b.rs", "\nrmp_serde::from_slice(b)"),
        File::new(
            "loadtest/src/a.rs",
            "use footage_protocol::Kind;\nuse footage::config;",
        ),
    ];
    let places = [
        "actors/src/a.rs:3",
        "loadtest/src/a.rs:2",
        "protocol/src/a.rs:1",
        "protocol/src/a.rs:2",
        "protocol/src/a/tests.rs:2",
        "src/a.rs:2",
        "src/b.rs:2",
    ];
    finds(crossed(&files), &places);
}

/// What the web side may read from outside its folder.
const OUTSIDE_WEB: &[&str] = &["protocol/settings.json", "protocol/vectors/"];

fn left_web(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let web = files
        .iter()
        .filter(|file| file.is_script() && file.path.starts_with("web/"));
    for file in web {
        let parts = parts(file);
        for (line, literal) in &parts.literals {
            let code = parts.code.lines().nth(line - 1).unwrap_or("");
            let imported = code.contains("from") || code.contains("import");
            let Some(target) = imported.then(|| resolved(&file.path, literal)).flatten() else {
                continue;
            };
            let inside = target.starts_with("web/");
            if !inside && !OUTSIDE_WEB.iter().any(|place| target.starts_with(place)) {
                let what =
                    format!("never `{target}` here: the web side knows {OUTSIDE_WEB:?} only");
                findings.push(Finding::new(&file.path, *line, what));
            }
        }
    }
    findings
}

/// The path from the root that a relative import means.
fn resolved(from: &str, import: &str) -> Option<String> {
    if !import.starts_with("../") {
        return None;
    }
    let mut folders: Vec<&str> = from.split('/').collect();
    folders.pop();
    for part in import.split('/') {
        match part {
            ".." => drop(folders.pop()),
            "." => {}
            _ => folders.push(part),
        }
    }
    Some(folders.join("/"))
}

#[test]
fn the_web_side_reads_only_settings_and_vectors_from_outside() {
    hold(left_web(all()));
}

#[test]
fn an_import_from_outside_the_web_side_is_found() {
    let text = "import a from '../../protocol/settings.json';\nimport b from '../shared/b.ts';\n\
                const c = '../../src/main.rs';\nimport d from '../../loadtest/d.json';";
    finds(
        left_web(&[File::new("web/recorder/a.ts", text)]),
        &["web/recorder/a.ts:4"],
    );
}
