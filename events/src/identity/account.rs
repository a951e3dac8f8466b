//! What can happen to an account: one person's identity over every context, from registration to deletion.
//!
//! Personal fields are sealed for the account itself as subject, and no event holds a password or a token: the one is
//! named by a [`PasswordId`], the other by a [`ChallengeId`], and both stand in private tables.

mod logged;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{AccountId, ChallengeId, PasswordId, SessionId, SubjectId};
use crate::values::{
    ContentHash, EmailIndex, ExternalIndex, HandleName, LanguageTag, PersonName, Personal,
    ShortText,
};

/// The versions of the texts that a person agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consents {
    /// Version of the privacy notice.
    pub privacy: ShortText,
    /// Version of the terms of use.
    pub terms: ShortText,
}

/// What a person may do on the whole platform; most have no such role. Ordered: each may all that the former may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlatformRole {
    /// Edits the shared catalog.
    Curator,
    /// Operates the platform.
    Admin,
}

/// Whether the surface is light or dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThemeMode {
    /// Always light.
    Light,
    /// Always dark.
    Dark,
    /// As the device has it.
    #[default]
    System,
}

/// How a person wants the product to be.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preferences {
    /// Language of pages and mails.
    pub language: LanguageTag,
    /// Name of the theme; the product's own when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theme_name: Option<HandleName>,
    /// Light or dark.
    pub theme_mode: ThemeMode,
    /// Books a year that the person means to read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annual_reading_goal: Option<u16>,
}

/// By what another provider knows the person: its name, and a blind index of its id of the person.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExternalIdentity {
    /// The provider, as it is named in the configuration.
    pub provider: HandleName,
    /// Blind index of the provider's id of the person.
    pub subject_index: ExternalIndex,
}

/// Why all sessions of an account ended at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevocationReason {
    /// The person asked for it.
    LoggedOutEverywhere,
    /// Somebody with access to the mailbox set a new password.
    PasswordReset,
    /// The person changed the password.
    PasswordChanged,
    /// Mail goes to another address from now on.
    EmailChanged,
    /// The account was disabled.
    AccountDisabled,
    /// The account was deleted.
    AccountDeleted,
}

/// Where and how the last mail to somebody goes. Sealed apart from everything else about them, because their own key is
/// destroyed before it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Farewell {
    /// Whom it is sealed for: nobody but this mail.
    pub subject: SubjectId,
    /// The address.
    pub email: Personal<String>,
    /// The name.
    pub name: Personal<PersonName>,
    /// The language.
    pub language: LanguageTag,
}

/// What happened to an account. The stream's id is the account's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountEvent {
    /// Somebody made an account. Claims the address.
    AccountRegistered {
        /// Address, as the person wrote it.
        email: Personal<String>,
        /// What the address is claimed and found by.
        email_index: EmailIndex,
        /// Name, as others shall see it.
        name: Personal<PersonName>,
        /// Language of pages and mails.
        language: LanguageTag,
        /// What the person agreed to.
        consents: Consents,
        /// For a child's account: the account of the grown-up who made it and gets its mail.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        guardian: Option<AccountId>,
    },
    /// Somebody tried to register with this account's address; its owner is told, the other is not.
    RegistrationAttempted {
        /// When, so that the owner is told once in a while and not each time.
        at: Timestamp,
    },
    /// A mail asks whether the address is the person's own. Takes the place of an earlier one.
    EmailVerificationRequested {
        /// Names the token that the mail carries.
        challenge: ChallengeId,
        /// The token is good until then.
        expires_at: Timestamp,
    },
    /// The address is the person's own.
    EmailVerified {
        /// What proved it; none when a provider or the operator vouched for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        challenge: Option<ChallengeId>,
    },
    /// The account got its first password.
    PasswordSet {
        /// Names the hash.
        password: PasswordId,
    },
    /// The person, knowing the former password, chose another.
    PasswordChanged {
        /// Names the hash.
        password: PasswordId,
    },
    /// Somebody who knows the address asked for a new password. Takes the place of an earlier request.
    PasswordResetRequested {
        /// Names the token that the mail carries.
        challenge: ChallengeId,
        /// The token is good until then.
        expires_at: Timestamp,
    },
    /// Whoever reads the mailbox chose a new password.
    PasswordReset {
        /// What proved it.
        challenge: ChallengeId,
        /// Names the hash.
        password: PasswordId,
    },
    /// The person wants another address; a mail goes to the new one and a notice to the present one.
    EmailChangeRequested {
        /// Names the token that the mail to the new address carries.
        challenge: ChallengeId,
        /// The new address. It is claimed when it is confirmed.
        email: Personal<String>,
        /// Its index.
        email_index: EmailIndex,
        /// The token is good until then.
        expires_at: Timestamp,
    },
    /// The new address was confirmed. Claims it and releases the former.
    EmailChanged {
        /// What proved it.
        challenge: ChallengeId,
        /// The address from now on.
        email: Personal<String>,
        /// Its index.
        email_index: EmailIndex,
        /// Index of the address until now.
        former_index: EmailIndex,
    },
    /// The person is shown otherwise.
    ProfileChanged {
        /// Name, as others shall see it.
        name: Personal<PersonName>,
    },
    /// The person has a new picture.
    AvatarSet {
        /// Of its bytes, by which it is fetched.
        sha256: ContentHash,
    },
    /// The person has no picture any more.
    AvatarRemoved {},
    /// The person wants the product to be like this.
    PreferencesChanged(Preferences),
    /// The person was shown around, or would not be.
    TourCompleted {},
    /// The person wants to be shown around again.
    TourReset {},
    /// The person agreed to these versions.
    ConsentGiven {
        /// Which.
        consents: Consents,
    },
    /// An administrator shut the person out.
    AccountDisabled {
        /// Why, in the administrator's words.
        reason: Personal<ShortText>,
    },
    /// An administrator let the person in again.
    AccountEnabled {},
    /// The person's role on the platform is this from now on, whatever it was.
    PlatformRoleGranted {
        /// Which.
        role: PlatformRole,
    },
    /// The person has no role on the platform any more.
    PlatformRoleRevoked {
        /// Which it was.
        role: PlatformRole,
    },
    /// Every session that began before this position is void.
    SessionsRevoked {
        /// Why.
        why: RevocationReason,
        /// The one that goes on: of the person who asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        except: Option<SessionId>,
    },
    /// A provider vouches for the person from now on. Claims the identity.
    ExternalIdentityLinked {
        /// By what it is found.
        identity: ExternalIdentity,
        /// The provider's id of the person.
        subject: Personal<String>,
    },
    /// A provider does not vouch for the person any more. Releases the identity.
    ExternalIdentityUnlinked {
        /// By what it was found.
        identity: ExternalIdentity,
    },
    /// There is no such account any more. Releases the address and every identity.
    AccountDeleted {
        /// Index of its address.
        email_index: EmailIndex,
        /// What it was known by elsewhere.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        identities: Vec<ExternalIdentity>,
        /// Where the last mail goes: sealed for a subject that is there for this mail alone and goes with it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        farewell: Option<Farewell>,
    },
}
