//! What is known of an `OpenID` Connect provider: its endpoints and keys, fetched once and kept for a while.
//!
//! Never asks a provider that just failed: the many who wait would each wait in turn.

use std::sync::Arc;

use jiff::Timestamp;
use openidconnect::core::{
    CoreAuthDisplay, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreGrantType,
    CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm,
    CoreResponseMode, CoreResponseType, CoreSubjectIdentifierType,
};
use openidconnect::url::Url;
use openidconnect::{AdditionalProviderMetadata, DiscoveryError, IssuerUrl, ProviderMetadata};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::error::SignInError;
use crate::http::{Checked, FetchError, is_safe};
use crate::provider::Client;

/// Seconds after which endpoints and keys are fetched again.
const GOOD_FOR: i64 = 3600;
/// Least seconds between two fetches because of a key that is not known.
const KEYS_AT_MOST_EVERY: i64 = 30;

/// What we read of a provider's metadata besides what the library does.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Extra {
    /// RFC 9207: answers name their issuer, so one that does not is not its.
    #[serde(default)]
    pub(crate) authorization_response_iss_parameter_supported: bool,
    /// RFC 8414: which PKCE methods it knows.
    #[serde(default)]
    pub(crate) code_challenge_methods_supported: Option<Vec<String>>,
}

impl AdditionalProviderMetadata for Extra {}

pub(crate) type Metadata = ProviderMetadata<
    Extra,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

#[derive(Debug, Default)]
struct Memory {
    known: Option<Arc<Metadata>>,
    fetched: i64,
    keys_renewed: i64,
    away_until: i64,
}

/// The memory of one provider. The lock is held over a fetch, so that a crowd causes one.
#[derive(Debug)]
pub(crate) struct Discovery {
    issuer: IssuerUrl,
    memory: Mutex<Memory>,
}

impl Discovery {
    pub(crate) fn new(issuer: IssuerUrl) -> Self {
        Self {
            issuer,
            memory: Mutex::new(Memory {
                keys_renewed: i64::MIN / 2,
                ..Memory::default()
            }),
        }
    }

    pub(crate) fn issuer(&self) -> &IssuerUrl {
        &self.issuer
    }

    /// Endpoints and keys, from memory while they are good.
    pub(crate) async fn get(
        &self,
        client: &Client,
        web: &Checked<'_>,
        now: Timestamp,
    ) -> Result<Arc<Metadata>, SignInError> {
        let mut memory = self.memory.lock().await;
        let age = now.as_second() - memory.fetched;
        match &memory.known {
            Some(known) if (0..GOOD_FOR).contains(&age) => Ok(known.clone()),
            _ => self.fetch(&mut memory, client, web, now).await,
        }
    }

    /// The keys once more, because a token names one that is not among them; none when that was just done.
    pub(crate) async fn renewed(
        &self,
        client: &Client,
        web: &Checked<'_>,
        now: Timestamp,
    ) -> Result<Option<Arc<Metadata>>, SignInError> {
        let mut memory = self.memory.lock().await;
        if now.as_second() - memory.keys_renewed < KEYS_AT_MOST_EVERY {
            return Ok(None);
        }
        memory.keys_renewed = now.as_second();
        tracing::info!(provider = %client.name, "a sign-in names a new key: fetching the provider's keys");
        self.fetch(&mut memory, client, web, now).await.map(Some)
    }

    async fn fetch(
        &self,
        memory: &mut Memory,
        client: &Client,
        web: &Checked<'_>,
        now: Timestamp,
    ) -> Result<Arc<Metadata>, SignInError> {
        if now.as_second() < memory.away_until {
            return Err(SignInError::away(
                &client.name,
                "it did not answer a moment ago",
            ));
        }
        let found = Metadata::discover_async(self.issuer.clone(), web).await;
        match found.map_err(|error| undiscovered(&client.name, &error)) {
            Ok(metadata) => {
                check(&metadata, client)?;
                let known = Arc::new(metadata);
                memory.known = Some(known.clone());
                memory.fetched = now.as_second();
                Ok(known)
            }
            Err(error) => {
                let pause = i64::try_from(SignInError::PAUSE.as_secs()).unwrap_or(1);
                memory.away_until = now.as_second() + pause;
                tracing::warn!(provider = %client.name, %error, "an identity provider cannot be used");
                Err(error)
            }
        }
    }
}

/// Its endpoints are as safe as its issuer, and it knows the only PKCE method we use, if it says which it knows.
fn check(metadata: &Metadata, client: &Client) -> Result<(), SignInError> {
    let safe = |url: &Url| is_safe(url, client.plain_loopback);
    let endpoints_safe = safe(metadata.authorization_endpoint().url())
        && metadata
            .token_endpoint()
            .is_some_and(|token| safe(token.url()))
        && metadata
            .userinfo_endpoint()
            .is_none_or(|info| safe(info.url()));
    if !endpoints_safe {
        let reason = "its discovery document names no token endpoint, or one that is not https";
        return Err(SignInError::misconfigured(&client.name, reason));
    }
    let methods = &metadata
        .additional_metadata()
        .code_challenge_methods_supported;
    let s256 = methods
        .as_ref()
        .is_none_or(|all| all.iter().any(|one| one == "S256"));
    if s256 {
        return Ok(());
    }
    let reason = "it does not know PKCE with S256";
    Err(SignInError::misconfigured(&client.name, reason))
}

fn undiscovered(provider: &str, error: &DiscoveryError<FetchError>) -> SignInError {
    match error {
        DiscoveryError::Request(error) => SignInError::fetching(provider, error),
        DiscoveryError::Response(status, ..) => SignInError::misconfigured(
            provider,
            format!("its discovery document or keys answer {status}: is the issuer right?"),
        ),
        DiscoveryError::Validation(_) => {
            SignInError::misconfigured(provider, "its discovery document names another issuer")
        }
        _ => SignInError::misconfigured(provider, "its discovery document cannot be understood"),
    }
}
