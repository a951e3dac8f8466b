//! The providers of this server, checked when it starts, and the one way to sign in with each.
//!
//! Never reaches out by itself: discovery happens with the first sign-in, so that a provider that is away holds up
//! nobody's start.

use std::sync::Arc;

use jiff::Timestamp;
use openidconnect::url::Url;
use openidconnect::{ClientId, ClientSecret, RedirectUrl, Scope};

use crate::attempt::{Answered, AttemptSecrets};
use crate::error::SignInError;
use crate::http::{Checked, Fetch, is_loopback, is_safe};
use crate::oauth2::OAuth2;
use crate::oidc::Oidc;
use crate::settings::{Kind, ProviderSettings, SettingsError, SignInSettings};
use crate::vouched::Vouched;

const LONGEST_NAME: usize = 32;

/// Our side of a provider: who we are there and what we ask for.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) name: String,
    pub(crate) id: ClientId,
    pub(crate) secret: Option<ClientSecret>,
    pub(crate) redirect: RedirectUrl,
    pub(crate) scopes: Vec<Scope>,
    pub(crate) plain_loopback: bool,
}

#[derive(Debug)]
enum Dialect {
    Oidc(Oidc),
    OAuth2(OAuth2),
}

/// One provider that people may sign in with.
#[derive(Debug)]
pub struct Provider {
    client: Client,
    display_name: String,
    dialect: Dialect,
}

impl Provider {
    /// Its name in routes, events and settings.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.client.name
    }

    /// What the button says.
    #[must_use]
    pub fn display_name(&self) -> &str {
        &self.display_name
    }

    /// Where to send the browser for this attempt.
    pub async fn authorization_url(
        &self,
        web: &dyn Fetch,
        secrets: &AttemptSecrets,
        now: Timestamp,
    ) -> Result<String, SignInError> {
        let web = Checked::new(web, self.client.plain_loopback);
        match &self.dialect {
            Dialect::Oidc(oidc) => {
                oidc.authorization_url(&self.client, &web, secrets, now)
                    .await
            }
            Dialect::OAuth2(oauth2) => Ok(oauth2.authorization_url(&self.client, secrets)),
        }
    }

    /// Whom the provider vouches for, given what the browser brought back from the attempt with these secrets.
    pub async fn vouch(
        &self,
        web: &dyn Fetch,
        answered: &Answered,
        secrets: &AttemptSecrets,
        now: Timestamp,
    ) -> Result<Vouched, SignInError> {
        let web = Checked::new(web, self.client.plain_loopback);
        match &self.dialect {
            Dialect::Oidc(oidc) => oidc.vouch(&self.client, &web, answered, secrets, now).await,
            Dialect::OAuth2(oauth2) => oauth2.vouch(&self.client, &web, answered, secrets).await,
        }
    }
}

/// All providers of this server. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Providers {
    all: Arc<Vec<Provider>>,
}

impl Providers {
    /// The providers of these settings; `public_url` is where browsers reach this server.
    pub fn new(settings: &SignInSettings, public_url: &str) -> Result<Self, SettingsError> {
        let all = settings
            .iter()
            .map(|(name, settings)| provider(name, &settings.over_preset(name), public_url))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self { all: Arc::new(all) })
    }

    /// The provider with this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Provider> {
        self.all.iter().find(|provider| provider.name() == name)
    }

    /// All, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Provider> {
        self.all.iter()
    }
}

fn provider(
    name: &str,
    settings: &ProviderSettings,
    public_url: &str,
) -> Result<Provider, SettingsError> {
    let bad = |problem: String| SettingsError::new(name, problem);
    let good_name = !name.is_empty()
        && name.len() <= LONGEST_NAME
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if !good_name {
        return Err(bad("a name is 1 to 32 of a-z, 0-9 and `-`".into()));
    }
    let id = settings.client_id.clone().filter(|id| !id.is_empty());
    let id = id.ok_or_else(|| bad("has no client_id: register this server there".into()))?;
    let (dialect, anchor) = dialect(name, settings)?;
    let client = Client {
        name: name.into(),
        id: ClientId::new(id),
        secret: settings
            .secret(name)?
            .map(|secret| ClientSecret::new(secret.expose().to_owned())),
        redirect: redirect(name, public_url)?,
        scopes: scopes(settings),
        plain_loopback: is_loopback(&anchor),
    };
    Ok(Provider {
        display_name: settings
            .display_name
            .clone()
            .unwrap_or_else(|| name.to_owned()),
        client,
        dialect,
    })
}

