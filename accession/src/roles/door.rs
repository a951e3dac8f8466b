//! The door of a process: its limits, the proxies that it believes, and callers whom it knows.
//!
//! Never decides who may do what.

use std::sync::Arc;
use std::time::Duration;

use accession_command_api::credentials::Credentials;
use accession_guard::{
    Door, DoorOptions, ForwardedBy, Identify, Known, Proxies, RedisLimiter, SharedLimiter,
};
use accession_secrets::Purpose;
use accession_service::access::cookies::{ACCESS_COOKIE, cookie};
use accession_service::access::{
    AccessVerifier, CREDENTIAL_PREFIX, Caller, INTERNAL_TOKEN, ServiceCredentials as _,
};
use accession_service::keys::random_bytes;
use anyhow::{Context as _, Result};
use async_trait::async_trait;
use http::HeaderMap;
use http::header::AUTHORIZATION;

use super::limits;
use super::writing::verifying_keys;
use crate::private::Private;
use crate::settings::{Mode, ProxyHeader, Role, Settings};

/// How long a question may take to answer.
const QUESTION_TIME: Duration = Duration::from_mins(1);

/// The door that the settings name.
pub(super) fn open(settings: &Settings, role: Role, private: Option<&Private>) -> Result<Door> {
    let limits = limits::limits(&settings.rate_limits).context("rate_limits")?;
    metrics::counter!("accession_limiter_fallbacks_total").increment(0);
    for limit in &limits {
        metrics::counter!("accession_throttled_total", "limit" => limit.name).increment(0);
    }
    let redis = match settings
        .read_store_url
        .as_deref()
        .filter(|_| settings.rate_limiter)
    {
        Some(url) => {
            let limiter = RedisLimiter::new(url, &settings.read_store_namespace);
            Some(limiter.context("read_store_url cannot be used for the rate limits")?)
        }
        None => None,
    };
    let limiter = settings
        .rate_limiter
        .then(|| SharedLimiter::new(&limits, redis));
    if !settings.rate_limiter {
        tracing::warn!("rate_limiter is off: nobody's calls are counted");
    }
    // A role without the root key counts in its own memory only, so its digests need agree with nobody's.
    let key = match private {
        Some(private) => private.root.derive(Purpose::Places).to_vec(),
        None => random_bytes()?.to_vec(),
    };
    let verifier = AccessVerifier::new(verifying_keys(settings, role.writes())?);
    Ok(Door::new(DoorOptions {
        proxies: proxies(settings)?,
        limiter,
        limits_of: limits::of_route,
        limits,
        identify: Some(Arc::new(Callers {
            verifier,
            credentials: private.map(Private::credentials),
        })),
        key,
        body_time: limits::body_time,
        question_time: QUESTION_TIME,
        transport_security: settings.mode == Mode::Production,
    }))
}

fn proxies(settings: &Settings) -> Result<Proxies> {
    let by = match settings.proxy_header {
        ProxyHeader::XForwardedFor => ForwardedBy::XForwardedFor,
        ProxyHeader::Forwarded => ForwardedBy::Forwarded,
    };
    let networks = settings.trusted_proxies.iter().map(String::as_str);
    Proxies::new(networks, by).context("trusted_proxies")
}

/// Knows the bearers of this process's tokens and credentials.
struct Callers {
    verifier: AccessVerifier,
    credentials: Option<Credentials>,
}

impl Callers {
    async fn service(&self, text: &str) -> Known {
        let Some(credentials) = &self.credentials else {
            return Known::Nobody;
        };
        match credentials.bearer(text, now()).await {
            Ok(Some(_)) => Known::Exempt,
            Ok(None) | Err(_) => Known::Nobody,
        }
    }
}

#[async_trait]
impl Identify for Callers {
    async fn identify(&self, headers: &HeaderMap) -> Known {
        if let Some(text) = headers.get(INTERNAL_TOKEN) {
            return self.service(text.to_str().unwrap_or_default()).await;
        }
        let Some(token) = shown(headers) else {
            return Known::Nobody;
        };
        if token.starts_with(CREDENTIAL_PREFIX) {
            return self.service(token).await;
        }
        match self.verifier.verify(token, now()).as_deref() {
            Ok(caller) => known(caller),
            Err(_) => Known::Nobody,
        }
    }
}

/// The token in the header or, without one, in a browser's cookie: as the gate looks for it.
fn shown(headers: &HeaderMap) -> Option<&str> {
    if headers.contains_key(AUTHORIZATION) {
        return AccessVerifier::bearer(headers).ok();
    }
    cookie(headers, ACCESS_COOKIE)
}

/// Whoever came in by an operator's token works on the platform and is counted by nobody; whoever signed in is an account.
fn known(caller: &Caller) -> Known {
    match caller {
        Caller::Person(person) if person.session.is_some() || person.role.is_none() => {
            Known::Account(person.subject.as_str().into())
        }
        Caller::Person(_) | Caller::Service { .. } => Known::Exempt,
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a request enters the system here: the edge reads the clock"
)]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}

#[cfg(test)]
mod tests {
    use accession_service::access::{
        ACCESS_LIFETIME, Role, Session, access_claims, mint, session_claims,
    };
    use accession_service::keys::TokenKey;
    use http::header::COOKIE;
    use uuid::Uuid;

    use super::*;

    async fn known(name: http::HeaderName, value: String) -> Known {
        let key = TokenKey::from_seed(&[1; 32]).unwrap();
        let callers = Callers {
            verifier: AccessVerifier::new(vec![key.verifying()]),
            credentials: None,
        };
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        callers.identify(&headers).await
    }

    #[tokio::test]
    async fn a_session_is_counted_by_its_account_whether_a_header_or_a_cookie_shows_it() {
        let key = TokenKey::from_seed(&[1; 32]).unwrap();
        let account = Uuid::from_u128(1);
        let session = Session {
            id: Uuid::from_u128(2),
            account,
            since: 3,
        };
        let token = mint(&key, &session_claims(session, None, "t".into(), now())).unwrap();
        let by_account = Known::Account(account.to_string().into());
        let header = known(AUTHORIZATION, format!("Bearer {token}")).await;
        assert_eq!(header, by_account);
        let kept = format!("theme=dark; {ACCESS_COOKIE}={token}");
        assert_eq!(known(COOKIE, kept).await, by_account);
        let forged = format!("{ACCESS_COOKIE}={token}x");
        assert_eq!(known(COOKIE, forged).await, Known::Nobody);
    }

    #[tokio::test]
    async fn whoever_operates_the_platform_is_counted_by_nobody() {
        let key = TokenKey::from_seed(&[1; 32]).unwrap();
        let role = Some(Role::Admin);
        let claims = access_claims("ana", role, "t".into(), now(), ACCESS_LIFETIME);
        let token = mint(&key, &claims).unwrap();
        let header = known(AUTHORIZATION, format!("Bearer {token}")).await;
        assert_eq!(header, Known::Exempt);
    }
}
