//! Makes an answer where its handler runs, whoever reads it.

use std::pin::pin;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use tokio::sync::mpsc;

use crate::error::ApiError;

/// Pieces made ahead of the reader: the next one is fetched while one is sent.
const PIECES_AHEAD: usize = 1;

/// Moves the making of the pieces to the runtime of the caller.
///
/// Workers read the bodies of answers on their own threads, where neither a query nor inflating
/// may take place. The task ends with the reader. If it dies, the answer is cut off instead of
/// looking complete.
pub(super) fn made_here(
    pieces: impl Stream<Item = Result<Bytes, ApiError>> + Send + 'static,
) -> impl Stream<Item = Result<Bytes, ApiError>> + Send {
    let (sender, receiver) = mpsc::channel(PIECES_AHEAD);
    let making = async move {
        let mut pieces = pin!(pieces);
        loop {
            // The end is sent like a piece: a channel that merely closes is a failure.
            let piece = pieces.next().await.transpose();
            let is_last = !matches!(piece, Ok(Some(_)));
            if sender.send(piece).await.is_err() || is_last {
                return;
            }
        }
    };
    #[expect(
        clippy::disallowed_methods,
        reason = "it lives as long as the answer it feeds, and the reader sees it die"
    )]
    tokio::spawn(making);
    stream::try_unfold(receiver, |mut receiver| async move {
        match receiver.recv().await {
            Some(Ok(Some(piece))) => Ok(Some((piece, receiver))),
            Some(Ok(None)) => Ok(None),
            Some(Err(error)) => Err(error),
            None => Err(ApiError::Internal("the maker of an answer died".to_owned())),
        }
    })
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt as _;

    use super::*;

    fn runtime(name: &'static str) -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name(name)
            .build()
            .unwrap()
    }

    #[test]
    fn pieces_are_made_on_the_runtime_of_the_handler() {
        let (office, worker) = (runtime("office"), runtime("worker"));
        let pieces = stream::repeat_with(|| {
            let thread = std::thread::current();
            Ok(Bytes::from(thread.name().unwrap().to_owned()))
        });
        let relayed = office.block_on(async { made_here(pieces.take(3)) });
        let read: Vec<Bytes> = worker.block_on(relayed.try_collect()).unwrap();
        assert_eq!(read, ["office", "office", "office"]);
    }

    #[tokio::test]
    async fn a_maker_that_dies_cuts_the_answer_off() {
        let pieces = stream::iter(0..3).map(|number| {
            if number == 2 {
                std::panic::panic_any("died");
            }
            Ok(Bytes::from_static(b"piece"))
        });
        let read: Vec<Result<Bytes, ApiError>> = made_here(pieces).collect().await;
        assert_eq!(read.len(), 3);
        assert!(read[..2].iter().all(Result::is_ok) && read[2].is_err());
    }

    #[tokio::test]
    async fn an_error_ends_the_answer() {
        let pieces = stream::iter([
            Ok(Bytes::from_static(b"piece")),
            Err(ApiError::NotFound),
            Ok(Bytes::from_static(b"never")),
        ]);
        let read: Vec<Result<Bytes, ApiError>> = made_here(pieces).collect().await;
        assert!(matches!(read[..], [Ok(_), Err(ApiError::NotFound)]));
    }
}
