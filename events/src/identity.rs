//! Identity: who people are to the platform, what they agreed to, by what they may be recognised, and that nothing is
//! known of them any more.
//!
//! No password, token or readable personal data ever stands here: a log cannot forget.

mod account;
mod service_credential;
mod session;
mod subject;

pub use account::{
    AccountEvent, Consents, ExternalIdentity, Farewell, PlatformRole, Preferences,
    RevocationReason, ThemeMode,
};
pub use service_credential::ServiceCredentialEvent;
pub use session::{ClientClass, SessionEnd, SessionEvent, SignInMethod};
pub use subject::{ErasureReason, SubjectEvent};
