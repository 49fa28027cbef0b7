//! Who is at the other end: passwords, login throttling, session cookies, and the refusal of
//! requests that other sites make a browser send.
//!
//! Roles, API tokens and session tokens of recorders do not belong here.

pub mod cookie;
pub mod csrf;
pub mod origin;
pub mod password;
pub mod staff;
pub mod throttle;

pub use cookie::{SessionCookie, SessionSecret};
pub use origin::Origin;
pub use password::{PasswordError, PasswordGate, hash_password};
pub use staff::Staff;
pub use throttle::LoginThrottle;

use std::net::IpAddr;

/// The address a request came from, as the accepting worker judged it (trusted proxies seen
/// through). Workers put it into the request's extensions; without it all requests share one
/// throttle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientIp(pub IpAddr);
