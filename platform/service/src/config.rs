//! Typed configuration: a TOML file, over it the environment `ACCESSION_…`; unknown keys are refused with the nearest
//! known name, and every message says which key, what was found and what is expected.
//!
//! The shape of the configuration belongs to the binary; here is how one is read.

mod byte_size;

use std::path::Path;

use figment::Figment;
use figment::providers::{Env, Format as _, Toml};
use serde::de::DeserializeOwned;

pub use byte_size::{ByteSize, ByteSizeError};

/// Configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A key that nobody reads.
    #[error("unknown configuration key `{key}`{}; known keys: {known}", suggestion.as_ref().map(|name| format!(", did you mean `{name}`?")).unwrap_or_default())]
    UnknownKey {
        /// The key as it was written.
        key: String,
        /// The nearest known key, if one is near.
        suggestion: Option<String>,
        /// All known keys.
        known: String,
    },
    /// A value that does not fit.
    #[error("configuration {key}: {problem}")]
    BadValue {
        /// The key.
        key: String,
        /// What was found and what is expected.
        problem: String,
    },
    /// A value that production mode refuses.
    #[error("refusing to start: {problem}")]
    Refused {
        /// Which key, what was found, what to do.
        problem: String,
    },
}

/// Prefix of the environment's keys.
pub const ENV_PREFIX: &str = "ACCESSION_";

/// Reads a configuration whose known keys are `known` (flat, snake case); `ignored` are `ACCESSION_…` variables that
/// belong to others, such as the importer's credential.
pub fn read<T: DeserializeOwned>(
    file: Option<&Path>,
    known: &[&str],
    ignored: &[&str],
) -> Result<T, ConfigError> {
    let mut figment = Figment::new();
    if let Some(path) = file {
        figment = figment.merge(Toml::file_exact(path));
    }
    let environment = Env::prefixed(ENV_PREFIX).filter({
        let ignored: Vec<String> = ignored.iter().map(|&key| key.to_owned()).collect();
        move |key| !ignored.iter().any(|ignored| key == ignored.as_str())
    });
    figment = figment.merge(environment);
    refuse_unknown(&figment, known)?;
    figment.extract().map_err(|error| bad_value(&error))
}

fn refuse_unknown(figment: &Figment, known: &[&str]) -> Result<(), ConfigError> {
    let values: figment::value::Dict = figment.extract().map_err(|error| bad_value(&error))?;
    match values.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => Err(ConfigError::UnknownKey {
            key: key.clone(),
            suggestion: nearest(key, known).map(str::to_owned),
            known: known.join(", "),
        }),
    }
}

/// The known name that is most like this one, if any is like it at all.
#[must_use]
pub fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let scored = known
        .iter()
        .map(|candidate| (strsim::jaro_winkler(name, candidate), *candidate));
    scored
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .filter(|(score, _)| *score > 0.75)
        .map(|(_, name)| name)
}

fn bad_value(error: &figment::Error) -> ConfigError {
    let first = error.clone().into_iter().next();
    let key = first
        .as_ref()
        .map(|error| error.path.join("."))
        .filter(|path| !path.is_empty());
    let problem = first.map_or_else(|| error.to_string(), |error| error.kind.to_string());
    ConfigError::BadValue {
        key: key.unwrap_or_else(|| "file or environment".into()),
        problem,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    struct Sample {
        listen: String,
        workers: Option<u16>,
    }

    fn read_text(text: &str) -> Result<Sample, ConfigError> {
        let path = std::env::temp_dir().join(format!(
            "accession-config-{}-{}",
            std::process::id(),
            text.len()
        ));
        std::fs::write(&path, text).unwrap();
        let result = read(
            Some(&path),
            &["listen", "workers"],
            // What the test runner itself sets.
            &["test_postgres_url", "test_redis_url", "test_nats_url"],
        );
        std::fs::remove_file(path).unwrap();
        result
    }

    #[test]
    fn a_known_configuration_is_read() {
        let sample = read_text("listen = \"127.0.0.1:1\"\nworkers = 3").unwrap();
        assert_eq!(
            (sample.listen.as_str(), sample.workers),
            ("127.0.0.1:1", Some(3))
        );
    }

    #[test]
    fn an_unknown_key_is_refused_with_the_nearest_known_name() {
        let error = read_text("listn = \"127.0.0.1:1\"")
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("`listn`") && error.contains("did you mean `listen`?"),
            "{error}"
        );
    }

    #[test]
    fn a_value_of_the_wrong_type_names_key_found_and_expected() {
        let error = read_text("listen = \"127.0.0.1:1\"\nworkers = \"many\"")
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("workers") && error.contains("many") && error.contains("u16"),
            "{error}"
        );
    }
}
