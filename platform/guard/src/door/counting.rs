//! Counting a request against the limits of its route, and saying how it stands in the header fields of
//! draft-ietf-httpapi-ratelimit-headers (`RateLimit-Policy`, `RateLimit`).
//!
//! Never counts a request that a limit before has blocked.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::net::IpAddr;
use std::time::Duration;

use accession_service::client::ClientAddress;
use accession_service::problem::Problem;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};

use super::known::{Known, KnownCallers};
use crate::knocking::Knocking;
use crate::limit::{Asked, By, Limit, Reach, Verdict};
use crate::limiter::Limiter as _;
use crate::shared::SharedLimiter;

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STANDING: HeaderName = HeaderName::from_static("ratelimit");
/// What is counted in each process is told only when less than this part of the calls is left: a hot answer costs less than
/// the telling.
const WORTH_TELLING: u32 = 5;

/// The limit of callers from one place who show something that has to be looked at first.
const UNKNOWN_CALLERS: &str = "unknown_callers";

pub(super) struct Counting {
    limiter: SharedLimiter,
    limits: HashMap<&'static str, Limit>,
    limits_of: fn(&Method, Option<&str>) -> &'static [&'static str],
    known: KnownCallers,
    knocking: Knocking,
}

impl Counting {
    pub(super) fn new(
        limiter: SharedLimiter,
        limits: Vec<Limit>,
        limits_of: fn(&Method, Option<&str>) -> &'static [&'static str],
        known: KnownCallers,
        key: &[u8],
    ) -> Self {
        let limits = limits.into_iter().map(|limit| (limit.name, limit));
        Self {
            limiter,
            limits: limits.collect(),
            limits_of,
            known,
            knocking: Knocking::new(key),
        }
    }

    pub(super) fn limits_of(
        &self,
        method: &Method,
        route: Option<&str>,
    ) -> &'static [&'static str] {
        (self.limits_of)(method, route)
    }

    /// Counts one request. How often somebody is looked at who is not known yet has a limit of its own: looking at a bad
    /// token costs more than refusing it, and whoever sends many must not use up what others from there have.
    pub(super) async fn count<'a>(
        &'a self,
        names: &[&'static str],
        headers: &HeaderMap,
        client: ClientAddress,
    ) -> Counted<'a> {
        let limits = names.iter().filter_map(|name| self.limits.get(name));
        let limits: Vec<&Limit> = limits.collect();
        if let Some(known) = self.known.remembered(headers) {
            return self.count_known(limits, &known, client).await;
        }
        let unknown = self.limits.get(UNKNOWN_CALLERS).into_iter().collect();
        let looked_at = self.ask(unknown, &Known::Nobody, client).await;
        if looked_at.refusal().is_some() {
            return looked_at;
        }
        let known = self.known.ask(headers).await;
        self.count_known(limits, &known, client).await
    }

    /// The same when nothing has to be waited for: one limit, counted in this process, and a caller who is known.
    pub(super) fn count_here(
        &self,
        names: &[&'static str],
        headers: &HeaderMap,
        client: ClientAddress,
    ) -> Option<Counted<'_>> {
        let [name] = names else { return None };
        let known = self.known.remembered(headers)?;
        let counts = |limit: &&Limit| known != Known::Exempt || !is_general(limit);
        let Some(limit) = self.limits.get(name).filter(counts) else {
            return Some(Counted {
                verdicts: Vec::new(),
            });
        };
        let who = self.who(limit, &known, client);
        let verdict = self.limiter.ask_here(&Asked { limit, who })?;
        Some(Counted {
            verdicts: vec![(limit, verdict)],
        })
    }

    async fn count_known<'a>(
        &'a self,
        mut limits: Vec<&'a Limit>,
        known: &Known,
        client: ClientAddress,
    ) -> Counted<'a> {
        if *known == Known::Exempt {
            limits.retain(|limit| !is_general(limit));
        }
        self.ask(limits, known, client).await
    }

    async fn ask<'a>(
        &'a self,
        limits: Vec<&'a Limit>,
        known: &Known,
        client: ClientAddress,
    ) -> Counted<'a> {
        let asked: Vec<Asked<'a>> = limits
            .into_iter()
            .map(|limit| Asked {
                limit,
                who: self.who(limit, known, client),
            })
            .collect();
        let verdicts = match asked.as_slice() {
            [] => Vec::new(),
            [only] if let Some(verdict) = self.limiter.ask_here(only) => vec![verdict],
            several => self.ask_all(several).await,
        };
        let told = asked.into_iter().map(|asked| asked.limit).zip(verdicts);
        Counted {
            verdicts: told.collect(),
        }
    }

    /// A limiter that fails lets everybody in: being able to work comes before being able to count.
    async fn ask_all(&self, asked: &[Asked<'_>]) -> Vec<Verdict> {
        self.limiter.ask(asked).await.unwrap_or_else(|error| {
            tracing::error!(%error, "a call was not counted");
            Vec::new()
        })
    }

    fn who(&self, limit: &Limit, known: &Known, client: ClientAddress) -> u128 {
        match (limit.by, known) {
            (By::Account, Known::Account(account)) => self.knocking.who(b'a', account.as_bytes()),
            _ => match client.0.to_canonical() {
                IpAddr::V4(address) => self.knocking.who(b'4', &address.octets()),
                IpAddr::V6(address) => {
                    let octets = address.octets();
                    self.knocking.who(b'6', octets.split_at(8).0)
                }
            },
        }
    }
}

