//! Callers that are known from before: asked once, then remembered for a minute by what they showed.
//!
//! Never a right: it only decides whose calls are counted together.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use http::HeaderMap;
use moka::sync::Cache;

/// How long somebody is remembered: a credential that was revoked is counted like a stranger's after that.
const REMEMBERED: Duration = Duration::from_mins(1);
const MOST_REMEMBERED: u64 = 20_000;

/// Who shows these headers, as far as counting goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// Nobody, or somebody who is not who they say: counted by place.
    Nobody,
    /// A person with an account.
    Account(Arc<str>),
    /// An importer, another service, or an operator: not counted by the general limits.
    Exempt,
}

/// Recognises callers by their headers.
#[async_trait]
pub trait Identify: Send + Sync + 'static {
    /// Who shows these headers.
    async fn identify(&self, headers: &HeaderMap) -> Known;
}

/// Remembers who showed what.
pub(super) struct KnownCallers {
    identify: Option<Arc<dyn Identify>>,
    known: Cache<(u64, u64), Known>,
    hashers: (RandomState, RandomState),
}

/// The headers by which callers show who they are.
const SHOWN: [&str; 3] = ["authorization", "x-internal-token", "cookie"];

impl KnownCallers {
    pub(super) fn new(identify: Option<Arc<dyn Identify>>) -> Self {
        Self {
            identify,
            known: Cache::builder()
                .max_capacity(MOST_REMEMBERED)
                .time_to_live(REMEMBERED)
                .build(),
            hashers: (RandomState::new(), RandomState::new()),
        }
    }

    /// Who shows these headers, when that is known without asking.
    pub(super) fn remembered(&self, headers: &HeaderMap) -> Option<Known> {
        if self.identify.is_none() || !SHOWN.iter().any(|name| headers.contains_key(*name)) {
            return Some(Known::Nobody);
        }
        self.known.get(&self.digest(headers))
    }

    /// Asks who shows these headers, and remembers it.
    pub(super) async fn ask(&self, headers: &HeaderMap) -> Known {
        let Some(identify) = &self.identify else {
            return Known::Nobody;
        };
        let known = identify.identify(headers).await;
        self.known.insert(self.digest(headers), known.clone());
        known
    }

    /// Two hashes under keys that nobody knows: together they are as good as unguessable.
    fn digest(&self, headers: &HeaderMap) -> (u64, u64) {
        let shown = || {
            let values = SHOWN.iter().map(|name| headers.get(*name));
            values
                .map(|value| value.map(http::HeaderValue::as_bytes))
                .collect::<Vec<_>>()
        };
        let shown = shown();
        (
            self.hashers.0.hash_one(&shown),
            self.hashers.1.hash_one(&shown),
        )
    }
}
