//! What an error means for the one who asked: try again, or never.

use footage_actors::ports::StorageError;

/// What happened while storing or loading.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Postgres, or the way to it.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// zstd ran out of memory.
    #[error("a chunk could not be compressed: {0}")]
    Compression(#[from] std::io::Error),
    /// The data cannot be kept, whatever Postgres says.
    #[error("{0}")]
    Data(String),
    /// A locked row changed; a fault of this module.
    #[error("a stream changed under its lock")]
    Moved,
    /// The thread that built the chunks went away.
    #[error("building chunks was cut off: {0}")]
    CutOff(#[from] tokio::task::JoinError),
}

impl Failure {
    /// Whether a day has no partition yet: 23514 like a broken check, but no check is named.
    pub fn is_missing_partition(&self) -> bool {
        self.answer().is_some_and(|answer| {
            answer.code().as_deref() == Some("23514") && answer.constraint().is_none()
        })
    }

    fn answer(&self) -> Option<&dyn sqlx::error::DatabaseError> {
        match self {
            Self::Database(error) => error.as_database_error(),
            _ => None,
        }
    }
}

impl From<Failure> for StorageError {
    /// Bad data (classes 22 and 23) and what is too large for a row (54) will be refused again.
    /// All else may pass: lost connections, missing room, timeouts, deadlocks, and also a schema
    /// or right that an operator can mend.
    fn from(failure: Failure) -> Self {
        let said = failure.to_string();
        let code = failure.answer().and_then(|answer| answer.code());
        let class = code.as_deref().and_then(|code| code.get(..2));
        match (&failure, class) {
            (Failure::Data(_) | Failure::Database(sqlx::Error::Encode(_)), _)
            | (_, Some("22" | "23" | "54")) => Self::Refused(said),
            _ => Self::Away(said),
        }
    }
}
