//! From an array to a message: the kind first, then the fields.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use crate::error::WireError;
use crate::message::SKIPPED_KINDS_END;

/// What came out of one message's bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decoded<M> {
    /// A message of a known kind.
    Message(M),
    /// A kind this version does not know and may pass over.
    Skipped(u8),
}

/// The messages of one direction. Implemented by this crate's two enums only.
pub trait Message<'a>: Sized {
    /// Reads the fields behind the kind; nothing when the kind is not known.
    fn read<A: SeqAccess<'a>>(kind: u8, fields: &mut Fields<A>) -> Result<Option<Self>, A::Error>;

    /// Appends the whole message.
    fn write(&self, out: &mut Vec<u8>) -> Result<(), WireError>;

    /// Holds every field against its limit.
    fn check(&self) -> Result<(), WireError>;
}

impl<'a, M: Message<'a>> Deserialize<'a> for Decoded<M> {
    fn deserialize<D: Deserializer<'a>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(MessageVisitor(PhantomData))
    }
}

/// Takes the array of a message.
struct MessageVisitor<M>(PhantomData<M>);

impl<'a, M: Message<'a>> Visitor<'a> for MessageVisitor<M> {
    type Value = Decoded<M>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array that begins with a kind")
    }

    fn visit_seq<A: SeqAccess<'a>>(self, elements: A) -> Result<Self::Value, A::Error> {
        let mut fields = Fields::new(elements);
        let kind: u8 = fields.take("kind")?;
        if let Some(message) = M::read(kind, &mut fields)? {
            return Ok(Decoded::Message(message));
        }
        if kind >= SKIPPED_KINDS_END {
            return Err(A::Error::custom(format_args!("kind {kind} is not known")));
        }
        while fields.elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Decoded::Skipped(kind))
    }
}

/// The fields of a message, read in order under their names.
///
/// An error names the field and leaves out what the field held, for errors end up in logs.
pub struct Fields<A> {
    elements: A,
    names: &'static [&'static str],
    taken: usize,
}

impl<A> Fields<A> {
    fn new(elements: A) -> Self {
        Self {
            elements,
            names: &[],
            taken: 0,
        }
    }

    /// Reads one more field, named `name`.
    pub(crate) fn take<'a, T: Deserialize<'a>>(&mut self, name: &'static str) -> Result<T, A::Error>
    where
        A: SeqAccess<'a>,
    {
        self.take_seed(name, PhantomData)
    }

    fn take_seed<'a, S: DeserializeSeed<'a>>(
        &mut self,
        name: &'static str,
        seed: S,
    ) -> Result<S::Value, A::Error>
    where
        A: SeqAccess<'a>,
    {
        match self.elements.next_element_seed(seed) {
            Ok(Some(value)) => Ok(value),
            Ok(None) => Err(A::Error::custom(format_args!("{name} is missing"))),
            Err(_) => Err(A::Error::custom(format_args!(
                "{name} has another type or a value that is not allowed"
            ))),
        }
    }
}

/// Reads a struct's fields, as many as it has, and leaves those behind them.
impl<'de, A: SeqAccess<'de>> Deserializer<'de> for &mut Fields<A> {
    type Error = A::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.names = names;
        self.taken = 0;
        visitor.visit_seq(self)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, A::Error> {
        visitor.visit_seq(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

impl<'a, A: SeqAccess<'a>> SeqAccess<'a> for &mut Fields<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'a>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, A::Error> {
        let name = self.names.get(self.taken).copied().unwrap_or("a field");
        self.taken += 1;
        self.take_seed(name, seed).map(Some)
    }
}
