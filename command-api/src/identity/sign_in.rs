//! Signing in with others: from the button to the account, and linking and unlinking what vouches for one.
//!
//! Never believes an address: an account is linked by itself only when the provider has verified the address and its
//! owner has proven it to us (ADR 0019).

mod attempt;
mod begin;
mod consent;
mod decide;
mod failure;
mod finish;
pub mod http;
mod link;

use std::sync::Arc;

use accession_secrets::sign_in_attempts::SignInAttempts;
use accession_sign_in::{Fetch, Provider, Providers};
use jiff::SignedDuration;

use super::accounts::Accounts;

pub use attempt::{ReturnTo, Wanted};
pub use begin::Begun;
pub use consent::Agreed;
pub use failure::SignInFailure;
pub use finish::{Brought, Finished};

/// How long a person may take at the provider, and over the consents.
pub const ATTEMPT_LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// Signs people in whom others vouch for. Cheap to clone.
#[derive(Clone)]
pub struct SignIn {
    accounts: Accounts,
    attempts: SignInAttempts,
    providers: Providers,
    web: Arc<dyn Fetch>,
    https: bool,
}

impl SignIn {
    /// With these providers; `public_url` is where browsers reach this server.
    #[must_use]
    pub fn new(
        accounts: Accounts,
        attempts: SignInAttempts,
        providers: Providers,
        web: Arc<dyn Fetch>,
        public_url: &str,
    ) -> Self {
        Self {
            accounts,
            attempts,
            providers,
            web,
            https: public_url.starts_with("https://"),
        }
    }

    /// Who may vouch for people here.
    #[must_use]
    pub const fn providers(&self) -> &Providers {
        &self.providers
    }

    /// Whether browsers reach this server over https, so that cookies may say so.
    #[must_use]
    pub const fn https(&self) -> bool {
        self.https
    }

    fn provider(&self, name: &str) -> Result<&Provider, SignInFailure> {
        self.providers
            .named(name)
            .ok_or(SignInFailure::UnknownProvider)
    }
}
