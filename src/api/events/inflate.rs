//! Decodes frames for a client that cannot.

use bytes::Bytes;
use futures_util::{Stream, stream};
use zstd::stream::raw::{DParameter, Decoder, InBuffer, Operation as _, OutBuffer};

use crate::error::ApiError;

/// Inflated bytes handed on at a time, however much a frame grows.
const PIECE_BYTES_MAX: usize = 128 * 1024;
/// Chunks are written with at most this window (8 MiB); a larger one is damage or an attack.
const WINDOW_LOG_MAX: u32 = 23;

/// Decodes one frame piece by piece.
pub(super) struct Inflater {
    decoder: Decoder<'static>,
    frame: Bytes,
    read: usize,
    is_done: bool,
}

impl Inflater {
    /// The inflated pieces of a frame, each made when it is asked for.
    pub(super) fn pieces(frame: Bytes) -> impl Stream<Item = Result<Bytes, ApiError>> + Send {
        stream::iter(PiecesOf {
            frame: Some(frame),
            inflater: None,
        })
    }

    /// Inflates a frame and keeps nothing.
    ///
    /// # Errors
    /// When it is damaged.
    pub(super) fn check(frame: Bytes) -> Result<(), ApiError> {
        PiecesOf {
            frame: Some(frame),
            inflater: None,
        }
        .try_for_each(|piece| piece.map(drop))
    }

    fn begin(frame: Bytes) -> std::io::Result<Self> {
        let mut decoder = Decoder::new()?;
        decoder.set_parameter(DParameter::WindowLogMax(WINDOW_LOG_MAX))?;
        Ok(Self {
            decoder,
            frame,
            read: 0,
            is_done: false,
        })
    }

    fn next_piece(&mut self) -> std::io::Result<Option<Bytes>> {
        if self.is_done {
            return Ok(None);
        }
        let mut piece = vec![0; PIECE_BYTES_MAX];
        let mut output = OutBuffer::around(piece.as_mut_slice());
        while output.pos() < PIECE_BYTES_MAX && !self.is_done {
            let rest = self.frame.get(self.read..).unwrap_or_default();
            let mut input = InBuffer::around(rest);
            let before = output.pos();
            let wanted = self.decoder.run(&mut input, &mut output)?;
            let (taken, given) = (input.pos(), output.pos() - before);
            self.read += taken;
            self.is_done = wanted == 0;
            if taken == 0 && given == 0 && !self.is_done {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
        }
        let written = output.pos();
        piece.truncate(written);
        Ok((written > 0).then(|| Bytes::from(piece)))
    }
}

struct PiecesOf {
    frame: Option<Bytes>,
    inflater: Option<Inflater>,
}

impl Iterator for PiecesOf {
    type Item = Result<Bytes, ApiError>;

    fn next(&mut self) -> Option<Self::Item> {
        let piece = self.try_next();
        piece
            .map_err(|error| ApiError::ChunkUnreadable(format!("it does not inflate: {error}")))
            .transpose()
    }
}

impl PiecesOf {
    fn try_next(&mut self) -> std::io::Result<Option<Bytes>> {
        if let Some(frame) = self.frame.take() {
            self.inflater = Some(Inflater::begin(frame)?);
        }
        let Some(inflater) = &mut self.inflater else {
            return Ok(None);
        };
        let piece = inflater.next_piece();
        if piece.is_err() {
            // A failed decoder is not asked again.
            self.inflater = None;
        }
        piece
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inflated(frame: Bytes) -> Result<Vec<u8>, ApiError> {
        let pieces = PiecesOf {
            frame: Some(frame),
            inflater: None,
        };
        let mut whole = Vec::new();
        for piece in pieces {
            let piece = piece?;
            assert!(piece.len() <= PIECE_BYTES_MAX);
            whole.extend_from_slice(&piece);
        }
        Ok(whole)
    }

    #[test]
    fn pieces_put_together_are_the_original() {
        for size in [0, 1, PIECE_BYTES_MAX, PIECE_BYTES_MAX * 3 + 17] {
            let original: Vec<u8> = (0..size).map(|at| (at * at % 251) as u8).collect();
            let frame = zstd::encode_all(original.as_slice(), 3).unwrap();
            assert_eq!(inflated(frame.into()).unwrap(), original);
        }
    }

    #[test]
    fn a_cut_or_mangled_frame_fails() {
        let frame = zstd::encode_all([7_u8; 10_000].as_slice(), 3).unwrap();
        let cut = Bytes::from(frame).slice(..12);
        assert!(inflated(cut).is_err());
        assert!(inflated(Bytes::from_static(b"no zstd at all")).is_err());
    }

    #[test]
    fn a_window_too_large_is_refused() {
        let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
        encoder.window_log(24).unwrap();
        std::io::Write::write_all(&mut encoder, &vec![1; 20_000_000]).unwrap();
        let frame = encoder.finish().unwrap();
        assert!(inflated(frame.into()).is_err());
    }
}
