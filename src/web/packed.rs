//! Files in gzip, each made once: every visitor of every site loads the recorder.

use std::collections::HashMap;
use std::io::Write as _;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::Asset;

/// A build has some twenty files. More come only while a developer builds again and again under a
/// running server.
const FILES_MAX: usize = 128;

/// The packed files by the hash of their content.
#[derive(Default)]
pub(crate) struct Packed(Mutex<HashMap<[u8; 32], Slot>>);

/// Filled by the first who asks, for some 10 ms; who asks for the same file meanwhile, waits.
type Slot = Arc<OnceLock<Option<Bytes>>>;

impl Packed {
    /// The file in gzip, if that is shorter.
    pub(super) fn of(&self, asset: &Asset) -> Option<Bytes> {
        self.slot(asset.sha256)
            .get_or_init(|| pack(&asset.bytes))
            .clone()
    }

    fn slot(&self, sha256: [u8; 32]) -> Slot {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= FILES_MAX && !slots.contains_key(&sha256) {
            slots.clear();
        }
        Arc::clone(slots.entry(sha256).or_default())
    }
}

fn pack(plain: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).ok()?;
    let packed = encoder.finish().ok()?;
    (packed.len() < plain.len()).then(|| packed.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(number: usize) -> Asset {
        Asset::new(format!("let x = {number};").repeat(100).into_bytes())
    }

    #[test]
    fn a_file_is_packed_once() {
        let packed = Packed::default();
        let (first, again) = (packed.of(&text(1)), packed.of(&text(1)));
        assert_eq!(first.unwrap().as_ptr(), again.unwrap().as_ptr());
    }

    #[test]
    fn what_packing_makes_longer_stays_plain() {
        assert_eq!(Packed::default().of(&Asset::new(b"short".as_slice())), None);
    }

    #[test]
    fn p4_packed_files_do_not_pile_up() {
        let packed = Packed::default();
        for number in 0..FILES_MAX * 2 + 1 {
            assert!(packed.of(&text(number)).is_some());
            assert!(packed.0.lock().unwrap().len() <= FILES_MAX);
        }
    }
}
