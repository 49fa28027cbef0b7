//! A scanner for MessagePack nobody vouches for.
//!
//! Payloads stay opaque to the server, yet a reader will decode them one day, so they are checked
//! once on the way in: well formed, not too deep, not too many values, nothing too long. The
//! scanner is a loop with its own stack, so that nesting costs no call; it can stop after any byte
//! and go on with the next slice, so that an event is checked while its parts arrive.
//!
//! It does not look at what values mean, nor whether text is UTF-8.

mod stack;

use crate::settings::settings;
use stack::{Frame, Stack};

/// Why bytes are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScanError {
    /// An extension type or the reserved byte 0xc1.
    #[error("byte {0:#04x} begins an extension or nothing; use only the plain MessagePack types")]
    Marker(u8),
    /// An array or a map is the key of a map.
    #[error("the key of a map is an array or a map; use text or a number")]
    Key,
    /// A map where only arrays are allowed.
    #[error("a message holds a map; write its fields as an array")]
    Map,
    /// The bytes end inside a value.
    #[error("the bytes end inside a value; send it whole")]
    Unfinished,
    /// Containers nest too deeply.
    #[error("nested deeper than {max}; leave the innermost values out")]
    TooDeep {
        /// The deepest allowed nesting.
        max: usize,
    },
    /// There are, or are announced, too many values.
    #[error("more than {max} values; send fewer at a time")]
    TooManyItems {
        /// The most values.
        max: u32,
    },
    /// One string or bin is too long.
    #[error("a string of {length} bytes, at most {max} are allowed; shorten it")]
    StringTooLong {
        /// Its announced length, bytes.
        length: u64,
        /// The longest allowed, bytes.
        max: u64,
    },
    /// All slices together are too long.
    #[error("more than {max} bytes; send less at a time")]
    TooLong {
        /// The most bytes.
        max: u64,
    },
}

/// How much a scanner lets pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScanLimits {
    /// Arrays and maps inside one another.
    pub nesting_max: usize,
    /// Values, each container and each of its keys and elements counted.
    pub items_max: u32,
    /// Bytes of one string or bin.
    pub string_bytes_max: u64,
    /// Bytes of everything.
    pub bytes_max: u64,
    /// Whether maps are allowed.
    pub maps: bool,
}

impl ScanLimits {
    /// For the inflated payload of a whole batch.
    pub const fn of_batch() -> Self {
        let limits = &settings().limits;
        Self {
            nesting_max: limits.nesting_max as usize,
            items_max: limits.batch_items_max as u32,
            string_bytes_max: limits.string_bytes_max,
            bytes_max: limits.batch_inflated_bytes_max,
            maps: true,
        }
    }

    /// For one event over all its inflated parts.
    pub const fn of_event() -> Self {
        let limits = &settings().limits;
        Self {
            nesting_max: limits.nesting_max as usize,
            items_max: limits.event_items_max as u32,
            string_bytes_max: limits.string_bytes_max,
            bytes_max: limits.event_bytes_max,
            maps: true,
        }
    }

    /// For the payload of a custom event.
    pub const fn of_custom() -> Self {
        let limits = &settings().limits;
        Self {
            bytes_max: limits.custom_bytes_max,
            ..Self::of_batch()
        }
    }

    /// For a message itself, its payload an opaque bin.
    pub(crate) const fn of_envelope() -> Self {
        let limits = &settings().limits;
        Self {
            nesting_max: limits.envelope_nesting_max as usize,
            items_max: limits.envelope_items_max as u32,
            string_bytes_max: limits.string_bytes_max,
            bytes_max: u64::MAX,
            maps: false,
        }
    }
}

/// What a finished scan has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scanned {
    /// Values one after the other on the outermost level.
    pub values: u64,
    /// All values, on every level.
    pub items: u32,
    /// Bytes.
    pub bytes: u64,
}

/// Checks MessagePack values one after the other, slice by slice.
///
/// After an error it is of no more use. It needs memory only for real nesting beyond 32 levels.
#[derive(Clone, Debug)]
pub struct Scanner {
    limits: ScanLimits,
    stack: Stack,
    state: State,
    values: u64,
    /// Values that may still come; those an open container announced are already taken off.
    items_left: u32,
    bytes: u64,
}

