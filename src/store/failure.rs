//! What an error means for the one who asked: try again, or never.

use footage_actors::ports::StorageError;
use zstd::zstd_safe::get_error_name;
use zstd::zstd_safe::zstd_sys::ZSTD_ErrorCode;

/// What happened while storing or loading.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Postgres, or the way to it.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// zstd ran out of memory, or cannot do it at all.
    #[error("a chunk could not be compressed: {0}")]
    Compression(#[from] std::io::Error),
    /// The data cannot be kept, whatever Postgres says.
    #[error("{0}")]
    Data(String),
    /// A row went between two statements, or changed under its lock: nothing is known of what is
    /// kept, so that nothing may be answered.
    #[error("a stream went away or changed while it was written")]
    Moved,
    /// The work panicked, or its runtime stopped.
    #[error("storing was cut off: {0}")]
    CutOff(#[from] tokio::task::JoinError),
}

impl Failure {
    /// Whether a day has no partition yet: 23514 like a broken check, but no check is named.
    pub fn is_missing_partition(&self) -> bool {
        self.answer().is_some_and(|answer| {
            answer.code().as_deref() == Some("23514") && answer.constraint().is_none()
        })
    }

    /// Whether it depends on nothing but what was asked, so that it will happen again.
    ///
    /// Bad data (classes 21, 22 and 23), what is too large for a row (54), what zstd cannot do, and
    /// a panic. All else may pass: lost connections, missing room, timeouts, deadlocks, and also a
    /// schema or right that an operator can mend.
    fn is_certain(&self) -> bool {
        match self {
            Self::Data(_) | Self::Database(sqlx::Error::Encode(_)) => true,
            Self::Database(_) => {
                let code = self.answer().and_then(|answer| answer.code());
                let class = code.as_deref().and_then(|code| code.get(..2));
                matches!(class, Some("21" | "22" | "23" | "54"))
            }
            Self::Compression(error) => !is_out_of_memory(error),
            Self::CutOff(error) => error.is_panic(),
            Self::Moved => false,
        }
    }

    fn answer(&self) -> Option<&dyn sqlx::error::DatabaseError> {
        match self {
            Self::Database(error) => error.as_database_error(),
            _ => None,
        }
    }
}

impl From<Failure> for StorageError {
    /// What will happen again is refused, or the writer would try it for ever.
    fn from(failure: Failure) -> Self {
        let said = failure.to_string();
        if failure.is_certain() {
            Self::Refused(said)
        } else {
            Self::Away(said)
        }
    }
}

/// zstd's own lack of memory is known by its text alone.
fn is_out_of_memory(error: &std::io::Error) -> bool {
    let code = ZSTD_ErrorCode::ZSTD_error_memory_allocation as usize;
    error.kind() == std::io::ErrorKind::OutOfMemory
        || error.to_string() == get_error_name(code.wrapping_neg())
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};

    use super::*;

    fn is_refused(failure: Failure) -> bool {
        matches!(StorageError::from(failure), StorageError::Refused(_))
    }

    #[tokio::test]
    async fn a_panic_is_refused_and_a_stopped_runtime_is_away() {
        let panicked = tokio::task::spawn_blocking(|| panic!("no chunk")).await;
        let cut_off: Result<(), Failure> = panicked.map_err(Failure::from);
        assert!(is_refused(cut_off.unwrap_err()));

        let stopped = tokio::runtime::Runtime::new().unwrap();
        let endless = stopped.spawn(std::future::pending::<()>());
        stopped.shutdown_background();
        assert!(!is_refused(endless.await.unwrap_err().into()));
    }

    #[test]
    fn what_zstd_cannot_do_is_refused_and_its_lack_of_memory_is_away() {
        assert!(is_refused(Error::other("Src size is incorrect").into()));
        assert!(!is_refused(Error::from(ErrorKind::OutOfMemory).into()));
        let of_zstd = Error::other("Allocation error : not enough memory");
        assert!(!is_refused(of_zstd.into()));
    }
}
