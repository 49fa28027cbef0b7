//! The installed programs of Postgres.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::EmbeddedError;

/// Where Debian and Ubuntu keep one directory per version.
const DEBIAN: &str = "/usr/lib/postgresql";
/// The first version with multiranges.
const MAJOR_MIN: u32 = 14;

/// A directory with `initdb` and `postgres` of one version.
#[derive(Clone, Debug)]
pub struct Programs {
    dir: PathBuf,
    major: u32,
}

impl Programs {
    /// Finds the newest version, or the one an existing cluster needs.
    ///
    /// # Errors
    /// When there is none; names what would do and where it was looked for.
    pub fn find(search_path: &[PathBuf], cluster: Option<u32>) -> Result<Self, EmbeddedError> {
        let wanted = |programs: &Self| match cluster {
            Some(major) => programs.major == major,
            None => programs.major >= MAJOR_MIN,
        };
        candidates(search_path)
            .into_iter()
            .filter_map(Self::of_dir)
            .find(wanted)
            .ok_or_else(|| EmbeddedError::NoPrograms {
                wanted: match cluster {
                    Some(major) => format!("{major} (which made the existing cluster)"),
                    None => format!("{MAJOR_MIN} or newer"),
                },
                looked_in: format!("{DEBIAN}/*/bin, PATH and `pg_config --bindir`"),
            })
    }

    fn of_dir(dir: PathBuf) -> Option<Self> {
        if !dir.join("initdb").is_file() {
            return None;
        }
        let said = words_of(&dir.join("postgres"), "--version")?;
        // "postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)"
        let version = said.split_whitespace().nth(2)?;
        let major = version
            .split(|letter: char| !letter.is_ascii_digit())
            .next()?;
        Some(Self {
            major: major.parse().ok()?,
            dir,
        })
    }

    /// The path of one of them.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// The best compression for full pages in the write-ahead log that these programs have.
    pub fn wal_compression(&self) -> &'static str {
        let built_with = words_of(&self.path("pg_config"), "--configure").unwrap_or_default();
        if self.major < 15 {
            "on"
        } else if built_with.contains("--with-zstd") {
            "zstd"
        } else if built_with.contains("--with-lz4") {
            "lz4"
        } else {
            "on"
        }
    }
}

/// Directories to look into, the best first.
fn candidates(search_path: &[PathBuf]) -> Vec<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = fs::read_dir(DEBIAN)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let major = entry.file_name().to_str()?.parse().ok()?;
            Some((major, entry.path().join("bin")))
        })
        .collect();
    versions.sort_by_key(|(major, _)| std::cmp::Reverse(*major));
    let asked = search_path
        .iter()
        .map(|dir| dir.join("pg_config"))
        .find(|program| program.is_file())
        .and_then(|program| words_of(&program, "--bindir"))
        .map(|dir| PathBuf::from(dir.trim()));
    versions
        .into_iter()
        .map(|(_, dir)| dir)
        .chain(search_path.iter().cloned())
        .chain(asked)
        .collect()
}

/// What a program prints when asked for one thing.
fn words_of(program: &Path, question: &str) -> Option<String> {
    let answer = Command::new(program).arg(question).output().ok()?;
    answer
        .status
        .success()
        .then(|| String::from_utf8_lossy(&answer.stdout).into_owned())
}
