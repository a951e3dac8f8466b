//! What a person sees of their own account, and what administrators list of all.
//!
//! Never shown to anybody else, and never holds what is personal once the person was erased or the account deleted.

use accession_events::identity::{
    AccountEvent, ExternalIdentity, PlatformRole, Preferences, SubjectEvent, ThemeMode,
};
use accession_events::ids::AccountId;
use accession_events::{Event, Position, RecordedEvent};
use accession_read_store::IndexEntry;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{FoldError, ReadModel, Rendered, json};
use crate::moment::Moment;

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

/// Memory of an account: the document, the identities behind its sign-ins, and where it stands in the lists.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AccountState {
    account: Option<AccountDocument>,
    identities: Vec<ExternalIdentity>,
    registered: Moment,
}

/// Accounts by id; listed in `all` and `status:<status>` by position of registration.
#[derive(Debug, Clone, Copy, Default)]
pub struct AccountModel;

impl ReadModel for AccountModel {
    type State = AccountState;

    const NAME: &'static str = "account";
    const FOLD_VERSION: &'static str = "1";

    fn keys(&self, event: &Event, recorded: &RecordedEvent) -> Vec<String> {
        match event {
            Event::Account(_) => vec![recorded.stream.aggregate_id.to_string()],
            Event::Subject(SubjectEvent::SubjectErased { subject, .. }) => {
                vec![subject.to_string()]
            }
            _ => Vec::new(),
        }
    }

    fn fold(
        &self,
        key: &str,
        state: &mut AccountState,
        event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        match event {
            Event::Account(event @ AccountEvent::AccountRegistered { .. }) => {
                state.registered = Moment::of(recorded);
                state.account = registered(key, event, recorded)?;
            }
            Event::Account(event) => state.tell(event, recorded),
            // Somebody who was only ever invited has no account.
            Event::Subject(_) => state.forget_person(recorded),
            _ => {}
        }
        Ok(())
    }

    fn render(&self, key: &str, state: &AccountState) -> Rendered {
        Rendered {
            body: state
                .account
                .as_ref()
                .and_then(|account| json(account).ok()),
            hidden: true,
            entries: self.entries(key, state),
        }
    }

    fn entries(&self, key: &str, state: &AccountState) -> Vec<IndexEntry> {
        let Some(account) = &state.account else {
            return Vec::new();
        };
        let of_status = match account.status {
            AccountStatus::Active => "status:active",
            AccountStatus::Disabled => "status:disabled",
            AccountStatus::Deleted => "status:deleted",
        };
        let entry = |index: &str| IndexEntry {
            index: index.to_owned(),
            sort: state.registered.sort(),
            key: key.into(),
        };
        vec![entry("all"), entry(of_status)]
    }
}

fn registered(
    key: &str,
    event: &AccountEvent,
    recorded: &RecordedEvent,
) -> Result<Option<AccountDocument>, FoldError> {
    let AccountEvent::AccountRegistered {
        email,
        name,
        language,
        consents,
        guardian,
        ..
    } = event
    else {
        return Ok(None);
    };
    let id = key
        .parse()
        .map_err(|error| FoldError::new(format!("{error}")))?;
    Ok(Some(AccountDocument {
        id,
        status: AccountStatus::Active,
        email: email.known().cloned(),
        email_verified: false,
        pending_email: None,
        name: name.known().map(ToString::to_string),
        avatar_url: None,
        role: None,
        preferences: PreferencesView {
            language: language.to_string(),
            theme_name: None,
            theme_mode: ThemeMode::default(),
            annual_reading_goal: None,
        },
        tour_completed: false,
        has_password: false,
        sign_ins: Vec::new(),
        accepted_privacy_version: consents.privacy.to_string(),
        accepted_terms_version: consents.terms.to_string(),
        guardian: *guardian,
        registered_at: recorded.recorded_at,
        updated_at: recorded.recorded_at,
        version: recorded.sequence,
        position: recorded.position,
    }))
}

impl AccountState {
    fn tell(&mut self, event: &AccountEvent, recorded: &RecordedEvent) {
        match event {
            AccountEvent::ExternalIdentityLinked { identity, .. } => {
                self.identities.push(identity.clone());
            }
            AccountEvent::ExternalIdentityUnlinked { identity } => {
                self.identities.retain(|linked| linked != identity);
            }
            AccountEvent::AccountDeleted { .. } => {
                self.identities.clear();
            }
            _ => {}
        }
        let Some(account) = &mut self.account else {
            return;
        };
        account.sign_ins = self
            .identities
            .iter()
            .map(|identity| identity.provider.to_string())
            .collect();
        account.tell_of_address(event);
        account.tell(event);
        (account.updated_at, account.version) = (recorded.recorded_at, recorded.sequence);
        account.position = recorded.position;
    }

    fn forget_person(&mut self, recorded: &RecordedEvent) {
        self.identities.clear();
        if let Some(account) = &mut self.account {
            account.forget_person();
            (account.updated_at, account.position) = (recorded.recorded_at, recorded.position);
        }
    }
}

impl AccountDocument {
    fn tell_of_address(&mut self, event: &AccountEvent) {
        match event {
            AccountEvent::EmailVerified { .. } => self.email_verified = true,
            AccountEvent::EmailChangeRequested {
                email, expires_at, ..
            } => {
                self.pending_email = Some(PendingAddress {
                    email: email.known().cloned(),
                    expires_at: *expires_at,
                });
            }
            AccountEvent::EmailChanged { email, .. } => {
                (self.email, self.pending_email) = (email.known().cloned(), None);
                self.email_verified = true;
            }
            _ => {}
        }
    }

    fn tell(&mut self, event: &AccountEvent) {
        match event {
            AccountEvent::PasswordSet { .. }
            | AccountEvent::PasswordChanged { .. }
            | AccountEvent::PasswordReset { .. } => self.has_password = true,
            AccountEvent::ProfileChanged { name } => {
                self.name = name.known().map(ToString::to_string);
            }
            AccountEvent::AvatarSet { sha256 } => {
                self.avatar_url = Some(format!("/avatars/{sha256}"));
            }
            AccountEvent::AvatarRemoved {} => self.avatar_url = None,
            AccountEvent::PreferencesChanged(preferences) => self.preferences = preferences.into(),
            AccountEvent::TourCompleted {} => self.tour_completed = true,
            AccountEvent::TourReset {} => self.tour_completed = false,
            AccountEvent::ConsentGiven { consents } => {
                self.accepted_privacy_version = consents.privacy.to_string();
                self.accepted_terms_version = consents.terms.to_string();
            }
            AccountEvent::AccountDisabled { .. } => self.status = AccountStatus::Disabled,
            AccountEvent::AccountEnabled {} => self.status = AccountStatus::Active,
            AccountEvent::PlatformRoleGranted { role } => self.role = Some(*role),
            AccountEvent::PlatformRoleRevoked { .. } => self.role = None,
            AccountEvent::AccountDeleted { .. } => {
                self.status = AccountStatus::Deleted;
                self.forget_person();
            }
            _ => {}
        }
    }

    fn forget_person(&mut self) {
        (self.email, self.pending_email, self.name) = (None, None, None);
        self.avatar_url = None;
        self.sign_ins.clear();
        self.has_password = false;
    }
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

#[cfg(test)]
mod tests;
