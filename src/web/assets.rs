//! Where the files of the built web side come from.

use std::borrow::Cow;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// One file.
#[derive(Debug, Clone)]
pub struct Asset {
    /// Its content.
    pub bytes: Cow<'static, [u8]>,
    /// The SHA-256 of the content.
    pub sha256: [u8; 32],
}

impl Asset {
    /// A file of this content.
    #[must_use]
    pub fn new(bytes: impl Into<Cow<'static, [u8]>>) -> Self {
        let bytes = bytes.into();
        let sha256 = Sha256::digest(&bytes).into();
        Self { bytes, sha256 }
    }

    /// The hash of the content in 64 hex digits.
    #[must_use]
    pub fn hash_hex(&self) -> String {
        self.sha256.iter().fold(String::new(), |mut hex, byte| {
            // Writing to a String does not fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }
}

/// The files of `web/dist`, by their path in it.
pub trait Assets: Send + Sync {
    /// The file, if there is one.
    fn get(&self, path: &str) -> Option<Asset>;
}

/// The files as they were when the server was built; a debug build reads them from the disk.
#[derive(Debug, Clone, Copy, Default, rust_embed::RustEmbed)]
#[folder = "web/dist/"]
#[allow_missing = true]
pub struct Embedded;

impl Assets for Embedded {
    fn get(&self, path: &str) -> Option<Asset> {
        // Plain names only; a debug build would otherwise ask the disk about anything.
        let is_plain = path
            .split('/')
            .all(|part| !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', '\0']));
        if !is_plain {
            return None;
        }
        let file = <Self as rust_embed::RustEmbed>::get(path)?;
        Some(Asset {
            sha256: file.metadata.sha256_hash(),
            bytes: file.data,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_is_reached() {
        for path in [
            "",
            "/etc/passwd",
            "../package.json",
            "a/../../package.json",
            "..\\package.json",
            "player//index.html",
            ".hidden",
        ] {
            assert!(Embedded.get(path).is_none(), "{path}");
        }
    }
}
