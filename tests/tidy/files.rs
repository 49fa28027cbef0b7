//! Sizes, names and leftovers.

use crate::code::{lines_with_word, parts};
use crate::tree::{Exception, File, Finding, all, excepted, finds, hold, line_at, stale};

const HERE: &str = "tests/tidy/files.rs";

const LINES_MAX: usize = 400;
/// Files that may be longer.
const LONG: &[Exception] = &[];
/// Files that may hold `unsafe`.
const UNSAFE: &[Exception] = &[];

const EMPTY_NAMES: &[&str] = &[
    "common", "helper", "helpers", "misc", "types", "util", "utils",
];
const MARKERS: &[&str] = &["TODO", "FIXME", "XXX"];

/// Written by people: no lock files, nothing generated, no golden bytes.
fn is_written(file: &File) -> bool {
    let written = ["rs", "ts", "tsx", "js", "mjs", "sql", "css", "sh", ""];
    let generated = ["generated/", ".gen.", ".d.ts", "protocol/vectors/"];
    written.contains(&file.extension())
        && file.path != "LICENSE"
        && !generated.iter().any(|part| file.path.contains(part))
}

fn long_files(files: &[File]) -> Vec<Finding> {
    files
        .iter()
        .filter(|file| is_written(file) && file.text.lines().count() > LINES_MAX)
        .map(|file| {
            let lines = file.text.lines().count();
            let what = format!(
                "{lines} lines, {LINES_MAX} are the ceiling: split it by step, or move its tests out"
            );
            Finding::new(&file.path, LINES_MAX + 1, what)
        })
        .collect()
}

#[test]
fn no_file_is_longer_than_400_lines() {
    let mut findings = long_files(all());
    let needed = |path: &str| findings.iter().any(|finding| finding.path == path);
    let stale = stale(LONG, HERE, needed);
    findings.retain(|finding| !excepted(LONG, &finding.path));
    findings.extend(stale);
    hold(findings);
}

#[test]
fn a_long_file_is_found() {
    let files = [
        File::new("src/a.rs", &"\n".repeat(401)),
        File::new("src/b.rs", &"\n".repeat(400)),
        File::new("web/routes.gen.ts", &"\n".repeat(401)),
        File::new("Cargo.lock", &"\n".repeat(401)),
        File::new("scripts/run", &"\n".repeat(401)),
    ];
    finds(long_files(&files), &["scripts/run:401", "src/a.rs:401"]);
}

fn mod_files(files: &[File]) -> Vec<Finding> {
    files
        .iter()
        .filter(|file| file.path.ends_with("/mod.rs"))
        .map(|file| {
            Finding::new(
                &file.path,
                1,
                "move it to `foo.rs` beside its folder `foo/`",
            )
        })
        .collect()
}

#[test]
fn a_module_is_foo_rs_and_never_mod_rs() {
    hold(mod_files(all()));
}

#[test]
fn a_mod_rs_is_found() {
    finds(
        mod_files(&[File::new("src/net/mod.rs", "")]),
        &["src/net/mod.rs:1"],
    );
}

fn empty_names(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files {
        for part in file.path.split('/') {
            let stem = part.split('.').next().unwrap_or(part);
            if EMPTY_NAMES.contains(&stem.to_lowercase().as_str()) {
                let what = format!("`{part}` says nothing: name it after what it holds");
                findings.push(Finding::new(&file.path, 1, what));
            }
        }
    }
    findings
}

#[test]
fn every_name_says_what_is_inside() {
    hold(empty_names(all()));
}

#[test]
fn a_name_that_says_nothing_is_found() {
    let files = [
        File::new("src/util.rs", ""),
        File::new("tests/common/node.rs", ""),
        File::new("web/shared/types.test.ts", ""),
        File::new("src/utility_bill.rs", ""),
    ];
    let places = [
        "src/util.rs:1",
        "tests/common/node.rs:1",
        "web/shared/types.test.ts:1",
    ];
    finds(empty_names(&files), &places);
}

