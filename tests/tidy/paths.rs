//! The paths that a Rust text names: `use` trees spread out, and `a::b::c` as it stands.

/// Every path in code without comments and literals, with its line.
pub fn paths(code: &str) -> Vec<(usize, String)> {
    let tokens = tokens(code);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let (line, token) = tokens[at];
        let next = tokens.get(at + 1).map_or("", |(_, token)| token);
        if token == "use" && next != "<" {
            at = tree(&tokens, at + 1, "", &mut found);
        } else if is_name(token) && next == "::" {
            let mut path = token.to_owned();
            while tokens.get(at + 1).is_some_and(|(_, token)| *token == "::")
                && tokens.get(at + 2).is_some_and(|(_, token)| is_name(token))
            {
                path = format!("{path}::{}", tokens[at + 2].1);
                at += 2;
            }
            found.push((line, path));
            at += 1;
        } else {
            at += 1;
        }
    }
    found
}

/// Reads one branch of a `use` up to its `,`, `}` or `;`, and says where it stopped.
fn tree(
    tokens: &[(usize, &str)],
    mut at: usize,
    prefix: &str,
    found: &mut Vec<(usize, String)>,
) -> usize {
    let mut path = prefix.to_owned();
    let mut line = 0;
    while let Some((here, token)) = tokens.get(at).copied() {
        match token {
            "{" => {
                at += 1;
                while tokens.get(at).is_some_and(|(_, token)| *token != "}") {
                    at = tree(tokens, at, &path, found);
                    if tokens.get(at).is_some_and(|(_, token)| *token == ",") {
                        at += 1;
                    }
                }
                return at + 1;
            }
            "," | "}" | ";" => break,
            "as" => at += 1,
            "::" => {}
            _ => {
                line = here;
                path = if path.is_empty() {
                    token.to_owned()
                } else {
                    format!("{path}::{token}")
                };
            }
        }
        at += 1;
    }
    if line > 0 {
        found.push((line, path));
    }
    at
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Names, `::`, and every other character by itself.
fn tokens(code: &str) -> Vec<(usize, &str)> {
    let mut tokens = Vec::new();
    for (index, text) in code.lines().enumerate() {
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let name = rest
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len());
            let length = match name {
                0 if rest.starts_with("::") => 2,
                0 => rest.chars().next().map_or(1, char::len_utf8),
                _ => name,
            };
            tokens.push((index + 1, &rest[..length]));
            rest = rest[length..].trim_start();
        }
    }
    tokens
}

#[test]
fn paths_are_read_from_use_trees_and_from_code() {
    let code = "use std::{fs, io::{self, Read as R}};\nuse ::tokio;\n\
                #[actix::main]\nfn a() -> impl B + use<'a> { std::env::var(x); y.z() }";
    let found: Vec<String> = paths(code)
        .into_iter()
        .map(|(line, path)| format!("{line} {path}"))
        .collect();
    let expected = [
        "1 std::fs",
        "1 std::io::self",
        "1 std::io::Read",
        "2 tokio",
        "3 actix::main",
        "4 std::env::var",
    ];
    assert_eq!(found, expected);
}
