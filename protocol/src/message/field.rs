//! How text and bytes are read and written: borrowed, and never one in place of the other.

use std::fmt;
use std::marker::PhantomData;

use serde::Serializer;
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

/// Reads text, borrowed from the input.
///
/// Text holds no U+0000, which Postgres could not store.
pub(super) fn text<'de, T: From<&'de str>, D: Deserializer<'de>>(input: D) -> Result<T, D::Error> {
    input.deserialize_str(TextVisitor).map(T::from)
}

/// Reads text or nil, borrowed from the input.
pub(super) fn text_or_nil<'de, D: Deserializer<'de>>(
    input: D,
) -> Result<Option<&'de str>, D::Error> {
    let text = Option::<Text<&'de str>>::deserialize(input)?;
    Ok(text.map(|text| text.0))
}

/// Reads an array.
pub(super) fn list<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    input: D,
) -> Result<Vec<T>, D::Error> {
    input.deserialize_any(ListVisitor(PhantomData))
}

/// Reads an array of texts, borrowed from the input.
pub(super) fn texts<'de, T: From<&'de str>, D: Deserializer<'de>>(
    input: D,
) -> Result<Vec<T>, D::Error> {
    let texts: Vec<Text<T>> = list(input)?;
    Ok(texts.into_iter().map(|text| text.0).collect())
}

/// Reads bytes, borrowed from the input.
pub(super) fn bin<'de, D: Deserializer<'de>>(input: D) -> Result<&'de [u8], D::Error> {
    input.deserialize_bytes(BinVisitor)
}

/// Writes bytes; as hexadecimal digits to humans.
pub(super) fn write_bin<S: Serializer>(bytes: &[u8], output: S) -> Result<S::Ok, S::Error> {
    if output.is_human_readable() {
        output.collect_str(&Hex(bytes))
    } else {
        output.serialize_bytes(bytes)
    }
}

/// Bytes that read as hexadecimal digits.
struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// One text inside of something else.
struct Text<T>(T);

impl<'de, T: From<&'de str>> Deserialize<'de> for Text<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        text(input).map(Text)
    }
}

/// Takes text without U+0000.
struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = &'de str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        if text.contains('\0') {
            return Err(E::custom("text holds U+0000"));
        }
        Ok(text)
    }
}

/// Takes bytes.
struct BinVisitor;

impl<'de> Visitor<'de> for BinVisitor {
    type Value = &'de [u8];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes")
    }

    fn visit_borrowed_bytes<E>(self, bytes: &'de [u8]) -> Result<Self::Value, E> {
        Ok(bytes)
    }
}

/// Takes an array, and makes room only for what really comes.
struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Vec<T>, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = elements.next_element()? {
            list.push(element);
        }
        Ok(list)
    }
}
