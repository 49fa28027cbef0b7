//! Tells code from comments and from quoted text, in Rust and TypeScript.
//!
//! It is no parser: a few lines that know where comments and literals begin and end, so that a word
//! in a comment is not taken for a call.

use crate::tree::{File, line_at};

/// A text thrice, each the same length in lines: what is not of its kind is blank.
pub struct Parts {
    pub code: String,
    pub comments: String,
    /// Literals without their quotes, with the line they begin on.
    pub literals: Vec<(usize, String)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Code,
    Comment,
    Literal,
}

pub fn parts(file: &File) -> Parts {
    let text = &file.text;
    let mut parts = Parts {
        code: String::new(),
        comments: String::new(),
        literals: Vec::new(),
    };
    let mut at = 0;
    while at < text.len() {
        let (kind, length) = token(&text[..at], &text[at..], file.is_rust());
        let piece = &text[at..at + length];
        let blank: String = piece
            .chars()
            .map(|c| if c == '\n' { c } else { ' ' })
            .collect();
        let (code, comment) = match kind {
            Kind::Code => (piece, blank.as_str()),
            Kind::Comment => (blank.as_str(), piece),
            Kind::Literal => (blank.as_str(), blank.as_str()),
        };
        parts.code.push_str(code);
        parts.comments.push_str(comment);
        if kind == Kind::Literal {
            let inner = piece
                .trim_start_matches(['r', 'b', 'c', '#'])
                .trim_end_matches('#');
            let inner = inner.trim_matches(['"', '\'', '`']);
            parts.literals.push((line_at(text, at), inner.to_owned()));
        }
        at += length;
    }
    parts
}

/// The kind and the length in bytes of what stands at the beginning of `rest`.
fn token(before: &str, rest: &str, rust: bool) -> (Kind, usize) {
    let first = rest.chars().next().map_or(0, char::len_utf8);
    if rest.starts_with("//") {
        return (Kind::Comment, rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return (Kind::Comment, block(rest, rust));
    }
    if rust {
        if let Some(length) = raw(before, rest) {
            return (Kind::Literal, length);
        }
        return match rest.as_bytes()[0] {
            b'"' => (Kind::Literal, quoted(rest, '"', true)),
            b'\'' if is_char(rest) => (Kind::Literal, quoted(rest, '\'', false)),
            _ => (Kind::Code, first),
        };
    }
    match rest.as_bytes()[0] {
        b'"' => (Kind::Literal, quoted(rest, '"', false)),
        b'\'' => (Kind::Literal, quoted(rest, '\'', false)),
        b'`' => (Kind::Literal, quoted(rest, '`', true)),
        b'/' if is_pattern(before) => (Kind::Literal, pattern(rest)),
        _ => (Kind::Code, first),
    }
}

/// A block comment, which nests in Rust.
fn block(rest: &str, nests: bool) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("/*") && (nests || depth == 0) {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// A literal up to its closing quote; one that may not span lines ends with its line.
fn quoted(rest: &str, quote: char, lines: bool) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '\n' if !lines => return at,
            _ if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

/// `r"…"`, `r#"…"#`, `br"…"`: up to the quote followed by as many `#`.
fn raw(before: &str, rest: &str) -> Option<usize> {
    if before.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
        return None;
    }
    let body = ["r", "br", "cr"]
        .iter()
        .find_map(|start| rest.strip_prefix(start))?;
    let hashes = body.len() - body.trim_start_matches('#').len();
    let inner = body[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let inner_length = inner
        .find(&end)
        .map_or(inner.len(), |found| found + end.len());
    Some(rest.len() - inner.len() + inner_length)
}

/// `'a'` or `'\n'`, and not the lifetime `'a`.
fn is_char(rest: &str) -> bool {
    let mut chars = rest.chars().skip(1);
    match (chars.next(), chars.next()) {
        (Some('\\'), _) => true,
        (_, third) => third == Some('\''),
    }
}

/// A slash where no division can stand begins a regular expression.
fn is_pattern(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or("").trim_end();
    line.ends_with(['(', ',', '=', ':', '[', '!', '&', '|', '?', '{', '}', ';'])
        || line.is_empty()
        || line.ends_with("return")
        || line.ends_with("=>")
}

fn pattern(rest: &str) -> usize {
    let (mut escaped, mut class) = (false, false);
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '\n' => return at,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => class = true,
            ']' => class = false,
            '/' if !class => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// The lines on which a word stands alone: `unsafe`, and not `unsafe_code`.
pub fn lines_with_word(text: &str, word: &str) -> Vec<usize> {
    let inside = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word)
        .filter(|(at, _)| {
            !text[..*at].ends_with(inside) && !text[at + word.len()..].starts_with(inside)
        })
        .map(|(at, _)| line_at(text, at))
        .collect()
}

#[test]
fn code_is_told_from_comments_and_literals_in_rust() {
    let text =
        "let a = 'x'; // one\nfn b<'a>() { \"two\\\" // no\" } /* /* three */ */ r#\"fo\"ur\"# c";
    let parts = parts(&File::new("a.rs", text));
    let code: Vec<&str> = parts.code.split_whitespace().collect();
    assert_eq!(code.join(" "), "let a = ; fn b<'a>() { } c");
    let comments: Vec<&str> = parts.comments.split_whitespace().collect();
    assert_eq!(comments.join(" "), "// one /* /* three */ */");
    let literals: Vec<&str> = parts
        .literals
        .iter()
        .map(|(_, literal)| literal.as_str())
        .collect();
    assert_eq!(literals, ["x", "two\\\" // no", "fo\"ur"]);
}

#[test]
fn code_is_told_from_comments_and_literals_in_typescript() {
    let text = "it('one', /[/'\"]/); // don't\nconst a = `two\nthree`; <p>don't</p>\nb / c / d";
    let parts = parts(&File::new("a.tsx", text));
    let code: Vec<&str> = parts.code.split_whitespace().collect();
    assert_eq!(code.join(" "), "it( , ); const a = ; <p>don b / c / d");
    assert_eq!(parts.comments.trim(), "// don't");
    assert_eq!(parts.literals[0], (1, "one".to_owned()));
    assert_eq!(parts.literals[2], (2, "two\nthree".to_owned()));
}

#[test]
fn a_word_is_found_only_where_it_stands_alone() {
    assert_eq!(
        lines_with_word("unsafe_code\nunsafe {\nnot_unsafe", "unsafe"),
        [2]
    );
}
