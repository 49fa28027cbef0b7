//! The files of the project, and what is wrong with them.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Folders that hold nothing of ours.
const NOT_OURS: &[&str] = &[".git", "data", "target", "web/dist"];

/// One file: its path from the root, with `/`, and its text (empty when it is not text).
pub struct File {
    pub path: String,
    pub text: String,
}

impl File {
    pub fn new(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    /// What follows the last dot of the name; scripts have no dot.
    pub fn extension(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        name.rsplit_once('.').map_or("", |(_, extension)| extension)
    }

    /// Rust or TypeScript: a language that `code` can read.
    pub fn is_code(&self) -> bool {
        self.is_rust() || self.is_script()
    }

    pub fn is_rust(&self) -> bool {
        self.extension() == "rs"
    }

    pub fn is_script(&self) -> bool {
        ["ts", "tsx", "js", "mjs"].contains(&self.extension())
    }

    /// Lives in a folder or file of tests, or of tools that run by hand.
    pub fn is_test(&self) -> bool {
        let parts: Vec<&str> = self.path.split('/').collect();
        ["tests", "examples"]
            .iter()
            .any(|folder| parts.contains(folder))
            || ["tests.rs", "test.rs"]
                .iter()
                .any(|end| self.path.ends_with(end))
            || [".test.ts", ".test.tsx"]
                .iter()
                .any(|end| self.path.ends_with(end))
    }
}

/// Something to mend: where, and what to do.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    pub path: String,
    pub line: usize,
    pub what: String,
}

impl Finding {
    pub fn new(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            what: what.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

/// Passes when nothing was found, else lists what to do.
#[track_caller]
pub fn hold(mut findings: Vec<Finding>) {
    findings.sort();
    let list: Vec<String> = findings.iter().map(Finding::to_string).collect();
    assert!(list.is_empty(), "\n{}\n", list.join("\n"));
}

/// The control of a check: it found exactly these places.
#[track_caller]
pub fn finds(mut findings: Vec<Finding>, places: &[&str]) {
    findings.sort();
    let found: Vec<String> = findings
        .iter()
        .map(|finding| format!("{}:{}", finding.path, finding.line))
        .collect();
    assert_eq!(found, places);
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file of the project, read once.
pub fn all() -> &'static [File] {
    static ALL: OnceLock<Vec<File>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut files = Vec::new();
        walk(root(), "", &mut files);
        files
    })
}

fn walk(folder: &Path, prefix: &str, files: &mut Vec<File>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for entry in entries {
        let name = entry.file_name().unwrap().to_string_lossy();
        let path = format!("{prefix}{name}");
        if name == "node_modules" || NOT_OURS.contains(&path.as_str()) {
            continue;
        }
        if entry.is_dir() {
            walk(&entry, &format!("{path}/"), files);
        } else {
            // A file that vanished meanwhile, or holds no text, has nothing to say.
            let text = fs::read_to_string(&entry).unwrap_or_default();
            files.push(File { path, text });
        }
    }
}

/// The line, counted from 1, of a byte offset.
pub fn line_at(text: &str, offset: usize) -> usize {
    text[..offset].matches('\n').count() + 1
}

/// The last line of a file that begins with one of these words, or its first line.
pub fn line_of(path: &str, beginnings: &[String]) -> usize {
    let text = all()
        .iter()
        .find(|file| file.path == path)
        .map_or("", |file| &file.text);
    let mut found = 1;
    for (index, line) in text.lines().enumerate() {
        if beginnings
            .iter()
            .any(|beginning| line.trim_start().starts_with(beginning))
        {
            found = index + 1;
        }
    }
    found
}

/// A place where a rule does not hold, and why that is right.
pub struct Exception {
    pub what: &'static str,
    pub reason: &'static str,
}

/// Reads as a sentence in a table: this, for that reason.
pub const fn except(what: &'static str, reason: &'static str) -> Exception {
    Exception { what, reason }
}

/// Whether a table names it.
pub fn excepted(table: &[Exception], what: &str) -> bool {
    table.iter().any(|exception| exception.what == what)
}

/// Exceptions nobody needs any more, or without a reason.
pub fn stale(table: &[Exception], file: &str, needed: impl Fn(&str) -> bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    for Exception { what, reason } in table {
        let line = line_of(
            file,
            &[format!("except(\"{what}\","), format!("\"{what}\",")],
        );
        if !needed(what) {
            let advice = format!("the exception for `{what}` is not needed: delete it");
            findings.push(Finding::new(file, line, advice));
        }
        if reason.is_empty() {
            let advice = format!("the exception for `{what}` has no reason: write it");
            findings.push(Finding::new(file, line, advice));
        }
    }
    findings
}

#[test]
fn an_exception_without_need_or_reason_is_found() {
    let table = [
        except("needed", "because"),
        except("gone", "because"),
        except("needed", ""),
    ];
    let findings = stale(&table, "t.rs", |what| what == "needed");
    assert_eq!(findings.len(), 2);
    assert!(findings[0].what.contains("`gone` is not needed"));
    assert!(findings[1].what.contains("`needed` has no reason"));
}
