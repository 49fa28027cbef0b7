//! Pages that must exist, links that must lead somewhere, rules that must have a test.

use crate::code::parts;
use crate::tree::{File, Finding, all, finds, hold, line_at};
use std::collections::BTreeSet;

const PAGES: &[&str] = &[
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "README.md",
    "protocol/README.md",
];

fn missing_pages(files: &[File]) -> Vec<Finding> {
    PAGES
        .iter()
        .filter(|page| {
            !files
                .iter()
                .any(|file| file.path == **page && !file.text.is_empty())
        })
        .map(|page| Finding::new(page, 1, "write this page"))
        .collect()
}

#[test]
fn every_page_a_newcomer_looks_for_is_there() {
    hold(missing_pages(all()));
}

#[test]
fn a_missing_page_is_found() {
    let files: Vec<File> = PAGES[1..]
        .iter()
        .map(|page| File::new(page, "text"))
        .collect();
    finds(missing_pages(&files), &["ARCHITECTURE.md:1"]);
}

fn dead_links(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for page in files.iter().filter(|file| file.extension() == "md") {
        let folder = page.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (at, _) in page.text.match_indices("](") {
            let link = page.text[at + 2..]
                .split([')', '#', ' '])
                .next()
                .unwrap_or("");
            if link.is_empty() || link.contains(':') {
                continue;
            }
            let target = resolved(folder, link);
            let inside = format!("{target}/");
            if !files
                .iter()
                .any(|file| file.path == target || file.path.starts_with(&inside))
            {
                let what = format!("`{link}` leads nowhere: mend the link");
                findings.push(Finding::new(&page.path, line_at(&page.text, at), what));
            }
        }
    }
    findings
}

/// Where a relative link of a page in `folder` leads.
fn resolved(folder: &str, link: &str) -> String {
    let mut path = Vec::new();
    for step in folder.split('/').chain(link.split('/')) {
        match step {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            name => path.push(name),
        }
    }
    path.join("/")
}

#[test]
fn every_link_in_a_page_leads_somewhere() {
    hold(dead_links(all()));
}

#[test]
fn a_dead_link_is_found() {
    let text = "[a](b.md#c) [d](e/) [l](../m.md)\n![f](g.png) [h](https://example.org) [i](#j)";
    let files = [
        File::new("m.md", ""),
        File::new("docs/a.md", text),
        File::new("docs/b.md", ""),
        File::new("docs/e/k.md", ""),
    ];
    finds(dead_links(&files), &["docs/a.md:2"]);
}

/// Pages with numbered rules, the letter of their numbers, and where their tests live.
const RULES: &[(&str, char, &str)] = &[
    ("protocol/README.md", 'W', "protocol/"),
    ("actors/README.md", 'A', "actors/"),
    ("web/recorder/SPEC.md", 'R', "web/recorder/"),
];

/// A line that begins with a number like `R7`, whatever list, heading, table or bold is around it.
fn rules(page: &File, letter: char) -> Vec<(usize, String)> {
    let mut rules = Vec::new();
    for (index, line) in page.text.lines().enumerate() {
        let line = line.trim_start_matches(['#', '-', '*', '|', '[', '`', ' ']);
        let Some(rest) = line.strip_prefix(letter) else {
            continue;
        };
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        let after = rest[digits.len()..].chars().next();
        if !digits.is_empty() && !after.is_some_and(char::is_alphanumeric) {
            rules.push((index + 1, format!("{letter}{digits}")));
        }
    }
    rules
}

/// What the titles of tests quote: `R7` in a TypeScript title, `w3` between the `_` of a Rust one.
fn quoted(files: &[File], place: &str) -> BTreeSet<String> {
    let mut quoted = BTreeSet::new();
    for file in files
        .iter()
        .filter(|file| file.path.starts_with(place) && file.is_code())
    {
        let parts = parts(file);
        if file.is_rust() {
            for name in parts.code.split("fn ").skip(1) {
                let name = name
                    .split(|c: char| !c.is_alphanumeric() && c != '_')
                    .next();
                quoted.extend(name.unwrap_or("").split('_').map(str::to_uppercase));
            }
        } else if file.is_test() {
            for (_, title) in &parts.literals {
                let words = title.split(|c: char| !c.is_alphanumeric());
                quoted.extend(words.map(str::to_owned));
            }
        }
    }
    quoted
}

fn untested_rules(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, letter, place) in RULES {
        let Some(page) = files.iter().find(|file| file.path == *path) else {
            continue;
        };
        let quoted = quoted(files, place);
        for (line, rule) in rules(page, *letter) {
            if !quoted.contains(&rule) {
                let what = format!("no test under {place} has {rule} in its title: write one");
                findings.push(Finding::new(path, line, what));
            }
        }
    }
    findings
}

#[test]
fn every_numbered_rule_is_quoted_by_a_test() {
    hold(untested_rules(all()));
}

#[test]
fn a_rule_without_a_test_is_found() {
    let spec =
        "# The recorder\n\n- **R1** masks.\n## R2: numbers\n| R3 | resends |\nSee R4. R5x no.";
    let files = [
        File::new("web/recorder/SPEC.md", spec),
        File::new(
            "web/recorder/mask.test.ts",
            "it('R1 masks', a); // R2\nit('[R3] resends', b);",
        ),
        File::new("web/player/a.test.ts", "it('R2 numbers', a);"),
        File::new("protocol/README.md", "W1. one\nW2. two"),
        File::new(
            "protocol/src/codec/tests.rs",
            "#[test]\nfn w1_one_and_more() {}",
        ),
    ];
    finds(
        untested_rules(&files),
        &["protocol/README.md:2", "web/recorder/SPEC.md:4"],
    );
}