/// Where the scanner stands.
#[derive(Clone, Copy, Debug)]
enum State {
    /// Before a marker.
    Marker,
    /// Before one of the `left` bytes of a length; those before it make up `length`.
    Length { of: Counted, left: u8, length: u32 },
    /// Inside a number or a string, `left` bytes before its end.
    Body { left: u64 },
}

/// What has a length.
#[derive(Clone, Copy, Debug)]
enum Counted {
    /// A string or bin; the length counts bytes.
    String,
    /// An array; the length counts elements.
    Array,
    /// A map; the length counts pairs.
    Map,
}

impl Scanner {
    /// A scanner that has seen nothing yet.
    pub const fn new(limits: ScanLimits) -> Self {
        Self {
            limits,
            stack: Stack::new(),
            state: State::Marker,
            values: 0,
            items_left: limits.items_max,
            bytes: 0,
        }
    }

    /// Checks the next slice.
    ///
    /// # Errors
    ///
    /// The bytes are no MessagePack, or a limit is passed; which error does not depend on how the
    /// bytes are sliced.
    pub fn feed(&mut self, slice: &[u8]) -> Result<(), ScanError> {
        let mut rest = slice;
        while !rest.is_empty() {
            let taken = self.feed_value(rest)?;
            rest = &rest[taken..];
        }
        Ok(())
    }

    /// Says what was seen, all slices being fed.
    ///
    /// # Errors
    ///
    /// [`ScanError::Unfinished`] when the last slice ended inside a value.
    pub fn finish(self) -> Result<Scanned, ScanError> {
        if !self.is_between_values() {
            return Err(ScanError::Unfinished);
        }
        Ok(Scanned {
            values: self.values,
            items: self.limits.items_max - self.items_left,
            bytes: self.bytes,
        })
    }

    /// Whether the bytes so far end with a whole value, or there were none.
    pub fn is_between_values(&self) -> bool {
        matches!(self.state, State::Marker) && self.stack.depth() == 0
    }

    /// Checks `input` up to the end of the outermost value at hand, or all of it when the value
    /// does not end there; returns the bytes taken.
    pub(crate) fn feed_value(&mut self, input: &[u8]) -> Result<usize, ScanError> {
        let room = usize::try_from(self.limits.bytes_max - self.bytes).unwrap_or(usize::MAX);
        let allowed = &input[..input.len().min(room)];
        if allowed.is_empty() && !input.is_empty() {
            let max = self.limits.bytes_max;
            return Err(ScanError::TooLong { max });
        }
        if self.is_between_values() && !allowed.is_empty() {
            self.reserve(1)?;
        }
        let values_before = self.values;
        let mut rest = allowed;
        while let [byte, after @ ..] = rest
            && self.values == values_before
        {
            rest = match self.state {
                State::Marker => self.take_marker(*byte, after)?,
                State::Length { of, left, length } => {
                    let length = length << 8 | u32::from(*byte);
                    self.take_length(of, left - 1, length, after)?
                }
                State::Body { left } => self.skip(left, rest),
            };
        }
        let taken = allowed.len() - rest.len();
        self.bytes += taken as u64;
        Ok(taken)
    }

