//! The addresses other people see.

use super::{ConfigError, ListenConfig, Source};
use crate::auth::Origin;

/// Where browsers find this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicConfig {
    /// For the snippet, links and the Origin check. `FOOTAGE_PUBLIC_URL`, default `http://` and the
    /// listen address.
    pub url: Origin,
    /// Where replays run apart from the dashboard. `FOOTAGE_REPLAY_ORIGIN`, default none: the
    /// dashboard's origin.
    pub replay_origin: Option<Origin>,
}

impl PublicConfig {
    /// Reads and checks this concern.
    ///
    /// # Errors
    /// When a value is not an origin.
    pub fn from_source(source: &mut Source, listen: &ListenConfig) -> Result<Self, ConfigError> {
        const EXPECTED: &str = "an address without a path such as https://footage.example.com";
        let listening = format!("http://{}", listen.main);
        let url: String = source.value("FOOTAGE_PUBLIC_URL", listening, EXPECTED)?;
        let replay: Option<String> = source.optional("FOOTAGE_REPLAY_ORIGIN", EXPECTED)?;
        if replay.is_none() {
            let absent = "the dashboard's".to_owned();
            source.note("FOOTAGE_REPLAY_ORIGIN", absent, "default".to_owned());
        }
        let config = Self {
            url: origin("FOOTAGE_PUBLIC_URL", &url)?,
            replay_origin: match replay {
                Some(replay) => Some(origin("FOOTAGE_REPLAY_ORIGIN", &replay)?),
                None => None,
            },
        };
        config.validate()?;
        Ok(config)
    }

    fn validate(&self) -> Result<(), ConfigError> {
        match &self.replay_origin {
            Some(replay) if self.url.is_secure() && !replay.is_secure() => {
                Err(ConfigError::Conflict(format!(
                    "FOOTAGE_REPLAY_ORIGIN = {replay} is http while FOOTAGE_PUBLIC_URL = {} is \
                     https: browsers block that; serve both over https",
                    self.url
                )))
            }
            _ => Ok(()),
        }
    }
}

fn origin(name: &'static str, text: &str) -> Result<Origin, ConfigError> {
    Origin::parse(text).map_err(|cause| ConfigError::Conflict(format!("{name}: {cause}")))
}
