//! Identity: how accounts stand, and where they are signed in.
//!
//! Never holds what a person is called or where mail goes.

mod open_sessions;
mod security_audit;
mod standing;

pub use open_sessions::{OpenSession, OpenSessionsDocument, OpenSessionsModel, OpenSessionsState};
pub use security_audit::{SecurityActDocument, SecurityAuditModel, SecurityAuditState};
pub use standing::{
    EndedSession, RevokedSessions, StandingDocument, StandingMembership, StandingModel,
    StandingState,
};
