//! From a hello to a visit: site, origin and token are checked, in that order, before any actor hears of
//! the recorder. (The codec has refused other versions.)

use axum::http::{HeaderMap, header};
use bytes::Bytes;
use footage_actors::cast::Visit;
use footage_actors::clock::Clock;
use footage_actors::outbox::Close;
use footage_actors::ports::StreamOpening;
use footage_actors::session;
use footage_protocol::message::{Hello, Policy};
use footage_protocol::{CloseCode, FromServer, SessionId, encode_from_server};
use std::sync::Arc;

use super::token::{Token, TokenKeys};
use crate::store::{Site, SiteDirectory};

/// Bytes of a `User-Agent` that are written down.
const USER_AGENT_BYTES_MAX: usize = 512;

/// What checks hellos.
pub struct Handshake {
    /// Every site of the installation.
    pub sites: Arc<SiteDirectory>,
    /// The keys of session tokens.
    pub tokens: Arc<TokenKeys>,
    /// Wall time.
    pub clock: Clock,
}

/// What the HTTP request around a hello says.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The page's origin, where a browser sent it.
    pub origin: Option<String>,
    /// The browser's name for itself, cut to 512 bytes.
    pub user_agent: String,
}

impl Request {
    /// Takes what is needed of the headers.
    pub fn from_headers(headers: &HeaderMap) -> Self {
        let text = |name| {
            headers
                .get(name)
                .and_then(|value: &header::HeaderValue| value.to_str().ok())
        };
        let user_agent = text(header::USER_AGENT).unwrap_or_default();
        Self {
            origin: text(header::ORIGIN).map(str::to_owned),
            user_agent: user_agent.chars().take(USER_AGENT_BYTES_MAX).collect(),
        }
    }
}

impl Handshake {
    /// Checks a hello and says who is visiting.
    ///
    /// # Errors
    /// What to close with: 4404, 4403, 4401, or 1013 when sites cannot be looked up.
    pub async fn visit(&self, hello: &Hello<'_>, request: &Request) -> Result<Visit, Close> {
        let site = self.site(hello.site_key).await?;
        check_origin(&site, request)?;
        let session = match hello.session_token {
            None => None,
            Some(token) => Some(self.session(token, &site)?),
        };
        self.visit_of(hello, request, &site, session)
    }

    async fn site(&self, key: &str) -> Result<Arc<Site>, Close> {
        match self.sites.find(key).await {
            Ok(Some(site)) => Ok(site),
            Ok(None) => Err(Close::limit(
                CloseCode::UnknownSite,
                "no site has this key; copy it from the snippet",
            )),
            Err(_) => Err(Close::limit(
                CloseCode::TryLater,
                "sites cannot be looked up now",
            )),
        }
    }

    fn session(&self, token: &str, site: &Site) -> Result<SessionId, Close> {
        let bad_token = |detail: &dyn std::fmt::Display| Close::limit(CloseCode::BadToken, detail);
        let token = self
            .tokens
            .check(token)
            .map_err(|forged| bad_token(&forged))?;
        if token.key.account != site.account || token.site != site.id {
            return Err(bad_token(&"the session token is of another site"));
        }
        Ok(token.key.session)
    }

    fn visit_of(
        &self,
        hello: &Hello<'_>,
        request: &Request,
        site: &Site,
        session: Option<SessionId>,
    ) -> Result<Visit, Close> {
        let now_ms = self.clock.now_ms();
        let opening = StreamOpening {
            opened_at_ms: now_ms,
            navigated_from: hello.navigated_from,
            url: hello.page.url.to_owned(),
            title: hello.page.title.to_owned(),
            referrer: hello.page.referrer.to_owned(),
            viewport_width: hello.page.viewport_width,
            viewport_height: hello.page.viewport_height,
            time_zone: hello.page.time_zone.to_owned(),
            sdk_version: hello.sdk_version.to_owned(),
            policy_hash: hello.policy_hash,
            user_agent: request.user_agent.clone(),
        };
        let (tokens, site_id) = (Arc::clone(&self.tokens), site.id);
        Ok(Visit {
            account: site.account,
            site: site.id,
            visitor: hello.visitor,
            session,
            fresh: SessionId::new(now_ms, &rand::random()),
            hello: session::Hello {
                stream: hello.stream,
                navigated_from: hello.navigated_from,
                opening: Arc::new(opening),
                token: String::new(),
                policy: policy_for(hello, site)?,
                resumed: false,
            },
            mint: Arc::new(move |key| {
                tokens.mint(Token {
                    key,
                    site: site_id,
                    issued_at_ms: now_ms,
                })
            }),
        })
    }
}

/// An origin is hygiene and no proof: programs can claim any. A request without one is not from a
/// browser's page and is let pass.
fn check_origin(site: &Site, request: &Request) -> Result<(), Close> {
    match &request.origin {
        Some(origin) if !site.allows(origin) => Err(Close::limit(
            CloseCode::NotAllowed,
            format_args!(
                "{origin} is not among the site's allowed origins; add it to the site's settings"
            ),
        )),
        _ => Ok(()),
    }
}

/// The site's policy, encoded, when the recorder works by another one.
fn policy_for(hello: &Hello<'_>, site: &Site) -> Result<Option<Bytes>, Close> {
    if hello.policy_hash == site.policy_hash {
        return Ok(None);
    }
    let policy = Policy {
        policy_hash: site.policy_hash,
        mask_selectors: site
            .mask_selectors
            .iter()
            .map(|selector| selector.as_str().into())
            .collect(),
        block_selectors: site
            .block_selectors
            .iter()
            .map(|selector| selector.as_str().into())
            .collect(),
        keep_query: site.keep_query,
    };
    let mut encoded = Vec::with_capacity(64);
    encode_from_server(&mut encoded, &FromServer::Policy(policy)).map_err(|reason| {
        let detail = format_args!("the site's masking policy cannot be sent: {reason}");
        Close::limit(CloseCode::NotAllowed, detail)
    })?;
    Ok(Some(Bytes::from(encoded)))
}
