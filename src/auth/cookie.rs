//! The staff session cookie: what is in it and how it is written.

use std::fmt;

use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRng as _;
use rand::rngs::SysRng;
use sha2::{Digest, Sha256};

use super::Origin;
use crate::error::ApiError;

/// The random content of a session cookie; the database knows only its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionSecret([u8; 32]);

impl fmt::Debug for SessionSecret {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("SessionSecret([redacted])")
    }
}

impl SessionSecret {
    /// Draws 256 bits from the system.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn draw() -> Result<Self, ApiError> {
        Ok(Self(draw_random()?))
    }

    /// The hash that the database keeps.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }

    fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }
}

/// Draws bytes that nobody can guess.
///
/// # Errors
/// When the system has no randomness.
pub fn draw_random<const N: usize>() -> Result<[u8; N], ApiError> {
    let mut bytes = [0; N];
    SysRng
        .try_fill_bytes(&mut bytes)
        .map_err(|error| ApiError::Internal(format!("the system has no randomness: {error}")))?;
    Ok(bytes)
}

/// Name and attributes of the cookie, which depend on whether the public URL is https.
#[derive(Debug, Clone, Copy)]
pub struct SessionCookie {
    secure: bool,
}

impl SessionCookie {
    /// The cookie for a dashboard at this origin.
    #[must_use]
    pub fn for_origin(public: &Origin) -> Self {
        Self {
            secure: public.is_secure(),
        }
    }

    /// `__Host-` makes browsers refuse the cookie from a subdomain or without Secure.
    #[must_use]
    pub fn name(self) -> &'static str {
        if self.secure {
            "__Host-footage_session"
        } else {
            "footage_session"
        }
    }

    /// Reads the secret out of a request.
    #[must_use]
    pub fn read(self, headers: &HeaderMap) -> Option<SessionSecret> {
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == self.name())
            .and_then(|(_, value)| SessionSecret::parse(value))
    }

    /// The `Set-Cookie` that hands a secret to the browser for so many hours.
    ///
    /// # Errors
    /// Never in practice: the text is plain ASCII.
    pub fn set(self, secret: &SessionSecret, hours: i32) -> Result<HeaderValue, ApiError> {
        self.write(&URL_SAFE_NO_PAD.encode(secret.0), i64::from(hours) * 3600)
    }

    /// The `Set-Cookie` that takes it away again.
    ///
    /// # Errors
    /// Never in practice: the text is plain ASCII.
    pub fn clear(self) -> Result<HeaderValue, ApiError> {
        self.write("", 0)
    }

    fn write(self, value: &str, max_age_s: i64) -> Result<HeaderValue, ApiError> {
        let name = self.name();
        let secure = if self.secure { "; Secure" } else { "" };
        let text =
            format!("{name}={value}; Path=/; Max-Age={max_age_s}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::try_from(text).map_err(|error| ApiError::Internal(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookie(origin: &str) -> SessionCookie {
        SessionCookie::for_origin(&Origin::parse(origin).unwrap())
    }

    #[test]
    fn https_gives_the_strict_form() {
        let secret = SessionSecret::draw().unwrap();
        let written = cookie("https://a.example").set(&secret, 168).unwrap();
        let text = written.to_str().unwrap();
        assert!(text.starts_with("__Host-footage_session="));
        assert!(text.ends_with("; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax; Secure"));
    }

    #[test]
    fn what_was_written_is_read_among_others() {
        let local = cookie("http://127.0.0.1:8080");
        let secret = SessionSecret::draw().unwrap();
        let written = local.set(&secret, 168).unwrap();
        let pair = written.to_str().unwrap().split(';').next().unwrap();
        let mut headers = HeaderMap::new();
        let line = format!("a=b; {pair}; c=d");
        headers.insert(header::COOKIE, line.parse().unwrap());
        assert!(local.read(&headers) == Some(secret));
    }

    #[test]
    fn a_mangled_cookie_is_none() {
        let local = cookie("http://127.0.0.1:8080");
        for value in ["", "short", "%%%", &"A".repeat(44)] {
            let mut headers = HeaderMap::new();
            let line = format!("footage_session={value}");
            headers.insert(header::COOKIE, line.parse().unwrap());
            assert!(local.read(&headers).is_none(), "{value}");
        }
    }

    #[test]
    fn debug_tells_nothing() {
        let secret = SessionSecret::draw().unwrap();
        assert_eq!(format!("{secret:?}"), "SessionSecret([redacted])");
    }
}
