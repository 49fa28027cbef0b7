//! Sets of numbers as Postgres writes them: `{[1,5),[7,8)}`, an `int8multirange`.

use footage_protocol::Ranges;

/// The set as a text that casts to `int8multirange`.
pub fn to_text(numbers: &Ranges) -> String {
    let ranges: Vec<String> = numbers
        .iter()
        .map(|range| format!("[{},{}]", range.start(), range.end()))
        .collect();
    format!("{{{}}}", ranges.join(","))
}

/// Reads what `int8multirange::text` gives; none when it is another text.
pub fn from_text(text: &str) -> Option<Ranges> {
    let inner = text.strip_prefix('{')?.strip_suffix('}')?;
    let mut numbers = Ranges::new();
    if inner.is_empty() {
        return Some(numbers);
    }
    let inner = inner.strip_prefix('[')?.strip_suffix(')')?;
    for range in inner.split("),[") {
        let (first, end) = range.split_once(',')?;
        let (first, end): (u64, u64) = (first.parse().ok()?, end.parse().ok()?);
        numbers.insert(first..=end.checked_sub(1)?);
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_written_and_read() {
        let mut numbers = Ranges::from(1..=4);
        numbers.insert(7..=7);
        assert_eq!(to_text(&numbers), "{[1,4],[7,7]}");
        assert_eq!(from_text("{[1,5),[7,8)}"), Some(numbers));
        assert_eq!(to_text(&Ranges::new()), "{}");
        assert_eq!(from_text("{}"), Some(Ranges::new()));
    }

    #[test]
    fn another_text_is_no_set() {
        for text in ["", "{", "{[1,}", "{[1,5]}", "{(,)}", "{[5,0)}"] {
            assert_eq!(from_text(text), None, "{text}");
        }
    }
}
