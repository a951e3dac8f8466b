//! Identity: how accounts stand, and where they are signed in.
//!
//! Never shows anybody's name or address but to themselves and to administrators.

mod account;
mod open_sessions;
mod security_audit;
mod standing;

pub use account::{
    AccountDocument, AccountModel, AccountState, AccountStatus, PendingAddress, PreferencesView,
};
pub use open_sessions::{OpenSession, OpenSessionsDocument, OpenSessionsModel, OpenSessionsState};
pub use security_audit::{SecurityActDocument, SecurityAuditModel, SecurityAuditState};
pub use standing::{
    EndedSession, RevokedSessions, StandingDocument, StandingMembership, StandingModel,
    StandingState,
};
