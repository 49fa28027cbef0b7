//! Passwords: argon2id, a gate in front of it, and the same effort for people who do not exist.

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::error::ApiError;

/// Password checks that run at the same time; each takes about 32 ms and 19 MiB.
const CONCURRENT_CHECKS_MAX: usize = 2;
/// Password checks that may wait for one of those; the next one is refused.
const WAITING_CHECKS_MAX: usize = 32;

/// Why a password could not be hashed or checked.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// The hash in the database is not a PHC string this version can read.
    #[error("a stored password hash is not readable: {0}")]
    UnreadableHash(argon2::password_hash::phc::Error),
    /// The hash function refused its input or found no randomness.
    #[error("argon2 failed: {0}")]
    Argon2(argon2::password_hash::Error),
    /// The thread that hashed went away.
    #[error("the password check was cut off: {0}")]
    CutOff(#[from] tokio::task::JoinError),
    /// More checks wait than the queue holds.
    #[error("the queue for password checks is full")]
    QueueFull,
}

impl From<PasswordError> for ApiError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::QueueFull => Self::LoginQueueFull,
            other => Self::Internal(other.to_string()),
        }
    }
}

/// Hashes a password into a PHC string (argon2id, 19 MiB, two passes, a fresh salt).
///
/// It blocks for about 32 ms: call it from a blocking thread or from the command line.
///
/// # Errors
/// When the system has no randomness or the password is longer than argon2 takes.
pub fn hash_password(password: &str) -> Result<String, PasswordError> {
    let hash: PasswordHash = Argon2::default()
        .hash_password(password.as_bytes())
        .map_err(PasswordError::Argon2)?;
    Ok(hash.to_string())
}

/// Lets few password checks run at once, so that a storm of logins cannot take all cores and
/// memory from recording.
#[derive(Debug)]
pub struct PasswordGate {
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
    nobody: Arc<str>,
}

impl PasswordGate {
    /// Opens the gate, hashing a random password that nobody has.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn new() -> Result<Self, PasswordError> {
        let nobody = hash_password(&uuid::Uuid::new_v4().to_string())?;
        Ok(Self {
            running: Arc::new(Semaphore::new(CONCURRENT_CHECKS_MAX)),
            admitted: Arc::new(Semaphore::new(CONCURRENT_CHECKS_MAX + WAITING_CHECKS_MAX)),
            nobody: nobody.into(),
        })
    }

    /// Tells whether the password is the one behind the hash; without a hash it takes as long
    /// and says no.
    ///
    /// # Errors
    /// When the queue is full or the stored hash is not readable.
    pub async fn check(
        &self,
        hash: Option<String>,
        password: String,
    ) -> Result<bool, PasswordError> {
        let Ok(admission) = Arc::clone(&self.admitted).try_acquire_owned() else {
            return Err(PasswordError::QueueFull);
        };
        let Ok(slot) = Arc::clone(&self.running).acquire_owned().await else {
            return Err(PasswordError::QueueFull);
        };
        let exists = hash.is_some();
        let expected: Arc<str> = hash.map_or_else(|| Arc::clone(&self.nobody), Arc::from);
        let check = move || {
            // The permits end with the work, also when the client went away meanwhile.
            let (_admission, _slot) = (admission, slot);
            matches(&expected, &password)
        };
        let matched = tokio::task::spawn_blocking(check).await??;
        Ok(matched && exists)
    }
}

fn matches(expected: &str, password: &str) -> Result<bool, PasswordError> {
    let parsed = PasswordHash::new(expected).map_err(PasswordError::UnreadableHash)?;
    match Argon2::default().verify_password(password.as_bytes(), &parsed) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
        Err(other) => Err(PasswordError::Argon2(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_passes() {
        let gate = PasswordGate::new().unwrap();
        let hash = hash_password("correct horse").unwrap();
        assert!(
            gate.check(Some(hash.clone()), "correct horse".into())
                .await
                .unwrap()
        );
        assert!(!gate.check(Some(hash), "wrong".into()).await.unwrap());
        assert!(!gate.check(None, "correct horse".into()).await.unwrap());
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once() {
        let gate = PasswordGate::new().unwrap();
        let all = CONCURRENT_CHECKS_MAX + WAITING_CHECKS_MAX;
        let held = gate
            .admitted
            .try_acquire_many(u32::try_from(all).unwrap())
            .unwrap();
        let refused = gate.check(None, "any".into()).await;
        assert!(matches!(refused, Err(PasswordError::QueueFull)));
        drop(held);
        assert!(!gate.check(None, "any".into()).await.unwrap());
    }
}
