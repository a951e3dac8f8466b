//! What a message is written from while it waits: ids, words that are nobody's, and boxes as the log keeps them.
//!
//! Never an address in the clear, and never a token: those come together when the message goes out.

use accession_events::StreamName;
use accession_events::ids::{ChallengeId, CopyId, LoanId, SubjectId};
use accession_events::values::{PersonName, Personal};
use accession_secrets::challenges::ChallengePurpose;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A box and the place in the log that it is bound to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Boxed<T> {
    stream_type: String,
    stream_id: String,
    pub(super) field: String,
    pub(super) value: Personal<T>,
}

impl<T: Clone> Boxed<T> {
    /// The box in this field of an event of this stream.
    pub(super) fn of(stream: &StreamName, field: &str, value: &Personal<T>) -> Self {
        Self {
            stream_type: stream.aggregate_type.to_string(),
            stream_id: stream.aggregate_id.to_string(),
            field: field.to_owned(),
            value: value.clone(),
        }
    }

    pub(super) fn stream(&self) -> StreamName {
        StreamName::new(&self.stream_type, &self.stream_id)
    }
}

/// The page that a message leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Page {
    ChooseNewPassword,
    ConfirmEmail,
    Holds,
    Invitation,
    Loans,
    ResetPassword,
    Sessions,
    SignIn,
    VerifyEmail,
}

impl Page {
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::ChooseNewPassword => "/forgot-password",
            Self::ConfirmEmail => "/confirm-email",
            Self::Holds => "/me/holds",
            Self::Invitation => "/invitation",
            Self::Loans => "/me/loans",
            Self::ResetPassword => "/reset-password",
            Self::Sessions => "/me/sessions",
            Self::SignIn => "/sign-in",
            Self::VerifyEmail => "/verify-email",
        }
    }

    /// What its token is for.
    pub(super) const fn purpose(self) -> Option<ChallengePurpose> {
        match self {
            Self::ConfirmEmail => Some(ChallengePurpose::ChangeEmail),
            Self::Invitation => Some(ChallengePurpose::Invitation),
            Self::ResetPassword => Some(ChallengePurpose::ResetPassword),
            Self::VerifyEmail => Some(ChallengePurpose::VerifyEmail),
            Self::ChooseNewPassword | Self::Holds | Self::Loans | Self::Sessions | Self::SignIn => {
                None
            }
        }
    }
}

/// A loan that a message is about, as it was then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Reminded {
    /// Which copy.
    pub(super) copy: CopyId,
    /// Which loan of it.
    pub(super) loan: LoanId,
    /// When it was due.
    pub(super) due_at: Timestamp,
}

/// What a message is written from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Draft {
    /// The receiver's address.
    pub(super) to: Boxed<String>,
    /// The receiver's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<Boxed<PersonName>>,
    /// The name of who invites.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) inviter: Option<Boxed<PersonName>>,
    /// The name of the child that it is about, when the receiver gets it as the grown-up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) child: Option<Boxed<PersonName>>,
    /// What the receiver calls a device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) device: Option<Boxed<String>>,
    /// The language it is wanted in.
    pub(super) language: String,
    /// Where it leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) page: Option<Page>,
    /// Whose token the link carries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) challenge: Option<ChallengeId>,
    /// Until when the token is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) until: Option<Timestamp>,
    /// The subject that is there for this message alone: its key is destroyed when the message is sent or given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) once: Option<SubjectId>,
    /// The loan that it reminds of: it is moot when that is over, or due at another time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) loan: Option<Reminded>,
    /// When it happened.
    pub(super) when: Timestamp,
    /// Other values, none of them about a person.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(super) values: Map<String, Value>,
}
