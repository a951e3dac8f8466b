//! What can happen to a session: it was started, it ended, or one of its old refresh tokens came back.
//!
//! Never says a token or an address; that a token was rotated is no fact but a heartbeat, and stands in a private table.

use serde::{Deserialize, Serialize};

use crate::event::LoggedEvent;
use crate::ids::AccountId;
use crate::values::{HandleName, Personal};

/// By what a person proved who they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInMethod {
    /// The account's own password.
    Password,
    /// A provider that knows the person; its name in our configuration.
    Provider(HandleName),
    /// The token of an invitation, with which the account was made.
    Invitation,
}

/// What kind of program signed in, as far as it said so: coarse enough to tell nothing about a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientClass {
    /// A browser on a desk.
    Browser,
    /// A browser or an application on a phone or a tablet.
    Mobile,
    /// A command line or another program.
    Program,
    /// It did not say.
    #[default]
    Unknown,
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionEnd {
    /// Its own person left.
    LoggedOut,
    /// It was ended from another session, by an administrator, or because a token of it was replayed.
    Revoked,
    /// Nobody refreshed it in time.
    Expired,
}

/// What happened to a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SessionEvent {
    /// Somebody signed in on a device.
    SessionStarted {
        /// Who.
        account: AccountId,
        /// By what they proved it.
        method: SignInMethod,
        /// What kind of program it was.
        client: ClientClass,
        /// What the person calls the device, when they said so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        device: Option<Personal<String>>,
    },
    /// Nothing of this session opens anything any longer.
    SessionEnded {
        /// Whose it was.
        account: AccountId,
        /// Why it ended.
        why: SessionEnd,
    },
    /// A refresh token came back after it had been replaced and the grace window was over: somebody else has it.
    ReplayDetected {
        /// Whose session it is.
        account: AccountId,
    },
}

impl SessionEvent {
    /// Whose session it is.
    #[must_use]
    pub const fn account(&self) -> AccountId {
        match self {
            Self::SessionStarted { account, .. }
            | Self::SessionEnded { account, .. }
            | Self::ReplayDetected { account } => *account,
        }
    }
}

impl LoggedEvent for SessionEvent {
    const AGGREGATE: &'static str = "identity.session";

    fn name(&self) -> &'static str {
        match self {
            Self::SessionStarted { .. } => "SessionStarted",
            Self::SessionEnded { .. } => "SessionEnded",
            Self::ReplayDetected { .. } => "ReplayDetected",
        }
    }
}
