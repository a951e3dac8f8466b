//! The stores all tests of a run share: those that `make test` started, or a set of our own.
//! Never gives out a name twice: what a test makes in a shared store, it makes under a name of its own.

use std::sync::OnceLock;

use uuid::Uuid;

use crate::nats::PrivateNats;
use crate::postgres::PrivatePostgres;
use crate::redis::PrivateRedis;

/// Addresses of the three stores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stores {
    /// Superuser's URL to the database `postgres`.
    pub postgres_url: String,
    /// `redis://…`
    pub redis_url: String,
    /// `nats://…`, with `JetStream`.
    pub nats_url: String,
}

/// A private set lives as long as the test process; the guards of its servers end it after that.
struct PrivateSet {
    postgres: PrivatePostgres,
    redis: PrivateRedis,
    nats: PrivateNats,
}

impl Stores {
    /// The stores of this run. They come from the environment (`make test` or `scripts/with-stores`
    /// sets it); without it, a private set is started once per process, in about a second.
    ///
    /// # Panics
    /// When only some of the variables are set, or a server is not installed.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Stores> = OnceLock::new();
        SHARED.get_or_init(|| Self::from_env().unwrap_or_else(Self::private))
    }

    /// The stores named by `ACCESSION_TEST_POSTGRES_URL`, `ACCESSION_TEST_REDIS_URL` and
    /// `ACCESSION_TEST_NATS_URL`; None when none of them is set.
    ///
    /// # Panics
    /// When only some are set: a half-configured run would test less than it claims.
    #[must_use]
    pub fn from_env() -> Option<Self> {
        Self::from_variables(|name| std::env::var(name).ok().filter(|text| !text.is_empty()))
    }

    fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let names = [
            "ACCESSION_TEST_POSTGRES_URL",
            "ACCESSION_TEST_REDIS_URL",
            "ACCESSION_TEST_NATS_URL",
        ];
        match names.map(variable) {
            [Some(postgres_url), Some(redis_url), Some(nats_url)] => Some(Self {
                postgres_url,
                redis_url,
                nats_url,
            }),
            [None, None, None] => None,
            _ => panic!(
                "set all of {} or none of them; `scripts/with-stores COMMAND` sets them all",
                names.join(", ")
            ),
        }
    }

    fn private() -> Self {
        static SET: OnceLock<PrivateSet> = OnceLock::new();
        let set = SET.get_or_init(|| PrivateSet {
            postgres: PrivatePostgres::start_blocking(),
            redis: PrivateRedis::start_blocking(),
            nats: PrivateNats::start_blocking(),
        });
        Self {
            postgres_url: set.postgres.url(),
            redis_url: set.redis.url(),
            nats_url: set.nats.url(),
        }
    }
}

/// A name nobody else uses, such as `test_4d1f…`: for databases, Redis key prefixes and streams.
#[must_use]
pub fn unique_name(prefix: &str) -> String {
    format!("{prefix}_{}", Uuid::new_v4().simple())
}

#[cfg(test)]
mod tests {
    use super::Stores;

    #[test]
    fn three_variables_name_the_stores() {
        let stores = Stores::from_variables(|name| Some(name.to_lowercase()));
        assert_eq!(
            stores.map(|stores| stores.nats_url).as_deref(),
            Some("accession_test_nats_url")
        );
    }

    #[test]
    fn without_variables_there_are_no_shared_stores() {
        assert_eq!(Stores::from_variables(|_| None), None);
    }

    #[test]
    #[should_panic(expected = "set all of")]
    fn half_a_configuration_is_refused() {
        let _ = Stores::from_variables(|name| name.contains("REDIS").then(|| "redis://x".into()));
    }
}
