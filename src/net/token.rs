//! Session tokens: they carry their own proof, so that a session can be resumed on any node and with
//! the database away. `kid · session · account · site · issued-at · HMAC-SHA256`, in base64url.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use footage_actors::ports::SessionKey;
use footage_protocol::{AccountId, SessionId, SiteId};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::io::{Read, Write};
use std::path::Path;

/// One block of SHA-256, the longest key HMAC uses as it is.
const KEY_BYTES: usize = 64;
const BODY_BYTES: usize = 1 + 16 + 8 + 8 + 8;
const PROOF_BYTES: usize = 32;

/// What a genuine token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// The session it is for.
    pub key: SessionKey,
    /// The site it was issued for.
    pub site: SiteId,
    /// When, ms since 1970.
    pub issued_at_ms: u64,
}

/// The token is not one of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the session token is not genuine; say hello without a token for a new session")]
pub struct Forged;

/// The keys tokens are made and checked with: made with the newest, checked with any live one.
pub struct TokenKeys {
    keys: Vec<(u8, [u8; KEY_BYTES])>,
}

impl TokenKeys {
    /// Reads the keys from `path`, or makes the first one there, readable by the owner alone.
    ///
    /// # Errors
    /// When the file cannot be read or written, or is not a key file.
    pub fn load_or_create(path: &Path) -> std::io::Result<Self> {
        use std::os::unix::fs::OpenOptionsExt;
        let created = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path);
        match created {
            Ok(mut file) => {
                let key: [u8; KEY_BYTES] = rand::random();
                file.write_all(&[1])?;
                file.write_all(&key)?;
                file.sync_all()?;
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        let mut bytes = Vec::new();
        std::fs::File::open(path)?.read_to_end(&mut bytes)?;
        Self::from_bytes(&bytes).ok_or_else(|| {
            std::io::Error::new(
                std::io::ErrorKind::InvalidData,
                format!(
                    "{} is not a key file; move it away to make a new key",
                    path.display()
                ),
            )
        })
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (records, rest) = bytes.as_chunks::<{ 1 + KEY_BYTES }>();
        if records.is_empty() || !rest.is_empty() {
            return None;
        }
        let keys = records
            .iter()
            .map(|record| {
                let mut key = [0; KEY_BYTES];
                key.copy_from_slice(&record[1..]);
                (record[0], key)
            })
            .collect();
        Some(Self { keys })
    }

    /// Makes a token.
    pub fn mint(&self, token: Token) -> String {
        let Some((kid, key)) = self.keys.last() else {
            return String::new();
        };
        let mut bytes = Vec::with_capacity(BODY_BYTES + PROOF_BYTES);
        bytes.push(*kid);
        bytes.extend(token.key.session.as_bytes());
        bytes.extend(token.key.account.0.to_be_bytes());
        bytes.extend(token.site.0.to_be_bytes());
        bytes.extend(token.issued_at_ms.to_be_bytes());
        let proof = mac(key, &bytes).finalize().into_bytes();
        bytes.extend(proof);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a token and checks its proof, in constant time.
    ///
    /// # Errors
    /// [`Forged`] for whatever we did not make.
    pub fn check(&self, token: &str) -> Result<Token, Forged> {
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| Forged)?;
        let (body, proof) = bytes.split_at_checked(BODY_BYTES).ok_or(Forged)?;
        let kid = *body.first().ok_or(Forged)?;
        let (_, key) = self
            .keys
            .iter()
            .find(|(known, _)| *known == kid)
            .ok_or(Forged)?;
        mac(key, body).verify_slice(proof).map_err(|_| Forged)?;
        let number = |from: usize| {
            let mut eight = [0; 8];
            eight.copy_from_slice(&body[from..from + 8]);
            u64::from_be_bytes(eight)
        };
        Ok(Token {
            key: SessionKey {
                session: SessionId::try_from(&body[1..17]).map_err(|_| Forged)?,
                account: AccountId(number(17) as i64),
            },
            site: SiteId(number(25) as i64),
            issued_at_ms: number(33),
        })
    }
}

fn mac(key: &[u8; KEY_BYTES], body: &[u8]) -> Hmac<Sha256> {
    let mut mac = <Hmac<Sha256> as KeyInit>::new(key.into());
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> Token {
        Token {
            key: SessionKey {
                account: AccountId(7),
                session: SessionId::new(1_700_000_000_000, &[3; 10]),
            },
            site: SiteId(9),
            issued_at_ms: 1_700_000_000_123,
        }
    }

    fn keys(kids: &[u8]) -> TokenKeys {
        TokenKeys {
            keys: kids.iter().map(|&kid| (kid, [kid; KEY_BYTES])).collect(),
        }
    }

    #[test]
    fn p5_a_token_comes_back_and_no_changed_byte_passes() {
        let minted = keys(&[1]).mint(token());
        assert_eq!(keys(&[1]).check(&minted), Ok(token()));

        let bytes = URL_SAFE_NO_PAD.decode(&minted).unwrap();
        for index in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[index] ^= 1;
            assert_eq!(
                keys(&[1]).check(&URL_SAFE_NO_PAD.encode(changed)),
                Err(Forged)
            );
        }
    }

    #[test]
    fn a_token_of_the_older_live_key_still_passes() {
        let old = keys(&[1]).mint(token());
        assert_eq!(keys(&[1, 2]).check(&old), Ok(token()));
        assert_eq!(keys(&[2]).check(&old), Err(Forged));
    }

    #[test]
    fn whatever_is_no_token_is_forged() {
        for text in ["", "x", "é", &"A".repeat(300)] {
            assert_eq!(keys(&[1]).check(text), Err(Forged));
        }
    }
}
