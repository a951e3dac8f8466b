//! The account aggregate: one person's identity, from registration to deletion.
//!
//! It never holds a password, a token or readable personal data; addresses are compared by their blind indexes.

pub mod avatar;
pub mod change_email;
pub mod change_password;
pub mod change_profile;
pub mod delete;
pub mod disable;
#[cfg(test)]
mod examples;
pub mod give_consent;
pub mod link_identity;
pub mod mailed;
pub mod note_attempt;
pub mod register;
pub mod request_verification;
pub mod reset_password;
pub mod revoke_sessions;
pub mod set_preferences;
pub mod set_role;
mod state;
pub mod tour;
pub mod verify_email;

use accession_event_log::Decider;
use accession_events::LoggedEvent;
use accession_events::identity::{AccountEvent, Farewell};
use accession_events::ids::ChallengeId;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use state::{LiveAccount, PendingEmail};

/// An account: there is none, there is one, or there was one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub enum Account {
    /// There is no such account.
    #[default]
    Absent,
    /// It is somebody's.
    Live(Box<LiveAccount>),
    /// It was deleted.
    Deleted,
}

/// A challenge as a use case draws it: its id, and until when its token is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// Names it.
    pub id: ChallengeId,
    /// Its token is good until then.
    pub expires_at: Timestamp,
}

/// What can be asked of an account.
#[derive(Debug, Clone, PartialEq)]
pub enum AccountCommand {
    /// Make one.
    Register(Box<register::Register>),
    /// Note that somebody tried to register with its address.
    NoteAttempt(note_attempt::NoteAttempt),
    /// Ask once more whether the address is the person's own.
    RequestVerification(request_verification::RequestVerification),
    /// Take the answer.
    VerifyEmail(verify_email::VerifyEmail),
    /// Take another password from somebody who knows the present one.
    ChangePassword(change_password::ChangePassword),
    /// Offer a new password to whoever reads the mailbox.
    RequestReset(reset_password::RequestReset),
    /// Take the new password.
    ResetPassword(reset_password::ResetPassword),
    /// Want another address.
    RequestEmailChange(change_email::RequestEmailChange),
    /// Confirm it.
    ConfirmEmailChange(change_email::ConfirmEmailChange),
    /// Be shown otherwise.
    ChangeProfile(change_profile::ChangeProfile),
    /// Have this picture.
    SetAvatar(avatar::SetAvatar),
    /// Have no picture.
    RemoveAvatar,
    /// Want the product to be like this.
    SetPreferences(set_preferences::SetPreferences),
    /// Agree to other versions of the texts.
    GiveConsent(give_consent::GiveConsent),
    /// Have been shown around, or want to be again.
    MarkTour(tour::MarkTour),
    /// Be shut out.
    Disable(disable::Disable),
    /// Be let in again.
    Enable,
    /// Have this role on the platform, or none.
    SetRole(set_role::SetRole),
    /// End all sessions.
    RevokeSessions(revoke_sessions::RevokeSessions),
    /// Be vouched for by a provider.
    LinkIdentity(link_identity::LinkIdentity),
    /// Not any more.
    UnlinkIdentity(link_identity::UnlinkIdentity),
    /// Be no more, having been written to for the last time.
    Delete(Option<Box<Farewell>>),
}

/// Why an account refuses a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// There is no such account, or not any more.
    #[error("there is no such account")]
    Unknown,
    /// The id is taken.
    #[error("this account was registered already")]
    AlreadyRegistered,
    /// It was disabled.
    #[error("this account is disabled: an administrator can enable it again")]
    Disabled,
    /// The token is for nothing that is open: used, replaced, expired, or never given out.
    #[error(
        "this link is not good any more: it was used, replaced by a newer one, or is too old; ask for a new one"
    )]
    ChallengeNotOpen,
    /// The address is proven already.
    #[error("this e-mail address is verified already")]
    AlreadyVerified,
    /// The address must be proven first.
    #[error("this needs a verified e-mail address: follow the link in the mail first")]
    NotVerified,
    /// A child's account has no mailbox.
    #[error(
        "a child's account has no e-mail address of its own: whoever answers for the child gets its mails"
    )]
    OfAChild,
    /// It is the address that the account has.
    #[error("this is the e-mail address that the account has already")]
    SameEmail,
    /// Without it nobody could sign in any more.
    #[error("this is the only way to sign in: set a password first")]
    OnlyWayIn,
    /// Nobody could administer the platform any more.
    #[error(
        "this is the last administrator who can act: give somebody else the role `admin` first, so that one is always left"
    )]
    LastAdministrator,
    /// The provider's identity was never linked.
    #[error("this sign-in is not linked to the account")]
    NotLinked,
}

