//! Sets of numbers, as acknowledgements speak of them.

use std::fmt;
use std::ops::RangeInclusive;

use serde::de::{Deserialize, Deserializer, Error as _, SeqAccess, Visitor};
use serde::{Serialize, Serializer};

/// A set of numbers, kept as ascending ranges that neither overlap nor touch.
///
/// Numbers mostly arrive in order, so that the set is one range and adding to it is one comparison.
/// How many ranges a peer may cause is the caller's matter: see [`Ranges::len`].
///
/// On the wire it is an array of `[first, last]` pairs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Ranges(Vec<(u64, u64)>);

impl Ranges {
    /// The set without a number.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Whether no number is in the set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many ranges (not numbers) the set has.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The smallest number of the set.
    pub fn first(&self) -> Option<u64> {
        self.0.first().map(|range| range.0)
    }

    /// The greatest number of the set.
    pub fn last(&self) -> Option<u64> {
        self.0.last().map(|range| range.1)
    }

    /// The ranges, ascending.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = RangeInclusive<u64>> + ExactSizeIterator {
        self.0.iter().map(|&(first, last)| first..=last)
    }

    /// Whether `number` is in the set.
    pub fn contains(&self, number: u64) -> bool {
        let candidate = self.0.partition_point(|range| range.1 < number);
        self.0.get(candidate).is_some_and(|range| range.0 <= number)
    }

    /// Adds every number of `range`; an empty range adds none.
    pub fn insert(&mut self, range: RangeInclusive<u64>) {
        if range.is_empty() {
            return;
        }
        let (first, last) = range.into_inner();
        match self.0.last_mut() {
            Some(greatest) if greatest.1.checked_add(1) == Some(first) => greatest.1 = last,
            Some(greatest) if greatest.1 >= first => self.merge(first, last),
            _ => self.0.push((first, last)),
        }
    }

    /// Adds `number` and says whether it was missing before.
    pub fn insert_new(&mut self, number: u64) -> bool {
        let is_new = !self.contains(number);
        if is_new {
            self.insert(number..=number);
        }
        is_new
    }

    /// The greatest `n` such that all of 1 to `n` are in the set; 0 when 1 is not.
    pub fn up_to(&self) -> u64 {
        match self.0.first() {
            Some(&(first, last)) if first <= 1 => last,
            _ => 0,
        }
    }

    /// The ranges above [`Ranges::up_to`].
    pub fn beyond(&self) -> Self {
        let from = usize::from(self.first().is_some_and(|first| first <= 1));
        Self(self.0.get(from..).unwrap_or_default().to_vec())
    }

    /// Keeps the lowest `count` ranges and drops those above, as a message with a limit must.
    pub fn truncate(&mut self, count: usize) {
        self.0.truncate(count);
    }

    /// The numbers from 1 to below `number` that are not in the set.
    pub fn missing_below(&self, number: u64) -> Self {
        Self::from(1..=number.saturating_sub(1)).subtract(self)
    }

    /// The numbers of this set that are not in `other`.
    pub fn subtract(&self, other: &Self) -> Self {
        let mut rest = Self::new();
        let mut taken_away = other.0.iter().peekable();
        for &(first, last) in &self.0 {
            let mut next = Some(first);
            while let Some(from) = next.filter(|from| *from <= last) {
                match taken_away.peek() {
                    Some(away) if away.1 < from => {
                        taken_away.next();
                    }
                    Some(away) if away.0 <= last => {
                        if from < away.0 {
                            rest.0.push((from, away.0 - 1));
                        }
                        next = away.1.checked_add(1);
                    }
                    _ => {
                        rest.0.push((from, last));
                        next = None;
                    }
                }
            }
        }
        rest
    }

    /// Adds a range that overlaps, touches or lies below what is there.
    fn merge(&mut self, first: u64, last: u64) {
        let from = self
            .0
            .partition_point(|range| range.1.saturating_add(1) < first);
        let to = self
            .0
            .partition_point(|range| range.0 <= last.saturating_add(1));
        if from == to {
            self.0.insert(from, (first, last));
        } else {
            self.0[from] = (first.min(self.0[from].0), last.max(self.0[to - 1].1));
            self.0.drain(from + 1..to);
        }
    }
}

impl From<RangeInclusive<u64>> for Ranges {
    fn from(range: RangeInclusive<u64>) -> Self {
        Self::from_iter([range])
    }
}

impl FromIterator<RangeInclusive<u64>> for Ranges {
    fn from_iter<I: IntoIterator<Item = RangeInclusive<u64>>>(ranges: I) -> Self {
        let mut set = Self::new();
        ranges.into_iter().for_each(|range| set.insert(range));
        set
    }
}

impl Serialize for Ranges {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Ranges {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RangesVisitor)
    }
}

/// Takes an array of pairs and refuses what is not ascending or touches.
struct RangesVisitor;

impl<'de> Visitor<'de> for RangesVisitor {
    type Value = Ranges;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ascending [first, last] pairs that do not touch")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut pairs: A) -> Result<Ranges, A::Error> {
        let mut ranges = Vec::new();
        let mut least = Some(0);
        while let Some(Pair(first, last)) = pairs.next_element()? {
            if first > last || least.is_none_or(|least| first < least) {
                return Err(A::Error::custom("ranges must ascend and not touch"));
            }
            least = last.checked_add(2);
            ranges.push((first, last));
        }
        Ok(Ranges(ranges))
    }
}

/// The `[first, last]` of one range.
struct Pair(u64, u64);

impl<'de> Deserialize<'de> for Pair {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PairVisitor)
    }
}

/// Takes an array of exactly two numbers.
struct PairVisitor;

impl<'de> Visitor<'de> for PairVisitor {
    type Value = Pair;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a [first, last] pair")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut ends: A) -> Result<Pair, A::Error> {
        match (ends.next_element()?, ends.next_element()?) {
            (Some(first), Some(last)) => Ok(Pair(first, last)),
            _ => Err(A::Error::custom("a range has a first and a last number")),
        }
    }
}

#[cfg(test)]
mod tests;