/// The dialect, and the address by which it is judged whether plain HTTP on this machine is meant.
fn dialect(name: &str, settings: &ProviderSettings) -> Result<(Dialect, Url), SettingsError> {
    match settings.kind.unwrap_or(Kind::Oidc) {
        Kind::Oidc => {
            let issuer = address(name, "issuer", settings.issuer.as_deref())?;
            let text = settings.issuer.clone().unwrap_or_default();
            Ok((Dialect::Oidc(Oidc::new(name, text)?), issuer))
        }
        Kind::OAuth2 => {
            let authorize = address(name, "authorize_url", settings.authorize_url.as_deref())?;
            address(name, "token_url", settings.token_url.as_deref())?;
            address(name, "user_url", settings.user_url.as_deref())?;
            address(name, "emails_url", settings.emails_url.as_deref())?;
            Ok((Dialect::OAuth2(OAuth2::new(name, settings)?), authorize))
        }
    }
}

fn address(name: &str, key: &str, text: Option<&str>) -> Result<Url, SettingsError> {
    let text = text.ok_or_else(|| SettingsError::new(name, format!("has no {key}")))?;
    let url = Url::parse(text).map_err(|error| {
        SettingsError::new(name, format!("{key} `{text}` is not an address: {error}"))
    })?;
    if is_safe(&url, true) {
        return Ok(url);
    }
    let problem = format!("{key} `{text}` is not https; plain http is for this machine only");
    Err(SettingsError::new(name, problem))
}

/// One address per provider, so that a code of one can never be taken for another's.
fn redirect(name: &str, public_url: &str) -> Result<RedirectUrl, SettingsError> {
    let base = address(name, "public_url", Some(public_url))?;
    let base = base.as_str().trim_end_matches('/');
    RedirectUrl::new(format!("{base}/sign-in/{name}")).map_err(|error| {
        SettingsError::new(
            name,
            format!("public_url `{public_url}` cannot be used: {error}"),
        )
    })
}

fn scopes(settings: &ProviderSettings) -> Vec<Scope> {
    let usual = || vec!["email".to_owned(), "profile".to_owned()];
    let scopes = settings.scopes.clone().unwrap_or_else(usual);
    scopes
        .into_iter()
        .filter(|scope| scope != "openid")
        .map(Scope::new)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Secret;

    fn with(name: &str, change: impl FnOnce(&mut ProviderSettings)) -> Result<Providers, String> {
        let mut settings = ProviderSettings {
            client_id: Some("us".into()),
            client_secret: Some(Secret::new("hush")),
            ..ProviderSettings::default()
        };
        change(&mut settings);
        let all = SignInSettings::from([(name.to_owned(), settings)]);
        Providers::new(&all, "https://books.example/").map_err(|error| error.to_string())
    }

    #[test]
    fn google_and_github_need_a_client_only() {
        let google = with("google", |_| {}).unwrap();
        assert_eq!(google.named("google").unwrap().display_name(), "Google");
        assert!(with("github", |_| {}).unwrap().named("github").is_some());
        assert!(google.named("github").is_none());
    }

    #[test]
    fn an_issuer_without_https_a_bad_name_and_a_missing_client_are_refused_with_what_is_expected() {
        let plain = with("work", |settings| {
            settings.issuer = Some("http://id.example".into());
        });
        assert!(plain.unwrap_err().contains("not https"));
        let unnamed = with("a/b", |settings| settings.issuer = Some("https://x".into()));
        assert!(unnamed.unwrap_err().contains("a-z"));
        let nobody = with("google", |settings| settings.client_id = None);
        assert!(nobody.unwrap_err().contains("client_id"));
        let nowhere = with("work", |_| {});
        assert!(nowhere.unwrap_err().contains("has no issuer"));
    }

    #[test]
    fn each_provider_has_its_own_redirect_address_under_the_public_url() {
        let url = redirect("google", "https://books.example/").unwrap();
        assert_eq!(url.as_str(), "https://books.example/sign-in/google");
        assert!(redirect("google", "http://books.example").is_err());
        assert!(redirect("google", "http://127.0.0.1:8080").is_ok());
    }
}
