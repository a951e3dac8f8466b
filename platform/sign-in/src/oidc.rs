//! `OpenID` Connect: the person is in a signed ID token, and every claim of it is checked.
//!
//! Never accepts a token that is unsigned or signed with a secret: the client secret is no signing key here.

use std::time::SystemTime;

use jiff::{SignedDuration, Timestamp};
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreIdToken, CoreIdTokenClaims,
    CoreIdTokenVerifier, CoreJwsSigningAlgorithm, CoreTokenResponse,
};
use openidconnect::{
    AccessTokenHash, AuthType, AuthorizationCode, ClaimsVerificationError, CsrfToken,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, Nonce, OAuth2TokenResponse as _,
    PkceCodeChallenge, PkceCodeVerifier, SignatureVerificationError, TokenResponse as _,
};
use serde::Deserialize;

use crate::attempt::{Answered, AttemptSecrets};
use crate::error::SignInError;
use crate::exchange;
use crate::http::Checked;
use crate::known::{Discovery, Metadata};
use crate::provider::Client;
use crate::settings::SettingsError;
use crate::vouched::Vouched;

/// How far a provider's clock may be ahead of ours.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(60);
/// The oldest ID token that is taken: an attempt lives ten minutes.
const OLDEST: SignedDuration = SignedDuration::from_mins(15);

const SIGNED_BY_KEY: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

type ConnectClient = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

#[derive(Debug)]
pub(crate) struct Oidc {
    discovery: Discovery,
}

/// What the userinfo endpoint says; only JSON `true` means verified.
#[derive(Deserialize)]
struct UserInfo {
    sub: String,
    email: Option<String>,
    #[serde(default)]
    email_verified: Option<bool>,
    name: Option<String>,
}

impl Oidc {
    pub(crate) fn new(name: &str, issuer: String) -> Result<Self, SettingsError> {
        let issuer = IssuerUrl::new(issuer)
            .map_err(|error| SettingsError::new(name, format!("issuer: {error}")))?;
        Ok(Self {
            discovery: Discovery::new(issuer),
        })
    }

    pub(crate) async fn authorization_url(
        &self,
        client: &Client,
        web: &Checked<'_>,
        secrets: &AttemptSecrets,
        now: Timestamp,
    ) -> Result<String, SignInError> {
        let metadata = self.discovery.get(client, web, now).await?;
        let verifier = PkceCodeVerifier::new(secrets.verifier.clone());
        let state = CsrfToken::new(secrets.state.clone());
        let nonce = Nonce::new(secrets.nonce.clone());
        let (url, _, _) = connect(client, &metadata)
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || state,
                move || nonce,
            )
            .add_scopes(client.scopes.iter().cloned())
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        Ok(url.into())
    }

    pub(crate) async fn vouch(
        &self,
        client: &Client,
        web: &Checked<'_>,
        answered: &Answered,
        secrets: &AttemptSecrets,
        now: Timestamp,
    ) -> Result<Vouched, SignInError> {
        let metadata = self.discovery.get(client, web, now).await?;
        self.check_issuer(client, &metadata, answered)?;
        let tokens = exchanged(client, &metadata, web, answered, secrets).await?;
        let untrusted = |reason| SignInError::untrusted(&client.name, reason);
        let id_token = tokens
            .id_token()
            .ok_or_else(|| untrusted("it sent no ID token"))?;
        let metadata = self
            .with_its_key(client, metadata, web, id_token, now)
            .await?;
        let verifier = verifier(client, self.discovery.issuer(), &metadata, now);
        let nonce = Nonce::new(secrets.nonce.clone());
        let claims = id_token
            .claims(&verifier, &nonce)
            .map_err(|error| untrusted(reason_of(&error)))?;
        check_party(client, claims)?;
        check_hash(client, claims, id_token, &tokens, &verifier)?;
        let info = missing_info(client, &metadata, web, claims, &tokens).await?;
        vouched(claims, info).ok_or_else(|| untrusted("it names nobody"))
    }

    /// RFC 9207: an answer that names an issuer names ours; a provider that promises to name itself does.
    fn check_issuer(
        &self,
        client: &Client,
        metadata: &Metadata,
        answered: &Answered,
    ) -> Result<(), SignInError> {
        let promised = metadata
            .additional_metadata()
            .authorization_response_iss_parameter_supported;
        match &answered.issuer {
            Some(issuer) if issuer == self.discovery.issuer().as_str() => Ok(()),
            None if !promised => Ok(()),
            Some(_) => Err(SignInError::untrusted(
                &client.name,
                "the answer is from another issuer",
            )),
            None => Err(SignInError::untrusted(
                &client.name,
                "the answer does not name its issuer",
            )),
        }
    }

    /// The metadata that has the token's key: fetched anew when the provider has rotated its keys.
    async fn with_its_key(
        &self,
        client: &Client,
        metadata: std::sync::Arc<Metadata>,
        web: &Checked<'_>,
        id_token: &CoreIdToken,
        now: Timestamp,
    ) -> Result<std::sync::Arc<Metadata>, SignInError> {
        let found = id_token
            .signing_key(&verifier(client, self.discovery.issuer(), &metadata, now))
            .map(|_| ());
        if found != Err(SignatureVerificationError::NoMatchingKey) {
            return Ok(metadata);
        }
        let renewed = self.discovery.renewed(client, web, now).await?;
        Ok(renewed.unwrap_or(metadata))
    }
}

