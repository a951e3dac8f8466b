//! Beginning: the attempt is kept for this browser, and the browser is told where to go.
//!
//! Never keeps an attempt that the provider cannot take up.

use accession_secrets::sign_in_attempts::AttemptPurpose;
use accession_sign_in::{AttemptSecrets, ENTROPY};
use jiff::Timestamp;

use super::attempt::{Attempt, ReturnTo, Wanted, end_of};
use super::{SignIn, SignInFailure};

/// An attempt that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// Where the browser goes.
    pub authorization_url: String,
    /// What it brings back.
    pub state: String,
}

impl SignIn {
    /// Begins an attempt with a provider, for the browser with this cookie.
    pub async fn begin(
        &self,
        provider: &str,
        (wanted, return_to): (Wanted, Option<ReturnTo>),
        browser: &str,
        entropy: &[u8; ENTROPY],
        now: Timestamp,
    ) -> Result<Begun, SignInFailure> {
        let found = self.provider(provider)?;
        let secrets = AttemptSecrets::from_entropy(entropy);
        let authorization_url = found
            .authorization_url(&*self.web, &secrets, now)
            .await
            .map_err(SignInFailure::Provider)?;
        let state = secrets.state.clone();
        let attempt = Attempt {
            provider: provider.to_owned(),
            secrets,
            wanted,
            return_to,
        };
        let key = (state.as_str(), browser);
        self.attempts
            .keep(
                AttemptPurpose::Authorization,
                key,
                &attempt,
                (now, end_of(now)),
            )
            .await?;
        Ok(Begun {
            authorization_url,
            state,
        })
    }
}
