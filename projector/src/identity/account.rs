//! What a person sees of their own account, and what administrators list of all.
//!
//! Never shown to anybody else, and never holds what is personal once the person was erased or the account deleted.

mod document;

use accession_events::identity::{AccountEvent, ExternalIdentity, SubjectEvent, ThemeMode};
use accession_events::{Event, RecordedEvent};
use accession_read_store::IndexEntry;
use serde::{Deserialize, Serialize};

use crate::model::{FoldError, ReadModel, Rendered, json};
use crate::moment::Moment;

pub use document::{AccountDocument, AccountStatus, PendingAddress, PreferencesView};

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

#[cfg(test)]
mod tests;
