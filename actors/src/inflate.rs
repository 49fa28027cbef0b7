//! Inflates a batch's payload (deflate-raw, RFC 1951) with a bound on what comes out.

use bytes::Bytes;
use flate2::{Decompress, FlushDecompress, Status};
use std::cell::RefCell;

/// Why a payload could not be inflated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InflateError {
    /// The bytes are not deflate-raw, or end in the middle.
    #[error("the payload is not whole deflate-raw data")]
    Damaged,
    /// More or fewer bytes came out than the header says.
    #[error("the payload does not inflate to inflated_bytes")]
    WrongLength,
}

thread_local! {
    /// An inflater keeps 40 KiB of state; one per thread is enough, since it is used without waiting.
    static INFLATER: RefCell<Decompress> = RefCell::new(Decompress::new(false));
}

/// Inflates `payload` to exactly `inflated_bytes`, which the codec has already bounded.
///
/// # Errors
/// [`InflateError`] when the data is damaged or its length is another one. Memory never exceeds
/// `inflated_bytes`.
pub fn inflate(payload: &[u8], inflated_bytes: usize) -> Result<Bytes, InflateError> {
    INFLATER.with_borrow_mut(|inflater| {
        inflater.reset(false);
        let mut inflated = Vec::with_capacity(inflated_bytes);
        let status = inflater
            .decompress_vec(payload, &mut inflated, FlushDecompress::Finish)
            .map_err(|_| InflateError::Damaged)?;
        let whole = inflated.len() == inflated_bytes;
        match status {
            Status::StreamEnd if whole && inflater.total_in() == payload.len() as u64 => {
                Ok(Bytes::from(inflated))
            }
            Status::Ok | Status::BufError if !whole => Err(InflateError::Damaged),
            Status::StreamEnd | Status::Ok | Status::BufError => Err(InflateError::WrongLength),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compress, Compression, FlushCompress};
    use proptest::prelude::*;

    fn deflate(plain: &[u8]) -> Vec<u8> {
        let mut deflated = Vec::with_capacity(plain.len() + 1_024);
        Compress::new(Compression::fast(), false)
            .compress_vec(plain, &mut deflated, FlushCompress::Finish)
            .unwrap();
        deflated
    }

    proptest! {
        #[test]
        fn what_was_deflated_comes_back(plain in proptest::collection::vec(any::<u8>(), 0..5_000)) {
            let inflated = inflate(&deflate(&plain), plain.len()).unwrap();
            prop_assert_eq!(&inflated[..], &plain[..]);
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..500), length in 0usize..2_000) {
            let _ = inflate(&bytes, length);
        }
    }

    #[test]
    fn p4_a_bomb_is_stopped_at_the_length_it_declared() {
        let bomb = deflate(&vec![0u8; 10 << 20]);
        assert_eq!(inflate(&bomb, 1_000), Err(InflateError::WrongLength));
    }

    #[test]
    fn a_cut_payload_is_damaged() {
        let deflated = deflate(b"one two three four five six");
        assert_eq!(inflate(&deflated[..4], 27), Err(InflateError::Damaged));
    }
}
