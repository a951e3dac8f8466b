//! What can happen to the credential of a service: it was issued, replaced by a new one, or revoked.
//!
//! Never says a secret or its hash: those stand in a private table and can be forgotten.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::event::LoggedEvent;
use crate::ids::ServiceCredentialId;
use crate::values::{HandleName, ShortText};

/// What happened to a service credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum ServiceCredentialEvent {
    /// A service may come in with it.
    ServiceCredentialIssued {
        /// What an operator calls it.
        name: ShortText,
        /// What it may be used for: names of scopes, as they were then.
        scopes: Vec<HandleName>,
        /// The credential that it takes the place of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replaces: Option<ServiceCredentialId>,
    },
    /// A new one takes its place.
    ServiceCredentialRotated {
        /// The new one.
        successor: ServiceCredentialId,
        /// Until then this one opens doors, too.
        good_until: Timestamp,
    },
    /// It opens nothing any longer.
    ServiceCredentialRevoked {},
}

impl LoggedEvent for ServiceCredentialEvent {
    const AGGREGATE: &'static str = "identity.service_credential";

    fn name(&self) -> &'static str {
        match self {
            Self::ServiceCredentialIssued { .. } => "ServiceCredentialIssued",
            Self::ServiceCredentialRotated { .. } => "ServiceCredentialRotated",
            Self::ServiceCredentialRevoked {} => "ServiceCredentialRevoked",
        }
    }
}
