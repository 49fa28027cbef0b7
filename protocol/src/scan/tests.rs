//! The scanner against a plain recursive reader, against slicing, and at its limits.

use proptest::prelude::*;

use super::{ScanError, ScanLimits, Scanned, Scanner};

const SMALL: ScanLimits = ScanLimits {
    nesting_max: 4,
    items_max: 12,
    string_bytes_max: 8,
    bytes_max: 40,
    maps: true,
};

fn scan(limits: ScanLimits, bytes: &[u8]) -> Result<Scanned, ScanError> {
    let mut scanner = Scanner::new(limits);
    scanner.feed(bytes)?;
    scanner.finish()
}

/// The same verdict, found by recursion: values and items, or nothing when refused.
fn scan_by_recursion(limits: ScanLimits, bytes: &[u8]) -> Option<(u64, u32)> {
    let mut reader = Reader {
        limits,
        rest: bytes,
        items: 0,
    };
    let mut values = 0;
    while !reader.rest.is_empty() {
        reader.value(0)?;
        values += 1;
    }
    let fits = bytes.len() as u64 <= limits.bytes_max && reader.items <= limits.items_max;
    fits.then_some((values, reader.items))
}

struct Reader<'a> {
    limits: ScanLimits,
    rest: &'a [u8],
    items: u32,
}

impl Reader<'_> {
    fn take(&mut self, count: usize) -> Option<u64> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(
            taken
                .iter()
                .fold(0, |number, byte| number << 8 | u64::from(*byte)),
        )
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        self.items += 1;
        let marker = self.take(1)?;
        match marker {
            0x00..=0x7f | 0xc0 | 0xc2 | 0xc3 | 0xe0..=0xff => Some(()),
            0x80..=0x8f => self.children(marker & 15, true, depth),
            0x90..=0x9f => self.children(marker & 15, false, depth),
            0xa0..=0xbf => self.string(marker & 31),
            0xc4..=0xc6 | 0xd9..=0xdb => {
                let length_bytes = 1 << ((marker - 0xc4) % 21);
                let length = self.take(length_bytes)?;
                self.string(length)
            }
            0xca | 0xcb => self.take(4 << (marker - 0xca)).map(drop),
            0xcc..=0xd3 => self.take(1 << ((marker - 0xcc) % 4)).map(drop),
            0xdc..=0xdf => {
                let length = self.take(2 << ((marker - 0xdc) % 2))?;
                self.children(length, marker > 0xdd, depth)
            }
            _ => None,
        }
    }

    fn string(&mut self, length: u64) -> Option<()> {
        if length > self.limits.string_bytes_max {
            return None;
        }
        self.take(length as usize).map(drop)
    }

    fn children(&mut self, length: u64, is_map: bool, depth: usize) -> Option<()> {
        if depth >= self.limits.nesting_max || (is_map && !self.limits.maps) {
            return None;
        }
        for _ in 0..length {
            if is_map {
                let is_container = matches!(self.rest.first()?, 0x80..=0x9f | 0xdc..=0xdf);
                (!is_container).then_some(())?;
                self.value(depth + 1)?;
            }
            self.value(depth + 1)?;
            (self.items <= self.limits.items_max).then_some(())?;
        }
        Some(())
    }
}

/// Bytes that are often a value: markers of all sorts, small lengths.
fn likely_bytes() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        4 => 0_u8..6,
        2 => 0x80_u8..0x84,
        2 => 0x90_u8..0x94,
        2 => 0xa0_u8..0xa4,
        3 => 0xc0_u8..=0xdf,
        1 => any::<u8>(),
    ];
    prop::collection::vec(byte, 0..48)
}

proptest! {
    #[test]
    fn the_scanner_agrees_with_recursion(bytes in likely_bytes()) {
        let verdict = scan(SMALL, &bytes).ok();
        let seen = verdict.map(|scanned| (scanned.values, scanned.items));
        prop_assert_eq!(seen, scan_by_recursion(SMALL, &bytes));
        prop_assert!(verdict.is_none_or(|scanned| scanned.bytes == bytes.len() as u64));
    }

    #[test]
    fn w13_the_verdict_does_not_depend_on_slicing(
        bytes in likely_bytes(),
        cuts in prop::collection::vec(0..48_usize, 0..8),
    ) {
        let whole = scan(SMALL, &bytes);
        for at in 0..=bytes.len() {
            let (left, right) = bytes.split_at(at);
            let mut scanner = Scanner::new(SMALL);
            let halves = scanner.feed(left).and_then(|()| scanner.feed(right));
            prop_assert_eq!(halves.and_then(|()| scanner.finish()), whole);
        }
        let mut scanner = Scanner::new(SMALL);
        let one_by_one = bytes.iter().try_for_each(|byte| scanner.feed(&[*byte]));
        prop_assert_eq!(one_by_one.and_then(|()| scanner.finish()), whole);
        let mut scanner = Scanner::new(SMALL);
        let mut fed = 0;
        let mut sorted = cuts;
        sorted.sort_unstable();
        let in_pieces = sorted.into_iter().chain([bytes.len()]).try_for_each(|cut| {
            let cut = cut.clamp(fed, bytes.len());
            let piece = &bytes[fed..cut];
            fed = cut;
            scanner.feed(piece)
        });
        prop_assert_eq!(in_pieces.and_then(|()| scanner.finish()), whole);
    }
}

