//! Identity: who people are to the platform, what they agreed to, and by what they may be recognised.
//!
//! No password, token or readable personal data ever stands here: a log cannot forget.

mod account;
mod session;

pub use account::{
    AccountEvent, Consents, ExternalIdentity, PlatformRole, Preferences, RevocationReason,
    ThemeMode,
};
pub use session::{ClientClass, SessionEnd, SessionEvent, SignInMethod};
