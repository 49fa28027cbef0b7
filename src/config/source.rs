//! Where settings come from, and what became of each: the only reader of the environment.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use secrecy::SecretString;

use super::ConfigError;

/// Names without the prefix `FOOTAGE_`, because other programs know them too.
const FOREIGN: [&str; 1] = ["DATABASE_URL"];
/// Read when `FOOTAGE_CONFIG` names no other file; it may be absent.
const DEFAULT_FILE: &str = "footage.toml";

/// One setting as `check-config` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its name.
    pub name: &'static str,
    /// Its value; of a secret only whether there is one.
    pub value: String,
    /// Where the value came from.
    pub origin: String,
}

/// Settings that were given, and a note of each that was asked for.
#[derive(Debug, Default)]
pub struct Source {
    given: BTreeMap<String, Given>,
    shown: Vec<Shown>,
    search_path: Vec<PathBuf>,
}

#[derive(Debug)]
struct Given {
    value: String,
    origin: String,
}

impl Source {
    /// The environment of this process over the file named by `FOOTAGE_CONFIG`, else over
    /// `./footage.toml` where there is one.
    ///
    /// # Errors
    /// When a named file is absent, or a file is not understood.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the environment"
    )]
    pub fn of_this_process() -> Result<Self, ConfigError> {
        let environment: Vec<(String, String)> = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let search_path = std::env::var_os("PATH").unwrap_or_default();
        let named = environment
            .iter()
            .find(|(name, _)| name == "FOOTAGE_CONFIG");
        let mut source = Self::default();
        match named {
            Some((_, path)) if !path.is_empty() => source.read_file(Path::new(path))?,
            _ if Path::new(DEFAULT_FILE).is_file() => source.read_file(Path::new(DEFAULT_FILE))?,
            _ => {}
        }
        source.take_environment(environment);
        source.search_path = std::env::split_paths(&search_path).collect();
        Ok(source)
    }

    /// Exactly these variables and no file, for tests.
    #[must_use]
    pub fn from_pairs(pairs: &[(&str, &str)]) -> Self {
        let mut source = Self::default();
        source.take_environment(
            pairs
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        source
    }

    /// Adds the settings of a TOML file: one flat table, names in small letters.
    ///
    /// # Errors
    /// When it cannot be read or is not such a table.
    pub fn read_file(&mut self, path: &Path) -> Result<(), ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|cause| ConfigError::File {
            path: path.to_owned(),
            cause,
        })?;
        let not_understood = |cause: String| ConfigError::Toml {
            path: path.to_owned(),
            cause,
        };
        let table: toml::Table = text
            .parse()
            .map_err(|cause: toml::de::Error| not_understood(cause.to_string()))?;
        for (key, value) in table {
            let value = text_of(&value).ok_or_else(|| {
                not_understood(format!(
                    "{key} must be a text, a number, yes or no, or a list"
                ))
            })?;
            let origin = path.display().to_string();
            self.given
                .insert(name_of_key(&key), Given { value, origin });
        }
        Ok(())
    }

    /// Adds environment variables over what a file said. Empty ones count as absent.
    pub fn take_environment(&mut self, variables: impl IntoIterator<Item = (String, String)>) {
        for (name, value) in variables {
            let base = name.strip_suffix("_FILE").unwrap_or(&name).to_owned();
            let is_ours = name.starts_with("FOOTAGE_") || FOREIGN.contains(&base.as_str());
            if !is_ours || value.is_empty() || name == "FOOTAGE_CONFIG" {
                continue;
            }
            let from_file = |given: &Given| given.origin != "environment";
            for other in [base.clone(), format!("{base}_FILE")] {
                if self.given.get(&other).is_some_and(from_file) {
                    self.given.remove(&other);
                }
            }
            let origin = "environment".to_owned();
            self.given.insert(name, Given { value, origin });
        }
    }

    /// Directories in which programs are looked for.
    #[must_use]
    pub fn search_path(&self) -> &[PathBuf] {
        &self.search_path
    }

    /// The value of a setting, or `default` where none was given.
    ///
    /// # Errors
    /// When it is not `expected`.
    pub fn value<T: FromStr + fmt::Display>(
        &mut self,
        name: &'static str,
        default: T,
        expected: &str,
    ) -> Result<T, ConfigError> {
        let given = self.optional(name, expected)?;
        if given.is_none() {
            self.note(name, default.to_string(), "default".to_owned());
        }
        Ok(given.unwrap_or(default))
    }

    /// The value of a setting that may be absent; what absence means is for the caller to note.
    ///
    /// # Errors
    /// When it is given and not `expected`.
    pub fn optional<T: FromStr + fmt::Display>(
        &mut self,
        name: &'static str,
        expected: &str,
    ) -> Result<Option<T>, ConfigError> {
        let Some(given) = self.given.remove(name) else {
            return Ok(None);
        };
        let parsed: T = given
            .value
            .trim()
            .parse()
            .map_err(|_| ConfigError::Invalid {
                name,
                value: given.value,
                origin: given.origin.clone(),
                expected: expected.to_owned(),
            })?;
        self.note(name, parsed.to_string(), given.origin);
        Ok(Some(parsed))
    }

    /// A comma-separated list; empty where none was given.
    ///
    /// # Errors
    /// When an item is not `expected`.
    pub fn list<T: FromStr>(
        &mut self,
        name: &'static str,
        expected: &str,
    ) -> Result<Vec<T>, ConfigError> {
        let Some(given) = self.given.remove(name) else {
            self.note(name, String::new(), "default".to_owned());
            return Ok(Vec::new());
        };
        let items = given
            .value
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty());
        let parsed: Result<Vec<T>, _> = items.map(str::parse).collect();
        let parsed = parsed.map_err(|_| ConfigError::Invalid {
            name,
            value: given.value.clone(),
            origin: given.origin.clone(),
            expected: expected.to_owned(),
        })?;
        self.note(name, given.value, given.origin);
        Ok(parsed)
    }

    /// A secret, given as itself or as `NAME_FILE`, the file that holds it (a line break at its
    /// end does not count).
    ///
    /// # Errors
    /// When both are given, or the file cannot be read.
    pub fn secret(&mut self, name: &'static str) -> Result<Option<SecretString>, ConfigError> {
        let file = self.given.remove(&format!("{name}_FILE"));
        let (secret, origin) = match (self.given.remove(name), file) {
            (Some(_), Some(_)) => {
                return Err(ConfigError::Conflict(format!(
                    "{name} and {name}_FILE are both given: remove one"
                )));
            }
            (Some(direct), None) => (direct.value, direct.origin),
            (None, Some(file)) => {
                let path = PathBuf::from(file.value);
                let text = std::fs::read_to_string(&path)
                    .map_err(|cause| ConfigError::SecretFile { name, path, cause })?;
                (
                    text.trim_end_matches(['\r', '\n']).to_owned(),
                    format!("{name}_FILE"),
                )
            }
            (None, None) => {
                self.note(name, "not set".to_owned(), "default".to_owned());
                return Ok(None);
            }
        };
        self.note(name, "set, not shown".to_owned(), origin);
        Ok(Some(SecretString::from(secret)))
    }

    /// Notes the effective value of a setting that was not given.
    pub fn note(&mut self, name: &'static str, value: String, origin: String) {
        self.shown.push(Shown {
            name,
            value,
            origin,
        });
    }

    /// Ends the reading: what is left was asked for by nobody.
    ///
    /// # Errors
    /// Names the first unknown setting and the known one nearest to it.
    pub fn finish(self) -> Result<Vec<Shown>, ConfigError> {
        let Some((name, given)) = self.given.into_iter().next() else {
            return Ok(self.shown);
        };
        let known = self.shown.iter().map(|shown| shown.name);
        let nearest = known.min_by_key(|known| strsim::damerau_levenshtein(known, &name));
        Err(ConfigError::Unknown {
            origin: given.origin,
            nearest: nearest.unwrap_or_default(),
            name,
        })
    }
}

/// `listen` is `FOOTAGE_LISTEN`, `database_url` is `DATABASE_URL`.
fn name_of_key(key: &str) -> String {
    let name = key.to_ascii_uppercase();
    let base = name.strip_suffix("_FILE").unwrap_or(&name);
    if FOREIGN.contains(&base) {
        name
    } else {
        format!("FOOTAGE_{name}")
    }
}

/// A TOML value as the environment would spell it.
fn text_of(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(flag) => Some(flag.to_string()),
        toml::Value::Array(items) => {
            let items: Option<Vec<String>> = items.iter().map(text_of).collect();
            Some(items?.join(","))
        }
        _ => None,
    }
}