#[test]
fn w13_a_legal_page_512_elements_deep_passes() {
    let nested = [vec![0x91; 1_032], vec![0xc0]].concat();
    assert_eq!(scan(ScanLimits::of_batch(), &nested).unwrap().items, 1_033);
    let deepest = [vec![0x91; 1_100], vec![0xc0]].concat();
    assert!(scan(ScanLimits::of_batch(), &deepest).is_ok());
    let too_deep = [vec![0x91; 1_101], vec![0xc0]].concat();
    assert_eq!(
        scan(ScanLimits::of_batch(), &too_deep),
        Err(ScanError::TooDeep { max: 1_100 })
    );
}

#[test]
fn w13_nesting_of_100_000_is_refused_early_and_without_recursion() {
    let nested = vec![0x91; 100_000];
    let mut scanner = Scanner::new(ScanLimits::of_event());
    assert_eq!(
        scanner.feed(&nested),
        Err(ScanError::TooDeep { max: 1_100 })
    );
    assert!(scanner.stack.depth() <= 1_100);
}

#[test]
fn an_announced_count_is_refused_before_it_comes() {
    let limits = ScanLimits::of_batch();
    let too_many = Err(ScanError::TooManyItems { max: 200_000 });
    assert_eq!(scan(limits, &[0xdd, 0xff, 0xff, 0xff, 0xff]), too_many);
    assert_eq!(scan(limits, &[0xdf, 0xff, 0xff, 0xff, 0xff]), too_many);
    assert_eq!(scan(limits, &[0xdf, 0x80, 0x00, 0x00, 0x01]), too_many);
    assert_eq!(scan(limits, &[0xdd, 0x00, 0x03, 0x0d, 0x40]), too_many);
    assert_eq!(
        scan(limits, &[0xdd, 0x00, 0x03, 0x0d, 0x3f]),
        Err(ScanError::Unfinished)
    );
}

#[test]
fn values_one_after_the_other_share_one_budget() {
    let limits = ScanLimits::of_batch();
    assert_eq!(scan(limits, &vec![0xc0; 200_000]).unwrap().values, 200_000);
    assert_eq!(
        scan(limits, &vec![0xc0; 200_001]),
        Err(ScanError::TooManyItems { max: 200_000 })
    );
}

#[test]
fn a_string_is_refused_by_its_announced_length() {
    let announced = [0xc6, 0x01, 0x00, 0x00, 0x01];
    assert_eq!(
        scan(ScanLimits::of_event(), &announced),
        Err(ScanError::StringTooLong {
            length: (16 << 20) + 1,
            max: 16 << 20
        })
    );
}

#[test]
fn an_event_may_have_16_mebibytes_in_64_kibibyte_parts() {
    let max = 16 << 20;
    let mut event = vec![0xc6, 0x00, 0xff, 0xff, 0xfb];
    event.resize(max, 0);
    let mut scanner = Scanner::new(ScanLimits::of_event());
    for part in event.chunks(64 << 10) {
        scanner.feed(part).unwrap();
    }
    let more = scanner.clone().feed(&[0xc0]);
    assert_eq!(more, Err(ScanError::TooLong { max: max as u64 }));
    let scanned = scanner.finish().unwrap();
    assert_eq!((scanned.values, scanned.bytes), (1, max as u64));
}

#[test]
fn w13_extensions_and_the_reserved_byte_are_refused() {
    for marker in [0xc1, 0xc7, 0xc8, 0xc9, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8] {
        assert_eq!(
            scan(SMALL, &[marker, 0, 0, 0]),
            Err(ScanError::Marker(marker))
        );
    }
}

#[test]
fn w13_a_key_is_a_scalar() {
    assert!(scan(SMALL, &[0x82, 0xa1, b'a', 0x90, 1, 0x80]).is_ok());
    assert_eq!(scan(SMALL, &[0x81, 0x90, 1]), Err(ScanError::Key));
    assert_eq!(scan(SMALL, &[0x82, 0, 0, 0x80, 1]), Err(ScanError::Key));
}

#[test]
fn nothing_and_half_a_value_are_told_apart() {
    let nothing = Scanned {
        values: 0,
        items: 0,
        bytes: 0,
    };
    assert_eq!(scan(SMALL, &[]), Ok(nothing));
    for half in [
        &[0x91][..],
        &[0xa2, b'x'],
        &[0xcd, 1],
        &[0xda, 0],
        &[0x81, 0xa0],
    ] {
        assert_eq!(scan(SMALL, half), Err(ScanError::Unfinished), "{half:x?}");
    }
    assert!(scan(SMALL, &[0xa0, 0xd9, 0, 0x90, 0x80]).is_ok());
}