impl Account {
    /// The account, if there is one.
    pub fn live(&self) -> Result<&LiveAccount, AccountError> {
        match self {
            Self::Live(account) => Ok(account),
            Self::Absent | Self::Deleted => Err(AccountError::Unknown),
        }
    }

    /// The account, if its owner may use it.
    pub fn usable(&self) -> Result<&LiveAccount, AccountError> {
        let account = self.live()?;
        if account.disabled {
            return Err(AccountError::Disabled);
        }
        Ok(account)
    }
}

impl Decider for Account {
    const SCHEMA: &'static str = "account/2";

    fn decide(&self, command: &AccountCommand) -> Result<Vec<AccountEvent>, AccountError> {
        use AccountCommand as Ask;
        match command {
            Ask::Register(command) => command.decide(self),
            Ask::NoteAttempt(command) => Ok(command.decide(self.live()?)),
            Ask::RequestVerification(command) => command.decide(self.usable()?),
            Ask::VerifyEmail(command) => command.decide(self.live()?),
            Ask::ChangePassword(command) => Ok(command.decide(self.usable()?)),
            Ask::RequestReset(command) => Ok(command.decide(self.usable()?)),
            Ask::ResetPassword(command) => command.decide(self.usable()?),
            Ask::RequestEmailChange(command) => command.decide(self.usable()?),
            Ask::ConfirmEmailChange(command) => command.decide(self.usable()?),
            Ask::ChangeProfile(command) => Ok(command.decide(self.usable()?)),
            Ask::SetAvatar(command) => Ok(command.decide(self.usable()?)),
            Ask::RemoveAvatar => Ok(avatar::remove(self.usable()?)),
            Ask::SetPreferences(command) => Ok(command.decide(self.usable()?)),
            Ask::GiveConsent(command) => Ok(command.decide(self.usable()?)),
            Ask::MarkTour(command) => Ok(command.decide(self.usable()?)),
            Ask::Disable(command) => Ok(command.decide(self.live()?)),
            Ask::Enable => Ok(disable::enable(self.live()?)),
            Ask::SetRole(command) => Ok(command.decide(self.live()?)),
            Ask::RevokeSessions(command) => Ok(command.decide(self.live()?)),
            Ask::LinkIdentity(command) => command.decide(self.usable()?),
            Ask::UnlinkIdentity(command) => command.decide(self.usable()?),
            Ask::Delete(farewell) => Ok(delete::delete(self.live()?, farewell.as_deref())),
        }
    }
}

impl Aggregate for Account {
    const TYPE: &'static str = AccountEvent::AGGREGATE;
    type Command = AccountCommand;
    type Event = AccountEvent;
    type Error = AccountError;
    type Services = ();

    async fn handle(
        &mut self,
        command: AccountCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), AccountError> {
        for event in self.decide(&command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: AccountEvent) {
        *self = match (std::mem::take(self), event) {
            (Self::Absent, event) => LiveAccount::registered(event)
                .map_or(Self::Absent, |account| Self::Live(Box::new(account))),
            // Once deleted, nothing changes an account any more.
            (Self::Live(_), AccountEvent::AccountDeleted { .. }) | (Self::Deleted, _) => {
                Self::Deleted
            }
            (Self::Live(mut account), event) => {
                account.apply(event);
                Self::Live(account)
            }
        };
    }
}