/// The limits of everything; an importer or an operator has none of these.
fn is_general(limit: &Limit) -> bool {
    matches!(limit.name, "reads" | "writes")
}

/// What the limits said of one request.
pub(super) struct Counted<'a> {
    verdicts: Vec<(&'a Limit, Verdict)>,
}

impl Counted<'_> {
    /// The answer to a request that is one too many.
    pub(super) fn refusal(&self) -> Option<Problem> {
        let blocked = |(limit, verdict): &(&Limit, Verdict)| {
            Some((limit.name, limit.calls, limit.over, verdict.wait?))
        };
        let (name, calls, over, wait) = self.verdicts.iter().find_map(blocked)?;
        metrics::counter!("accession_throttled_total", "limit" => name).increment(1);
        let seconds = whole_seconds(wait);
        let problem = Problem::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_requests",
            format!(
                "the limit `{name}` is {calls} in {} s: try again in {seconds} s",
                over.as_secs()
            ),
        );
        Some(problem.retry_after(Duration::from_secs(seconds)))
    }

    /// What the caller is told of how it stands with the limits; nothing when nothing is worth it.
    pub(super) fn told(&self) -> Option<Box<Told>> {
        let (mut policies, mut standings) = (String::new(), String::new());
        for (limit, verdict) in self
            .verdicts
            .iter()
            .filter(|(limit, verdict)| worth_telling(limit, *verdict))
        {
            let comma = if policies.is_empty() { "" } else { ", " };
            let (name, calls) = (limit.name, limit.calls);
            let restored = whole_seconds(verdict.restored_in(limit));
            let (over, left) = (limit.over.as_secs(), verdict.remaining);
            let _ = write!(policies, "{comma}\"{name}\";q={calls};w={over}");
            let _ = write!(standings, "{comma}\"{name}\";r={left};t={restored}");
        }
        if policies.is_empty() {
            return None;
        }
        Some(Box::new(Told {
            policies: HeaderValue::try_from(policies).ok()?,
            standings: HeaderValue::try_from(standings).ok()?,
        }))
    }
}

/// How a caller stands with the limits, in the words of the header fields.
pub(super) struct Told {
    policies: HeaderValue,
    standings: HeaderValue,
}

impl Told {
    /// Says it on an answer.
    pub(super) fn tell(&self, headers: &mut HeaderMap) {
        headers.insert(POLICY, self.policies.clone());
        headers.insert(STANDING, self.standings.clone());
    }
}

fn worth_telling(limit: &Limit, verdict: Verdict) -> bool {
    limit.reach == Reach::Shared || verdict.remaining < limit.calls.get() / WORTH_TELLING
}

/// Rounded up: whoever waits so long is let in.
fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}
