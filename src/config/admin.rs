//! The first admin.

use secrecy::{ExposeSecret, SecretString};

use super::{ConfigError, Source};

/// Who may sign in first. Used once, when there is no user yet.
#[derive(Clone, Debug)]
pub struct AdminConfig {
    /// `FOOTAGE_ADMIN_EMAIL`, default `admin@localhost`.
    pub email: String,
    /// `FOOTAGE_ADMIN_PASSWORD`, a secret; absent: one is made and printed once.
    pub password: Option<SecretString>,
}

impl AdminConfig {
    /// The fewest bytes a chosen password has.
    pub const PASSWORD_BYTES_MIN: usize = 8;

    /// # Errors
    /// When the password is too short.
    pub fn from_source(source: &mut Source) -> Result<Self, ConfigError> {
        let default = "admin@localhost".to_owned();
        let email: String = source.value("FOOTAGE_ADMIN_EMAIL", default, "an email address")?;
        let config = Self {
            email,
            password: source.secret("FOOTAGE_ADMIN_PASSWORD")?,
        };
        config.validate()?;
        Ok(config)
    }

    fn validate(&self) -> Result<(), ConfigError> {
        match &self.password {
            Some(password) if password.expose_secret().len() < Self::PASSWORD_BYTES_MIN => {
                Err(ConfigError::Conflict(format!(
                    "FOOTAGE_ADMIN_PASSWORD has {} bytes and needs at least {}",
                    password.expose_secret().len(),
                    Self::PASSWORD_BYTES_MIN
                )))
            }
            _ => Ok(()),
        }
    }
}
