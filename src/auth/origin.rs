//! Origins: scheme, host and port, in one spelling.

use std::fmt;
use std::net::IpAddr;

use axum::http::Uri;
use axum::http::uri::Scheme;

/// Why a text is not an origin.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum OriginError {
    /// Not an absolute http or https address.
    #[error("{0:?} is not an http or https address")]
    NotHttp(String),
    /// It has a path, a query or a user name; the dashboard lives at the root of its host.
    #[error("{0:?} must have nothing after the host and port")]
    NotBare(String),
}

/// An origin such as `https://footage.example.com` or `http://127.0.0.1:8080`.
///
/// Default ports are left out and letters are small, as browsers write the `Origin` header, so
/// that equal origins are equal texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    secure: bool,
    authority: String,
}

impl Origin {
    /// Reads an origin; one trailing slash is forgiven.
    ///
    /// # Errors
    /// When it is not `http://host` or `https://host`, with or without a port.
    pub fn parse(text: &str) -> Result<Self, OriginError> {
        let not_http = || OriginError::NotHttp(text.to_owned());
        let uri: Uri = text.parse().map_err(|_| not_http())?;
        let secure = match uri.scheme() {
            Some(scheme) if *scheme == Scheme::HTTPS => true,
            Some(scheme) if *scheme == Scheme::HTTP => false,
            _ => return Err(not_http()),
        };
        let authority = uri.authority().ok_or_else(not_http)?;
        if !matches!(uri.path(), "" | "/")
            || uri.query().is_some()
            || authority.as_str().contains('@')
        {
            return Err(OriginError::NotBare(text.to_owned()));
        }
        let default_port = if secure { 443 } else { 80 };
        let host = authority.host().to_ascii_lowercase();
        // Nothing that could end a directive of a policy or an attribute of a page.
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
        if host.is_empty() || !host.bytes().all(is_plain) {
            return Err(not_http());
        }
        let authority = match authority.port_u16() {
            Some(port) if port != default_port => format!("{host}:{port}"),
            None if authority.as_str() != authority.host() => return Err(not_http()),
            _ => host,
        };
        Ok(Self { secure, authority })
    }

    /// Whether it is https.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// Host and port, as a browser writes the `Host` header for it.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Whether the host can only be this machine, where plain HTTP crosses no network.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        is_loopback_authority(&self.authority)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.secure { "https" } else { "http" };
        write!(to, "{scheme}://{}", self.authority)
    }
}

/// Whether a `Host` header, with or without a port, names this machine itself.
#[must_use]
pub fn is_loopback_authority(authority: &str) -> bool {
    let host = if let Some(bracketed) = authority.strip_prefix('[') {
        bracketed.split(']').next().unwrap_or(bracketed)
    } else {
        authority.split(':').next().unwrap_or(authority)
    };
    let host = host.to_ascii_lowercase();
    host == "localhost"
        || host.ends_with(".localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_for_one_origin() {
        let spelled = Origin::parse("HTTPS://Footage.Example.com:443/").unwrap();
        assert_eq!(spelled.to_string(), "https://footage.example.com");
        assert!(spelled.is_secure());
        let local = Origin::parse("http://[::1]:8080").unwrap();
        assert_eq!(local.to_string(), "http://[::1]:8080");
        assert!(local.is_loopback());
    }

    #[test]
    fn what_is_no_bare_origin_is_refused() {
        for text in [
            "ftp://a",
            "a.example",
            "null",
            "",
            "https://a/b",
            "https://u@a",
            "https://a?x",
            "https://a;b",
            "https://a'b",
            "https://a:99999",
            "https://a:",
        ] {
            assert!(Origin::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for host in ["localhost:8080", "127.0.0.1", "127.8.8.8:1", "[::1]:8080"] {
            assert!(is_loopback_authority(host), "{host}");
        }
        for host in [
            "0.0.0.0:8080",
            "192.168.1.5",
            "localhost.example.com",
            "[2001:db8::1]",
        ] {
            assert!(!is_loopback_authority(host), "{host}");
        }
    }
}
