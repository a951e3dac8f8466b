//! `OpenID` Connect: the person is in a signed ID token, and every claim of it is checked.
//!
//! Never accepts a token that is unsigned or signed with a secret: the client secret is no signing key here.

mod id_token;

use jiff::Timestamp;
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreIdToken, CoreIdTokenClaims,
    CoreTokenResponse,
};
use openidconnect::{
    AuthType, AuthorizationCode, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier,
    SignatureVerificationError, TokenResponse as _,
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

use id_token::{check_hash, check_party, reason_of, verifier};

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
