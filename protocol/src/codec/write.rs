//! From a message to its array: the kind first, then the fields.

use serde::de::SeqAccess;
use serde::{Deserialize, Serialize};

use super::append;
use super::read::Fields;
use crate::error::WireError;

/// The fields of a message behind its kind.
pub trait Body<'a>: Sized {
    /// Reads the fields.
    fn read<A: SeqAccess<'a>>(fields: &mut Fields<A>) -> Result<Self, A::Error>;

    /// Appends the message of this kind.
    fn write(&self, kind: u8, out: &mut Vec<u8>) -> Result<(), WireError>;
}

impl<'a, T: Serialize + Deserialize<'a>> Body<'a> for T {
    fn read<A: SeqAccess<'a>>(fields: &mut Fields<A>) -> Result<Self, A::Error> {
        T::deserialize(fields)
    }

    fn write(&self, kind: u8, out: &mut Vec<u8>) -> Result<(), WireError> {
        write_behind_kind(kind, self, 0, out)
    }
}

/// Appends `[kind, fields…]`, with room in the array for so many fields behind these.
///
/// A struct is written as the array of its fields; the kind goes in between its marker and them.
pub(crate) fn write_behind_kind<T: Serialize>(
    kind: u8,
    fields: &T,
    fields_behind: u8,
    out: &mut Vec<u8>,
) -> Result<(), WireError> {
    let start = out.len();
    out.push(0);
    append(out, fields)?;
    // No message has more than the 15 elements that fit into the marker itself.
    out[start] = out[start + 1] + 1 + fields_behind;
    out[start + 1] = kind;
    Ok(())
}

/// Appends the marker and the length of a bin of `length` bytes, which the caller appends.
pub(crate) fn write_bin_header(length: usize, out: &mut Vec<u8>) -> Result<(), WireError> {
    if let Ok(length) = u8::try_from(length) {
        out.extend([0xc4, length]);
    } else if let Ok(length) = u16::try_from(length) {
        out.push(0xc5);
        out.extend(length.to_be_bytes());
    } else {
        let length = u32::try_from(length).map_err(|_| WireError::Encode)?;
        out.push(0xc6);
        out.extend(length.to_be_bytes());
    }
    Ok(())
}
