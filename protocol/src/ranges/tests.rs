//! Ranges against a plain set of numbers.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::Ranges;

/// Numbers stay small, so that a plain set can follow.
const GREATEST: u64 = 40;

fn set_of(ranges: &Ranges) -> BTreeSet<u64> {
    ranges.iter().flatten().collect()
}

fn some_ranges() -> impl Strategy<Value = Ranges> {
    let range = (0..=GREATEST, 0..6_u64).prop_map(|(first, more)| first..=first + more);
    prop::collection::vec(range, 0..12).prop_map(|ranges| ranges.into_iter().collect())
}

fn assert_tidy(ranges: &Ranges) {
    let ends: Vec<_> = ranges.iter().collect();
    assert!(
        ends.iter().all(|range| range.start() <= range.end()),
        "{ends:?}"
    );
    assert!(
        ends.windows(2)
            .all(|two| two[0].end() + 1 < *two[1].start()),
        "{ends:?}"
    );
}

proptest! {
    #[test]
    fn inserting_agrees_with_a_plain_set(
        inserted in prop::collection::vec((0..=GREATEST, 0..=GREATEST), 0..30),
    ) {
        let mut ranges = Ranges::new();
        let mut model = BTreeSet::new();
        for (first, last) in inserted {
            ranges.insert(first..=last);
            model.extend(first..=last);
            assert_tidy(&ranges);
            prop_assert_eq!(set_of(&ranges), model.clone());
        }
    }

    #[test]
    fn insert_new_tells_what_was_missing(numbers in prop::collection::vec(0..=GREATEST, 0..60)) {
        let mut ranges = Ranges::new();
        let mut model = BTreeSet::new();
        for number in numbers {
            prop_assert_eq!(ranges.contains(number), model.contains(&number));
            prop_assert_eq!(ranges.insert_new(number), model.insert(number));
            assert_tidy(&ranges);
        }
    }

    #[test]
    fn subtracting_agrees_with_a_plain_set(left in some_ranges(), right in some_ranges()) {
        let rest = left.subtract(&right);
        assert_tidy(&rest);
        let model: BTreeSet<_> = set_of(&left).difference(&set_of(&right)).copied().collect();
        prop_assert_eq!(set_of(&rest), model);
    }

    #[test]
    fn what_is_missing_and_what_is_beyond_agree_with_a_plain_set(
        ranges in some_ranges(),
        number in 0..=GREATEST,
    ) {
        let model = set_of(&ranges);
        let missing: BTreeSet<_> = (1..number).filter(|n| !model.contains(n)).collect();
        prop_assert_eq!(set_of(&ranges.missing_below(number)), missing);
        let up_to = (1..).take_while(|n| model.contains(n)).last().unwrap_or(0);
        prop_assert_eq!(ranges.up_to(), up_to);
        let beyond: BTreeSet<_> = model.range(up_to + 1..).copied().collect();
        prop_assert_eq!(set_of(&ranges.beyond()), beyond);
        prop_assert_eq!(ranges.first(), model.first().copied());
        prop_assert_eq!(ranges.last(), model.last().copied());
    }

    #[test]
    fn json_and_back_is_the_same(ranges in some_ranges()) {
        let json = serde_json::to_string(&ranges).unwrap();
        prop_assert_eq!(serde_json::from_str::<Ranges>(&json).unwrap(), ranges);
    }
}

#[test]
fn the_ends_of_the_numbers_do_not_overflow() {
    let mut ranges = Ranges::from(u64::MAX..=u64::MAX);
    ranges.insert(0..=0);
    ranges.insert(u64::MAX - 1..=u64::MAX);
    assert_eq!(ranges.len(), 2);
    assert_eq!(ranges.subtract(&ranges), Ranges::new());
    assert_eq!(
        ranges.missing_below(u64::MAX),
        Ranges::from(1..=u64::MAX - 2)
    );
    ranges.insert(0..=u64::MAX);
    assert_eq!(ranges, Ranges::from(0..=u64::MAX));
    assert_eq!(ranges.missing_below(0), Ranges::new());
}

#[test]
fn the_lowest_ranges_stay() {
    let mut ranges: Ranges = [9..=9, 1..=2, 4..=5].into_iter().collect();
    ranges.truncate(2);
    assert_eq!(ranges, [1..=2, 4..=5].into_iter().collect());
}

#[test]
fn w9_pairs_must_ascend_and_not_touch() {
    for refused in [
        "[[2,1]]",
        "[[1,2],[2,3]]",
        "[[1,2],[3,4]]",
        "[[5,6],[1,2]]",
        "[[1]]",
        "[1,2]",
    ] {
        assert!(
            serde_json::from_str::<Ranges>(refused).is_err(),
            "{refused}"
        );
    }
    let greatest = format!("[[1,{}],[{},{}]]", u64::MAX - 2, u64::MAX, u64::MAX);
    assert_eq!(serde_json::from_str::<Ranges>(&greatest).unwrap().len(), 2);
    let behind_the_greatest = format!("[[1,{}],[5,6]]", u64::MAX);
    assert!(serde_json::from_str::<Ranges>(&behind_the_greatest).is_err());
}
