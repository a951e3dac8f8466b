//! A provider on the web: asked politely, believed carefully.
//!
//! Each has a pace, time-outs, retries with jitter, a breaker and a User-Agent of its own; bodies and redirects are bounded, and
//! no address leads into a private network. Three answers are told apart: found, not found, and out of reach. It knows no
//! provider.

mod address;
mod breaker;
mod exchange;
mod pace;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Url;
use serde_json::Value;
use tokio::sync::Mutex;

use address::{Checked, Guard};
use breaker::Breaker;
use pace::Pace;

/// How a provider is asked.
#[derive(Debug, Clone)]
pub(crate) struct Manners {
    /// Its name in messages.
    pub(crate) name: &'static str,
    /// The least time between two requests.
    pub(crate) between: Duration,
    /// How long one request may take.
    pub(crate) timeout: Duration,
    /// How often a request is tried again.
    pub(crate) retries: usize,
    /// The first wait before that; it doubles, with jitter.
    pub(crate) first_wait: Duration,
    /// The longest wait that a provider may ask for.
    pub(crate) longest_wait: Duration,
    /// The largest body, in bytes.
    pub(crate) largest: usize,
}

impl Manners {
    /// Manners for a provider that allows one request in so many milliseconds.
    pub(crate) const fn of(name: &'static str, between_milliseconds: u64) -> Self {
        Self {
            name,
            between: Duration::from_millis(between_milliseconds),
            timeout: Duration::from_secs(30),
            retries: 3,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_mins(1),
            largest: 16 * 1024 * 1024,
        }
    }
}

/// What a provider answered.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    /// A document.
    Found(Value),
    /// It says that there is no such thing.
    NotFound,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WebError {
    /// Nothing, or nothing usable, for as long as we try.
    #[error("{provider} is out of reach: {reason}")]
    OutOfReach {
        /// Which provider.
        provider: &'static str,
        /// What happened last.
        reason: String,
    },
    /// It does not let us in, or calls the request wrong.
    #[error("{provider} refuses the request ({status}); is the token right?")]
    Refused {
        /// Which provider.
        provider: &'static str,
        /// Its status.
        status: u16,
    },
    /// The address, or one that it redirects to, must not be asked.
    #[error("{provider}: {reason}")]
    BadAddress {
        /// Which provider.
        provider: &'static str,
        /// Which address and why.
        reason: String,
    },
    /// What came cannot be read.
    #[error("{provider} answered something unreadable: {reason}")]
    Unreadable {
        /// Which provider.
        provider: &'static str,
        /// What it was.
        reason: String,
    },
}

/// What is sent.
#[derive(Debug, Clone)]
pub(crate) enum Ask {
    /// A question in the address.
    Get(Url),
    /// A question in a JSON body.
    Post(Url, Value),
}

impl Ask {
    fn url(&self) -> &Url {
        match self {
            Self::Get(url) | Self::Post(url, _) => url,
        }
    }
}

/// A document with what lets its provider say that it has not changed.
#[derive(Debug, Clone)]
struct Remembered {
    tag: Option<String>,
    modified: Option<String>,
    document: Value,
}

/// Documents remembered at once.
const MOST_REMEMBERED: usize = 256;

/// One provider.
pub(crate) struct Web {
    manners: Manners,
    http: reqwest::Client,
    guard: Guard,
    pace: Pace,
    breaker: Mutex<Breaker>,
    remembered: Mutex<HashMap<String, Remembered>>,
}

impl Web {
    /// A client of the provider at `base`. `contact` goes into the User-Agent. With `allow_private` the base itself, and
    /// nothing else, may lie in a private network: a mirror of one's own.
    pub(crate) fn new(
        manners: Manners,
        base: &Url,
        contact: &str,
        allow_private: bool,
    ) -> Result<Self, WebError> {
        let provider = manners.name;
        let guard = Guard::new(base, allow_private);
        let agent = format!(
            "accession-importer/{} ({contact})",
            env!("CARGO_PKG_VERSION")
        );
        let http = reqwest::Client::builder()
            .user_agent(agent)
            .connect_timeout(manners.timeout.min(Duration::from_secs(10)))
            .timeout(manners.timeout)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(guard.clone()))
            .build()
            .map_err(|error| WebError::OutOfReach {
                provider,
                reason: format!("no HTTP client can be made: {error}"),
            })?;
        Ok(Self {
            pace: Pace::new(manners.between),
            manners,
            http,
            guard,
            breaker: Mutex::new(Breaker::default()),
            remembered: Mutex::new(HashMap::new()),
        })
    }

    fn check<'a>(&self, url: &'a Url) -> Result<Checked<'a>, WebError> {
        self.guard
            .check(url)
            .map_err(|reason| WebError::BadAddress {
                provider: self.manners.name,
                reason,
            })
    }

    fn out_of_reach(&self, reason: impl Into<String>) -> WebError {
        WebError::OutOfReach {
            provider: self.manners.name,
            reason: reason.into(),
        }
    }

    fn unreadable(&self, reason: impl Into<String>) -> WebError {
        WebError::Unreadable {
            provider: self.manners.name,
            reason: reason.into(),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