fn unsafe_code(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| file.is_rust()) {
        for line in lines_with_word(&parts(file).code, "unsafe") {
            let what = "find a safe way, or name this file with its reason in tests/tidy/files.rs";
            findings.push(Finding::new(&file.path, line, what));
        }
    }
    findings
}

#[test]
fn unsafe_stands_only_in_named_files() {
    let mut findings = unsafe_code(all());
    let needed = |path: &str| findings.iter().any(|finding| finding.path == path);
    let stale = stale(UNSAFE, HERE, needed);
    findings.retain(|finding| !excepted(UNSAFE, &finding.path));
    findings.extend(stale);
    hold(findings);
}

#[test]
fn an_unsafe_block_is_found() {
    let text = "#![forbid(unsafe_code)]\n// unsafe\nfn a() { unsafe { b() } }";
    finds(unsafe_code(&[File::new("src/a.rs", text)]), &["src/a.rs:3"]);
}

fn leftovers(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| is_written(file)) {
        let parts = parts(file);
        let remarks = if file.is_code() {
            &parts.comments
        } else {
            &file.text
        };
        for marker in MARKERS {
            for line in lines_with_word(remarks, marker) {
                let what = format!("do what the {marker} says, or file it, and delete the line");
                findings.push(Finding::new(&file.path, line, what));
            }
        }
        if file.path.contains("scripts/") {
            continue;
        }
        for call in ["dbg!", "console.log"] {
            for line in lines_with_word(&parts.code, call.trim_end_matches('!')) {
                if file.is_code()
                    && parts
                        .code
                        .lines()
                        .nth(line - 1)
                        .is_some_and(|l| l.contains(call))
                {
                    let what = format!("`{call}` was for looking: delete it, or log it properly");
                    findings.push(Finding::new(&file.path, line, what));
                }
            }
        }
    }
    findings
}

#[test]
fn nothing_is_left_half_done() {
    hold(leftovers(all()));
}

#[test]
fn a_leftover_is_found() {
    let files = [
        File::new(
            "src/a.rs",
            "// TODO: more\nfn a() { dbg!(1); }\nlet word = \"TODO\";",
        ),
        File::new("web/a.ts", "\nconsole.log(1);\n// FIXME\nconsole.warn(1);"),
        File::new("web/scripts/a.ts", "console.log(1);"),
        File::new("migrations/1.sql", "-- XXX"),
    ];
    let places = [
        "migrations/1.sql:1",
        "src/a.rs:1",
        "src/a.rs:2",
        "web/a.ts:2",
        "web/a.ts:3",
    ];
    finds(leftovers(&files), &places);
}

fn idle_tests(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|file| file.is_code()) {
        let code = parts(file).code;
        let mut found = |at: usize, what: &str| {
            let what = format!("`{what}` keeps a test from running: mend the test or delete it");
            findings.push(Finding::new(&file.path, line_at(&code, at), what));
        };
        if file.is_rust() {
            for (at, what) in code.match_indices("#[ignore") {
                found(at, what);
            }
            continue;
        }
        for call in [".only(", ".skip(", ".todo(", ".only.each(", ".skip.each("] {
            for (at, what) in code.match_indices(call) {
                let word = |c: char| c.is_alphanumeric() || c == '.' || c == '_';
                let chain = code[..at].rsplit(|c| !word(c)).next().unwrap_or("");
                let start = chain.split('.').next().unwrap_or("");
                if ["it", "test", "describe", "suite"].contains(&start) {
                    found(at, what);
                }
            }
        }
    }
    findings
}

#[test]
fn every_test_runs() {
    hold(idle_tests(all()));
}

#[test]
fn a_test_that_does_not_run_is_found() {
    let files = [
        File::new(
            "src/a.rs",
            "#[test]\n#[ignore = \"slow\"]\nfn a() { b.iter().skip(1) }",
        ),
        File::new(
            "web/a.test.ts",
            "it.only('a')\nlist.skip(1);\ndescribe.concurrent.skip('b')",
        ),
    ];
    finds(
        idle_tests(&files),
        &["src/a.rs:2", "web/a.test.ts:1", "web/a.test.ts:3"],
    );
}