    /// Begins a value, and goes on into `after` as far as it is simple; returns what is left.
    fn take_marker<'s>(&mut self, marker: u8, after: &'s [u8]) -> Result<&'s [u8], ScanError> {
        let low_4_bits = u32::from(marker & 0x0f);
        let low_5_bits = u32::from(marker & 0x1f);
        match marker {
            0x00..=0x7f | 0xc0 | 0xc2 | 0xc3 | 0xe0..=0xff => Ok(self.skip(0, after)),
            0x80..=0x8f => self.take_length(Counted::Map, 0, low_4_bits, after),
            0x90..=0x9f => self.take_length(Counted::Array, 0, low_4_bits, after),
            0xa0..=0xbf => self.take_length(Counted::String, 0, low_5_bits, after),
            0xcc | 0xd0 => Ok(self.skip(1, after)),
            0xcd | 0xd1 => Ok(self.skip(2, after)),
            0xca | 0xce | 0xd2 => Ok(self.skip(4, after)),
            0xcb | 0xcf | 0xd3 => Ok(self.skip(8, after)),
            0xc4 | 0xd9 => self.take_length(Counted::String, 1, 0, after),
            0xc5 | 0xda => self.take_length(Counted::String, 2, 0, after),
            0xc6 | 0xdb => self.take_length(Counted::String, 4, 0, after),
            0xdc => self.take_length(Counted::Array, 2, 0, after),
            0xdd => self.take_length(Counted::Array, 4, 0, after),
            0xde => self.take_length(Counted::Map, 2, 0, after),
            0xdf => self.take_length(Counted::Map, 4, 0, after),
            0xc1 | 0xc7..=0xc9 | 0xd4..=0xd8 => Err(ScanError::Marker(marker)),
        }
    }

    /// Waits for `left` more bytes of a length, or begins what has the length when it is known.
    #[inline]
    fn take_length<'s>(
        &mut self,
        of: Counted,
        left: u8,
        length: u32,
        after: &'s [u8],
    ) -> Result<&'s [u8], ScanError> {
        if left > 0 {
            self.state = State::Length { of, left, length };
            return Ok(after);
        }
        self.state = State::Marker;
        match of {
            Counted::Array => self.open(Frame {
                left: length,
                is_map: false,
            })?,
            Counted::Map => self.open_map(length)?,
            Counted::String => {
                let (length, max) = (u64::from(length), self.limits.string_bytes_max);
                if length > max {
                    return Err(ScanError::StringTooLong { length, max });
                }
                return Ok(self.skip(length, after));
            }
        }
        Ok(after)
    }

    /// Passes over the last `left` bytes of a value, or over all of `bytes` when it has more.
    #[inline]
    fn skip<'s>(&mut self, left: u64, bytes: &'s [u8]) -> &'s [u8] {
        let here = bytes.len() as u64;
        if left <= here {
            self.state = State::Marker;
            self.end_value();
            &bytes[left as usize..]
        } else {
            let left = left - here;
            self.state = State::Body { left };
            &[]
        }
    }

    /// Begins a map of `length` pairs.
    fn open_map(&mut self, length: u32) -> Result<(), ScanError> {
        if !self.limits.maps {
            return Err(ScanError::Map);
        }
        let max = self.limits.items_max;
        let left = length.checked_mul(2);
        let left = left.ok_or(ScanError::TooManyItems { max })?;
        self.open(Frame { left, is_map: true })
    }

    /// Begins an array or a map.
    fn open(&mut self, container: Frame) -> Result<(), ScanError> {
        // A map counts down from an even number, so a key is due while an even number is left.
        let parent = self.stack.top();
        if parent.is_map && parent.left.is_multiple_of(2) {
            return Err(ScanError::Key);
        }
        if self.stack.depth() >= self.limits.nesting_max {
            let max = self.limits.nesting_max;
            return Err(ScanError::TooDeep { max });
        }
        self.reserve(container.left)?;
        if container.left == 0 {
            self.end_value();
        } else {
            self.stack.push(container);
        }
        Ok(())
    }

    /// Takes announced values off those that may still come.
    fn reserve(&mut self, items: u32) -> Result<(), ScanError> {
        let max = self.limits.items_max;
        let left = self.items_left.checked_sub(items);
        self.items_left = left.ok_or(ScanError::TooManyItems { max })?;
        Ok(())
    }

    /// Ends a value and with it every container whose last child it was.
    #[inline]
    fn end_value(&mut self) {
        self.stack.top().left -= 1;
        while self.stack.top().left == 0 {
            if self.stack.depth() == 0 {
                self.stack.top().left = 1;
                self.values += 1;
            } else {
                self.stack.pop();
                self.stack.top().left -= 1;
            }
        }
    }
}

#[cfg(test)]
mod tests;