fn connect(client: &Client, metadata: &Metadata) -> ConnectClient {
    let methods = metadata.token_endpoint_auth_methods_supported();
    let basic = methods.is_none_or(|all| {
        all.contains(&CoreClientAuthMethod::ClientSecretBasic)
            || !all.contains(&CoreClientAuthMethod::ClientSecretPost)
    });
    CoreClient::from_provider_metadata(metadata.clone(), client.id.clone(), client.secret.clone())
        .set_redirect_uri(client.redirect.clone())
        .set_auth_type(if basic {
            AuthType::BasicAuth
        } else {
            AuthType::RequestBody
        })
}

async fn exchanged(
    client: &Client,
    metadata: &Metadata,
    web: &Checked<'_>,
    answered: &Answered,
    secrets: &AttemptSecrets,
) -> Result<CoreTokenResponse, SignInError> {
    let connected = connect(client, metadata);
    let request = connected
        .exchange_code(AuthorizationCode::new(answered.code.clone()))
        .map_err(|_| SignInError::misconfigured(&client.name, "it has no token endpoint"))?;
    request
        .set_pkce_verifier(PkceCodeVerifier::new(secrets.verifier.clone()))
        .request_async(web)
        .await
        .map_err(|error| exchange::refused(&client.name, &error))
}

/// As a public client's: then the library never takes the client secret for a key, whatever the provider lists.
fn verifier(
    client: &Client,
    issuer: &IssuerUrl,
    metadata: &Metadata,
    now: Timestamp,
) -> CoreIdTokenVerifier<'static> {
    let keys = metadata.jwks().clone();
    let offered = metadata.id_token_signing_alg_values_supported();
    let allowed = SIGNED_BY_KEY
        .into_iter()
        .filter(|one| offered.contains(one));
    let clock = SystemTime::from(now);
    CoreIdTokenVerifier::new_public_client(client.id.clone(), issuer.clone(), keys)
        .set_allowed_algs(allowed)
        .set_time_fn(move || clock.into())
        .set_issue_time_verifier_fn(move |issued| {
            let issued = Timestamp::try_from(SystemTime::from(issued))
                .map_err(|_| "issued at no time".to_owned())?;
            let age = now.duration_since(issued);
            if age < -CLOCK_SKEW || age > OLDEST {
                return Err("issued too early or too late".into());
            }
            Ok(())
        })
}

/// The library leaves `azp` to us; several audiences it refuses itself.
fn check_party(client: &Client, claims: &CoreIdTokenClaims) -> Result<(), SignInError> {
    if claims
        .authorized_party()
        .is_none_or(|party| party == &client.id)
    {
        return Ok(());
    }
    Err(SignInError::untrusted(
        &client.name,
        "the ID token was issued to somebody else",
    ))
}

/// `at_hash`, where it is sent: the access token is the one that came with this ID token.
fn check_hash(
    client: &Client,
    claims: &CoreIdTokenClaims,
    id_token: &CoreIdToken,
    tokens: &CoreTokenResponse,
    verifier: &CoreIdTokenVerifier<'_>,
) -> Result<(), SignInError> {
    let Some(expected) = claims.access_token_hash() else {
        return Ok(());
    };
    let untrusted = |_| SignInError::untrusted(&client.name, "its access token has no hash");
    let algorithm = id_token.signing_alg().map_err(untrusted)?;
    let key = id_token.signing_key(verifier).map_err(untrusted)?;
    let found = AccessTokenHash::from_token(tokens.access_token(), algorithm, key)
        .map_err(|_| SignInError::untrusted(&client.name, "its access token has no hash"))?;
    if &found == expected {
        return Ok(());
    }
    Err(SignInError::untrusted(
        &client.name,
        "the access token is not the one of the ID token",
    ))
}

/// Asks the userinfo endpoint, when the ID token has no address and there is one to ask.
async fn missing_info(
    client: &Client,
    metadata: &Metadata,
    web: &Checked<'_>,
    claims: &CoreIdTokenClaims,
    tokens: &CoreTokenResponse,
) -> Result<Option<UserInfo>, SignInError> {
    let Some(url) = metadata.userinfo_endpoint() else {
        return Ok(None);
    };
    if claims.email().is_some() {
        return Ok(None);
    }
    let answer = web
        .get(url.as_str(), tokens.access_token().secret())
        .await
        .map_err(|error| SignInError::fetching(&client.name, &error))?;
    let info: UserInfo = serde_json::from_slice(answer.body()).map_err(|_| {
        SignInError::untrusted(&client.name, "its userinfo answer cannot be understood")
    })?;
    if info.sub == claims.subject().as_str() {
        return Ok(Some(info));
    }
    Err(SignInError::untrusted(
        &client.name,
        "its userinfo answer is about somebody else",
    ))
}

fn vouched(claims: &CoreIdTokenClaims, info: Option<UserInfo>) -> Option<Vouched> {
    let subject = claims.subject().as_str();
    let name = claims
        .name()
        .and_then(|names| names.get(None))
        .map(|name| name.as_str().to_owned());
    if let Some(info) = info {
        let verified = info.email.filter(|_| info.email_verified == Some(true));
        return Vouched::new(subject, verified.as_deref(), name.or(info.name).as_deref());
    }
    let verified = claims
        .email()
        .filter(|_| claims.email_verified() == Some(true));
    Vouched::new(
        subject,
        verified.map(|email| email.as_str()),
        name.as_deref(),
    )
}

fn reason_of(error: &ClaimsVerificationError) -> &'static str {
    match error {
        ClaimsVerificationError::Expired(_) => "the ID token is expired or not of this time",
        ClaimsVerificationError::InvalidAudience(_) => "the ID token is for somebody else",
        ClaimsVerificationError::InvalidIssuer(_) => "the ID token is from another issuer",
        ClaimsVerificationError::InvalidNonce(_) => "the ID token belongs to another attempt",
        ClaimsVerificationError::SignatureVerification(_) => "the ID token's signature is not good",
        _ => "the ID token is not acceptable",
    }
}
