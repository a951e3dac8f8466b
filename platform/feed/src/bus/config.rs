//! Where the bus is and what our stream on it is called.
//! It never decides what is in a message.

use std::time::Duration;

use crate::bus::error::BusError;

/// Settings of the bus. Two installations that share a NATS server need different `stream` and `subjects`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BusConfig {
    /// `nats://host:4222`, with `user:password@` where the server asks for it.
    pub url: String,
    /// Name of the stream.
    pub stream: String,
    /// What all subjects begin with, without the closing dot.
    pub subjects: String,
    /// How long the stream keeps a message.
    pub max_age: Duration,
    /// How much the stream keeps, in bytes, oldest dropped first. The server sets as much aside when the stream is made.
    pub max_bytes: i64,
    /// How long the server remembers message ids; the fence is the expected sequence, this is a second line.
    pub duplicate_window: Duration,
    /// Copies of the stream in a NATS cluster.
    pub replicas: usize,
}

impl BusConfig {
    /// The defaults at this address: seven days, 512 MiB, one copy.
    #[must_use]
    pub fn at(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            stream: "ACCESSION_EVENTS".into(),
            subjects: "accession.events".into(),
            max_age: Duration::from_hours(7 * 24),
            max_bytes: 512 << 20,
            duplicate_window: Duration::from_mins(2),
            replicas: 1,
        }
    }

    pub(crate) fn validate(&self) -> Result<(), BusError> {
        if !is_name(&self.stream) {
            return Err(BusError::Configuration {
                reason: format!(
                    "`{}` cannot be a stream's name: use letters, digits, `_` and `-`, such as ACCESSION_EVENTS",
                    self.stream
                ),
            });
        }
        if !self.subjects.split('.').all(is_name) {
            return Err(BusError::Configuration {
                reason: format!(
                    "`{}` cannot begin subjects: use words of letters, digits, `_` and `-` between dots, such as \
                     accession.events",
                    self.subjects
                ),
            });
        }
        Ok(())
    }

    /// The subjects of all our messages, as a pattern.
    pub(crate) fn pattern(&self) -> String {
        format!("{}.>", self.subjects)
    }
}

fn is_name(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    !text.is_empty() && text.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::BusConfig;

    #[test]
    fn names_that_a_server_would_refuse_are_refused_before_it_is_asked() {
        let good = BusConfig::at("nats://x");
        assert!(good.validate().is_ok());
        for stream in ["", "a.b", "a b", "é", ">"] {
            let bad = BusConfig {
                stream: stream.into(),
                ..good.clone()
            };
            assert!(bad.validate().is_err(), "{stream}");
        }
        for subjects in ["", "a.", ".a", "a..b", "a.*", "a b"] {
            let bad = BusConfig {
                subjects: subjects.into(),
                ..good.clone()
            };
            assert!(bad.validate().is_err(), "{subjects}");
        }
    }
}
