//! Plain OAuth 2 as GitHub speaks it: there is no ID token, so the person is asked for over the API.
//!
//! Never takes an address that is not both primary and verified.

use openidconnect::core::CoreAuthenticationFlow;
use openidconnect::core::{CoreClient, CoreTokenResponse};
use openidconnect::{
    AuthType, AuthUrl, AuthorizationCode, CsrfToken, EndpointNotSet, EndpointSet, IssuerUrl,
    JsonWebKeySet, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, TokenUrl,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::attempt::{Answered, AttemptSecrets};
use crate::error::SignInError;
use crate::exchange;
use crate::http::Checked;
use crate::provider::Client;
use crate::settings::{ProviderSettings, SettingsError};
use crate::vouched::Vouched;

type PlainClient = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
    EndpointNotSet,
>;

#[derive(Debug)]
pub(crate) struct OAuth2 {
    issuer: Option<String>,
    authorize: AuthUrl,
    token: TokenUrl,
    user: String,
    emails: String,
}

#[derive(Deserialize)]
struct User {
    id: u64,
    name: Option<String>,
    login: Option<String>,
}

#[derive(Deserialize)]
struct Address {
    email: String,
    #[serde(default)]
    primary: bool,
    #[serde(default)]
    verified: bool,
}

impl OAuth2 {
    pub(crate) fn new(name: &str, settings: &ProviderSettings) -> Result<Self, SettingsError> {
        let bad =
            |error: openidconnect::url::ParseError| SettingsError::new(name, error.to_string());
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        Ok(Self {
            issuer: settings.issuer.clone(),
            authorize: AuthUrl::new(text(&settings.authorize_url)).map_err(bad)?,
            token: TokenUrl::new(text(&settings.token_url)).map_err(bad)?,
            user: text(&settings.user_url),
            emails: text(&settings.emails_url),
        })
    }

    pub(crate) fn authorization_url(&self, client: &Client, secrets: &AttemptSecrets) -> String {
        let verifier = PkceCodeVerifier::new(secrets.verifier.clone());
        let state = CsrfToken::new(secrets.state.clone());
        let (mut url, _, _) = self
            .client(client)
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || state,
                // The dialect has no nonce; it is taken out below.
                || Nonce::new(String::new()),
            )
            .add_scopes(client.scopes.iter().cloned())
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .url();
        let pairs: Vec<(String, String)> = url
            .query_pairs()
            .filter(|(key, _)| key != "nonce")
            .map(|(key, value)| (key.into_owned(), value.into_owned()))
            .collect();
        url.query_pairs_mut().clear().extend_pairs(pairs);
        url.into()
    }

    pub(crate) async fn vouch(
        &self,
        client: &Client,
        web: &Checked<'_>,
        answered: &Answered,
        secrets: &AttemptSecrets,
    ) -> Result<Vouched, SignInError> {
        if answered.issuer.is_some() && answered.issuer != self.issuer {
            return Err(SignInError::untrusted(
                &client.name,
                "the answer is from another issuer",
            ));
        }
        let plain = self.client(client);
        let tokens: CoreTokenResponse = plain
            .exchange_code(AuthorizationCode::new(answered.code.clone()))
            .set_pkce_verifier(PkceCodeVerifier::new(secrets.verifier.clone()))
            .request_async(web)
            .await
            .map_err(|error| exchange::refused(&client.name, &error))?;
        let token = tokens.access_token().secret();
        let user: User = ask(client, web, &self.user, token).await?;
        let emails: Vec<Address> = ask(client, web, &self.emails, token).await?;
        let verified = emails
            .iter()
            .find(|email| email.primary && email.verified)
            .map(|email| email.email.as_str());
        let name = user.name.as_deref().or(user.login.as_deref());
        Vouched::new(&user.id.to_string(), verified, name)
            .ok_or_else(|| SignInError::untrusted(&client.name, "it names nobody"))
    }

    fn client(&self, client: &Client) -> PlainClient {
        // The issuer is only compared in ID tokens, which this dialect has none of.
        let issuer = IssuerUrl::from_url(self.authorize.url().clone());
        let plain = CoreClient::new(client.id.clone(), issuer, JsonWebKeySet::default())
            .disable_openid_scope()
            .set_auth_type(AuthType::RequestBody)
            .set_redirect_uri(client.redirect.clone())
            .set_auth_uri(self.authorize.clone())
            .set_token_uri(self.token.clone());
        match &client.secret {
            Some(secret) => plain.set_client_secret(secret.clone()),
            None => plain,
        }
    }
}

async fn ask<T: DeserializeOwned>(
    client: &Client,
    web: &Checked<'_>,
    url: &str,
    token: &str,
) -> Result<T, SignInError> {
    let answer = web
        .get(url, token)
        .await
        .map_err(|error| SignInError::fetching(&client.name, &error))?;
    if !answer.status().is_success() {
        let reason = format!(
            "its API answers {}: do the scopes suffice?",
            answer.status()
        );
        return Err(SignInError::misconfigured(&client.name, reason));
    }
    serde_json::from_slice(answer.body())
        .map_err(|_| SignInError::untrusted(&client.name, "its API's answer cannot be understood"))
}
