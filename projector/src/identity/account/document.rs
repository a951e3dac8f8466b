//! The document of an account, as its owner and administrators read it.
//!
//! Never has a secret in it, nor a token: only that there is a password, and who vouches.

use accession_events::Position;
use accession_events::identity::{PlatformRole, Preferences, ThemeMode};
use accession_events::ids::AccountId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether an account can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountStatus {
    /// It can.
    Active,
    /// An administrator shut the person out.
    Disabled,
    /// There is no such account any more.
    Deleted,
}

/// An e-mail address that waits for its confirmation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PendingAddress {
    /// The address.
    pub email: Option<String>,
    /// It can be confirmed until then.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
}

/// How a person wants the product to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PreferencesView {
    /// Language of pages and mails.
    #[schema(example = "en")]
    pub language: String,
    /// Name of the theme.
    pub theme_name: Option<String>,
    /// `light`, `dark` or `system`.
    #[schema(value_type = String)]
    pub theme_mode: ThemeMode,
    /// Books a year that the person means to read.
    pub annual_reading_goal: Option<u16>,
}

/// An account, as its owner and administrators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountDocument {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub id: AccountId,
    /// Whether it can be used.
    pub status: AccountStatus,
    /// Where mail reaches the person.
    pub email: Option<String>,
    /// Whether the address is proven.
    pub email_verified: bool,
    /// An address that waits for its confirmation.
    pub pending_email: Option<PendingAddress>,
    /// The name that others see.
    pub name: Option<String>,
    /// Where the person's picture is.
    pub avatar_url: Option<String>,
    /// What the person may do on the whole platform.
    #[schema(value_type = Option<String>, example = "curator")]
    pub role: Option<PlatformRole>,
    /// How the person wants the product to be.
    pub preferences: PreferencesView,
    /// Whether the person was shown around.
    pub tour_completed: bool,
    /// Whether there is a password.
    pub has_password: bool,
    /// The providers that vouch for the person.
    pub sign_ins: Vec<String>,
    /// Version of the privacy notice that the person agreed to last.
    pub accepted_privacy_version: String,
    /// Version of the terms of use that the person agreed to last.
    pub accepted_terms_version: String,
    /// Of a child's account: whose child.
    #[schema(value_type = Option<Uuid>)]
    pub guardian: Option<AccountId>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub registered_at: Timestamp,
    /// When something last happened to it.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Its version; send it as `If-Match`.
    pub version: u64,
    /// Position of the last event in this document.
    #[schema(value_type = u64)]
    pub position: Position,
}

impl From<&Preferences> for PreferencesView {
    fn from(preferences: &Preferences) -> Self {
        Self {
            language: preferences.language.to_string(),
            theme_name: preferences.theme_name.as_ref().map(ToString::to_string),
            theme_mode: preferences.theme_mode,
            annual_reading_goal: preferences.annual_reading_goal,
        }
    }
}
