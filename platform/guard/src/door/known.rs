//! Callers that are known from before: asked once, then remembered for a minute by what they showed.
//!
//! Never a right: it only decides whose calls are counted together.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::time::Duration;

use accession_service::access::INTERNAL_TOKEN;
use accession_service::access::cookies::{ACCESS_COOKIE, cookie};
use async_trait::async_trait;
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
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

/// What callers show of themselves: the headers, and the one cookie that matters. Whatever else a browser keeps tells
/// nobody apart.
#[derive(Hash, PartialEq, Eq)]
struct Shown<'a> {
    headers: [Option<&'a [u8]>; 2],
    cookie: Option<&'a str>,
}

impl<'a> Shown<'a> {
    fn in_headers(headers: &'a HeaderMap) -> Option<Self> {
        let value = |name| headers.get(name).map(HeaderValue::as_bytes);
        let shown = Self {
            headers: [value(AUTHORIZATION), value(INTERNAL_TOKEN)],
            cookie: cookie(headers, ACCESS_COOKIE),
        };
        let anything = shown.cookie.is_some() || shown.headers.iter().any(Option::is_some);
        anything.then_some(shown)
    }
}

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
        let shown = Shown::in_headers(headers);
        let Some(shown) = shown.filter(|_| self.identify.is_some()) else {
            return Some(Known::Nobody);
        };
        self.known.get(&self.digest(&shown))
    }

    /// Asks who shows these headers, and remembers it.
    pub(super) async fn ask(&self, headers: &HeaderMap) -> Known {
        let (Some(identify), Some(shown)) = (&self.identify, Shown::in_headers(headers)) else {
            return Known::Nobody;
        };
        let known = identify.identify(headers).await;
        self.known.insert(self.digest(&shown), known.clone());
        known
    }

    /// Two hashes under keys that nobody knows: together they are as good as unguessable.
    fn digest(&self, shown: &Shown<'_>) -> (u64, u64) {
        (
            self.hashers.0.hash_one(shown),
            self.hashers.1.hash_one(shown),
        )
    }
}

#[cfg(test)]
mod tests {
    use http::header::COOKIE;

    use super::*;

    #[test]
    fn callers_are_told_apart_by_the_cookie_that_matters_wherever_it_stands() {
        let cookies = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(COOKIE, HeaderValue::from_static(value));
            }
            headers
        };
        let known = KnownCallers::new(None);
        let digest = |headers: &HeaderMap| Shown::in_headers(headers).map(|of| known.digest(&of));
        // A browser over HTTP/2 may send each of its cookies in a header of its own.
        let ana = digest(&cookies(&["theme=dark", "accession_access=ana"]));
        let bob = digest(&cookies(&["theme=dark", "accession_access=bob"]));
        assert!(ana.is_some() && ana != bob);
        assert_eq!(
            ana,
            digest(&cookies(&["accession_access=ana; theme=light"]))
        );
        assert_eq!(digest(&cookies(&["theme=dark"])), None);
    }
}
