//! What an operator says of a provider, and what the presets know already.
//!
//! Never shows a secret: neither in `Debug` nor in a message.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Providers by name; the name stands in routes and in the redirect address.
pub type SignInSettings = BTreeMap<String, ProviderSettings>;

/// How a provider speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// `OpenID` Connect: endpoints and keys are found from the issuer.
    Oidc,
    /// Plain OAuth 2 with GitHub's user and e-mail endpoints.
    OAuth2,
}

/// A text that is not shown: written out, it is a placeholder.
#[derive(Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("…")
    }
}

impl Secret {
    /// A secret with this text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

/// One provider as an operator describes it. `google` and `github` need client id and secret only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProviderSettings {
    /// `oidc` or `oauth2`; the preset's, or `oidc`.
    pub kind: Option<Kind>,
    /// What the button says.
    pub display_name: Option<String>,
    /// The issuer of an `oidc` provider; of an `oauth2` one only where it sends `iss`.
    pub issuer: Option<String>,
    /// Our client id there.
    pub client_id: Option<String>,
    /// Our client secret there.
    pub client_secret: Option<Secret>,
    /// A file that holds the client secret.
    pub client_secret_file: Option<PathBuf>,
    /// Scopes to ask for, instead of the usual ones.
    pub scopes: Option<Vec<String>>,
    /// `oauth2`: where people are sent.
    pub authorize_url: Option<String>,
    /// `oauth2`: where codes are exchanged.
    pub token_url: Option<String>,
    /// `oauth2`: who the person is (`id`, `name`, `login`).
    pub user_url: Option<String>,
    /// `oauth2`: the person's addresses (`email`, `primary`, `verified`).
    pub emails_url: Option<String>,
}

/// A provider that cannot be set up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("provider `{provider}`: {problem}")]
pub struct SettingsError {
    /// Which provider.
    pub provider: String,
    /// What was found and what is expected.
    pub problem: String,
}

impl SettingsError {
    pub(crate) fn new(provider: &str, problem: impl Into<String>) -> Self {
        Self {
            provider: provider.into(),
            problem: problem.into(),
        }
    }
}

impl ProviderSettings {
    /// These settings over those of the preset with this name, if there is one.
    pub(crate) fn over_preset(&self, name: &str) -> Self {
        let preset = preset(name);
        let mut merged = self.clone();
        fill(&mut merged.kind, preset.kind);
        fill(&mut merged.display_name, preset.display_name);
        fill(&mut merged.issuer, preset.issuer);
        fill(&mut merged.scopes, preset.scopes);
        fill(&mut merged.authorize_url, preset.authorize_url);
        fill(&mut merged.token_url, preset.token_url);
        fill(&mut merged.user_url, preset.user_url);
        fill(&mut merged.emails_url, preset.emails_url);
        merged
    }

    /// The client secret, from its file if it has one; none for a public client.
    pub(crate) fn secret(&self, provider: &str) -> Result<Option<Secret>, SettingsError> {
        let Some(path) = &self.client_secret_file else {
            return Ok(self.client_secret.clone());
        };
        if self.client_secret.is_some() {
            let problem = "has both client_secret and client_secret_file; set one";
            return Err(SettingsError::new(provider, problem));
        }
        let text = std::fs::read_to_string(path).map_err(|error| {
            let problem = format!(
                "client_secret_file {} cannot be read: {error}",
                path.display()
            );
            SettingsError::new(provider, problem)
        })?;
        match text.trim() {
            "" => Err(SettingsError::new(
                provider,
                format!("client_secret_file {} is empty", path.display()),
            )),
            text => Ok(Some(Secret::new(text))),
        }
    }
}

fn fill<T>(slot: &mut Option<T>, preset: Option<T>) {
    if slot.is_none() {
        *slot = preset;
    }
}

fn preset(name: &str) -> ProviderSettings {
    let text = |text: &str| Some(text.to_owned());
    match name {
        "google" => ProviderSettings {
            kind: Some(Kind::Oidc),
            display_name: text("Google"),
            issuer: text("https://accounts.google.com"),
            ..ProviderSettings::default()
        },
        "github" => ProviderSettings {
            kind: Some(Kind::OAuth2),
            display_name: text("GitHub"),
            scopes: Some(vec!["read:user".into(), "user:email".into()]),
            authorize_url: text("https://github.com/login/oauth/authorize"),
            token_url: text("https://github.com/login/oauth/access_token"),
            user_url: text("https://api.github.com/user"),
            emails_url: text("https://api.github.com/user/emails"),
            ..ProviderSettings::default()
        },
        _ => ProviderSettings::default(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_preset_fills_only_what_the_operator_left_open() {
        let own = ProviderSettings {
            display_name: Some("Work".into()),
            ..ProviderSettings::default()
        };
        let merged = own.over_preset("google");
        assert_eq!(merged.display_name.as_deref(), Some("Work"));
        assert_eq!(
            merged.issuer.as_deref(),
            Some("https://accounts.google.com")
        );
        assert_eq!(own.over_preset("elsewhere"), own);
    }

    #[test]
    fn a_secret_is_read_from_its_file_and_never_shown() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "hush").unwrap();
        let settings = ProviderSettings {
            client_secret_file: Some(file.path().to_owned()),
            ..ProviderSettings::default()
        };
        let secret = settings.secret("x").unwrap().unwrap();
        assert_eq!(secret.expose(), "hush");
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }

    #[test]
    fn two_secrets_and_an_unreadable_file_are_refused_with_the_file_named() {
        let both = ProviderSettings {
            client_secret: Some(Secret::new("a")),
            client_secret_file: Some("/nowhere/secret".into()),
            ..ProviderSettings::default()
        };
        assert!(both.secret("x").unwrap_err().to_string().contains("both"));
        let missing = ProviderSettings {
            client_secret: None,
            ..both
        };
        let message = missing.secret("x").unwrap_err().to_string();
        assert!(
            message.contains("/nowhere/secret") && message.contains("`x`"),
            "{message}"
        );
    }
}
