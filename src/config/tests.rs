#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::PathBuf;

use secrecy::ExposeSecret;

use super::*;

fn load(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::from_source(Source::from_pairs(pairs))
}

fn refusal(pairs: &[(&str, &str)]) -> String {
    load(pairs).unwrap_err().to_string()
}

/// A file that goes with the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("footage-{}-{name}", std::process::id()));
        fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn nothing_given_is_enough() {
    let config = load(&[]).unwrap();
    assert_eq!(config.listen.main.to_string(), "127.0.0.1:8080");
    assert_eq!(config.public.url.to_string(), "http://127.0.0.1:8080");
    assert!(config.database.url.is_none());
    assert!(Config::for_testing(&std::env::temp_dir()).is_ok());
}

#[test]
fn an_unknown_setting_names_the_nearest_known_one() {
    let refused = refusal(&[("FOOTAGE_LISTNE", "127.0.0.1:1")]);
    assert!(
        refused.contains("FOOTAGE_LISTNE (environment)"),
        "{refused}"
    );
    assert!(
        refused.ends_with("the nearest one is FOOTAGE_LISTEN"),
        "{refused}"
    );
}

#[test]
fn a_bad_value_names_the_setting_the_value_and_what_it_takes() {
    let refused = refusal(&[("FOOTAGE_LISTEN", "here")]);
    assert_eq!(
        refused,
        "FOOTAGE_LISTEN = \"here\" (environment) is not an address with a port such as \
         127.0.0.1:8080"
    );
}

#[test]
fn a_secret_may_come_from_a_file_and_is_never_shown() {
    let path = Scratch::new("token", "0123456789abcdef-secret\n");
    let config = load(&[("FOOTAGE_OPS_TOKEN_FILE", path.0.to_str().unwrap())]).unwrap();
    assert_eq!(
        config.ops.token.as_ref().unwrap().expose_secret(),
        "0123456789abcdef-secret"
    );
    assert!(!format!("{config} {config:?}").contains("cdef-secret"));
    assert!(config.to_string().contains("set, not shown"));
    let both = [
        ("FOOTAGE_OPS_TOKEN_FILE", "/x"),
        ("FOOTAGE_OPS_TOKEN", "0123456789abcdef"),
    ];
    assert!(refusal(&both).contains("both given"));
    let absent = refusal(&[("DATABASE_URL_FILE", "/absent")]);
    assert!(absent.contains("DATABASE_URL_FILE names /absent"));
}

#[test]
fn a_wrong_database_address_is_refused_without_showing_it() {
    let refused = refusal(&[("DATABASE_URL", "mysql://root:hunter2@db/x")]);
    assert!(
        refused.contains("DATABASE_URL") && !refused.contains("hunter2"),
        "{refused}"
    );
}

#[test]
fn limits_that_do_not_go_together_name_both_sides() {
    let refused = refusal(&[("FOOTAGE_CREDIT_BYTES", "1KiB")]);
    assert!(refused.contains("FOOTAGE_CREDIT_BYTES = 1024"), "{refused}");
    assert!(refused.contains("credit_bytes_min = 65536"), "{refused}");
    let refused = refusal(&[("FOOTAGE_BUDGET_BYTES", "1MiB")]);
    assert!(
        refused.contains("FOOTAGE_BUDGET_BYTES = 1048576"),
        "{refused}"
    );
    assert!(refused.contains("message_bytes_max = 1048576"), "{refused}");
    assert!(refused.contains("64MiB"), "{refused}");
    let refused = refusal(&[
        ("FOOTAGE_LISTEN", "127.0.0.1:9"),
        ("FOOTAGE_OPS_LISTEN", "127.0.0.1:9"),
    ]);
    assert!(refused.contains("must differ"), "{refused}");
}

#[test]
fn the_environment_wins_over_the_file() {
    let path = Scratch::new(
        "footage.toml",
        "listen = \"127.0.0.1:1\"\nworkers = 3\ntrusted_proxies = [\"10.0.0.0/8\", \"::1\"]\n\
         ops_token = \"0123456789abcdef\"\n",
    );
    let secret = Scratch::new("other-token", "fedcba9876543210");
    let mut source = Source::default();
    source.read_file(&path.0).unwrap();
    source.take_environment([
        ("FOOTAGE_LISTEN".to_owned(), "127.0.0.1:2".to_owned()),
        (
            "FOOTAGE_OPS_TOKEN_FILE".to_owned(),
            secret.0.display().to_string(),
        ),
        ("HOME".to_owned(), "/".to_owned()),
    ]);
    let config = Config::from_source(source).unwrap();
    assert_eq!(config.listen.main.port(), 2);
    assert_eq!(config.listen.workers.get(), 3);
    assert_eq!(
        config.ops.token.unwrap().expose_secret(),
        "fedcba9876543210"
    );
    let inside = |text: &str| {
        let address = text.parse().unwrap();
        config
            .listen
            .trusted_proxies
            .iter()
            .any(|network| network.contains(address))
    };
    assert!(inside("10.200.0.1") && inside("::1") && inside("::ffff:10.1.1.1"));
    assert!(!inside("11.0.0.1") && !inside("::2"));
}

#[test]
fn an_unknown_key_of_the_file_is_refused_with_the_file_named() {
    let path = Scratch::new("unknown.toml", "lisen = \"127.0.0.1:1\"\n");
    let mut source = Source::default();
    source.read_file(&path.0).unwrap();
    let refused = Config::from_source(source).unwrap_err().to_string();
    assert!(
        refused.contains("unknown.toml") && refused.contains("FOOTAGE_LISTEN"),
        "{refused}"
    );
}

#[test]
fn byte_sizes_read_back_as_written() {
    for text in ["65537", "64KiB", "256MiB", "3GiB"] {
        assert_eq!(text.parse::<ByteSize>().unwrap().to_string(), text);
    }
    assert!("12 parsecs".parse::<ByteSize>().is_err());
    assert!("99999999999GiB".parse::<ByteSize>().is_err());
}
