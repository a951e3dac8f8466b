//! Signing in with others: `OpenID` Connect and OAuth 2, authorization code with PKCE, state and nonce.
//!
//! Never decides whose account it is: it says whom a provider vouches for, and how surely.

mod attempt;
mod error;
mod exchange;
mod http;
mod known;
mod oauth2;
mod oidc;
mod provider;
mod settings;
mod vouched;

pub use attempt::{Answered, AttemptSecrets, ENTROPY};
pub use error::SignInError;
pub use http::{Fetch, FetchError, LONGEST_ANSWER, PATIENCE, Web};
pub use provider::{Provider, Providers};
pub use settings::{Kind, ProviderSettings, Secret, SettingsError, SignInSettings};
pub use vouched::Vouched;
