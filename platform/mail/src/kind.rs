//! Which messages there are, and which values each is written from.
//!
//! The names are those of the template files and of the queue's rows: for ever.

use serde_json::{Value, json};

/// A kind of message. Alphabetical, append-only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MessageKind {
    /// The account is gone.
    AccountDeleted,
    /// Somebody tried to register with the address of an account.
    AlreadyRegistered,
    /// To a new address: is it yours?
    EmailChangeConfirm,
    /// To the present address: somebody wants another.
    EmailChangeNotice,
    /// A copy that you waited for is kept for you.
    HoldReady,
    /// Another provider vouches for you from now on.
    IdentityLinked,
    /// A provider vouches for you no longer.
    IdentityUnlinked,
    /// To somebody who has an account: an invitation to a library.
    InvitationMember,
    /// To somebody who has none.
    InvitationNewcomer,
    /// A library that you belong to is being deleted.
    LibraryDeleted,
    /// A copy that you have is due tomorrow.
    LoanDueSoon,
    /// A copy that you have is due today.
    LoanDueToday,
    /// A copy that you have should be back.
    LoanOverdue,
    /// You belong to a library no longer.
    MemberRemoved,
    /// Somebody signed in from a device that was not seen before.
    NewSignIn,
    /// The password is another.
    PasswordChanged,
    /// A used refresh token came back.
    ReplayDetected,
    /// Choose a new password.
    ResetPassword,
    /// You are something else in a library.
    RoleChanged,
    /// Is this address yours?
    VerifyEmail,
}

impl MessageKind {
    /// All of them.
    pub const ALL: [Self; 20] = [
        Self::AccountDeleted,
        Self::AlreadyRegistered,
        Self::EmailChangeConfirm,
        Self::EmailChangeNotice,
        Self::HoldReady,
        Self::IdentityLinked,
        Self::IdentityUnlinked,
        Self::InvitationMember,
        Self::InvitationNewcomer,
        Self::LibraryDeleted,
        Self::LoanDueSoon,
        Self::LoanDueToday,
        Self::LoanOverdue,
        Self::MemberRemoved,
        Self::NewSignIn,
        Self::PasswordChanged,
        Self::ReplayDetected,
        Self::ResetPassword,
        Self::RoleChanged,
        Self::VerifyEmail,
    ];

    /// Its name in files, rows and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccountDeleted => "account_deleted",
            Self::AlreadyRegistered => "already_registered",
            Self::EmailChangeConfirm => "email_change_confirm",
            Self::EmailChangeNotice => "email_change_notice",
            Self::HoldReady => "hold_ready",
            Self::IdentityLinked => "identity_linked",
            Self::IdentityUnlinked => "identity_unlinked",
            Self::InvitationMember => "invitation_member",
            Self::InvitationNewcomer => "invitation_newcomer",
            Self::LibraryDeleted => "library_deleted",
            Self::LoanDueSoon => "loan_due_soon",
            Self::LoanDueToday => "loan_due_today",
            Self::LoanOverdue => "loan_overdue",
            Self::MemberRemoved => "member_removed",
            Self::NewSignIn => "new_sign_in",
            Self::PasswordChanged => "password_changed",
            Self::ReplayDetected => "replay_detected",
            Self::ResetPassword => "reset_password",
            Self::RoleChanged => "role_changed",
            Self::VerifyEmail => "verify_email",
        }
    }

    /// The kind with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Every value that its templates may use, by an example. `name` may be empty in all of them.
    #[must_use]
    pub fn example(self) -> Value {
        let mut values = json!({ "name": "Ana", "site": "books.example" });
        let link = json!({ "link": "https://books.example/page#token=EXAMPLE" });
        let until = json!({ "until": "2026-11-22 14:00 UTC" });
        let when = json!({ "when": "2026-11-21 14:00 UTC" });
        let library = json!({ "library": "Seaside Library" });
        let title = json!({ "title": "Emma" });
        let role = json!({ "role": "viewer" });
        // Empty, unless the receiver looks after the child whose account it is.
        let child = json!({ "child": "" });
        let own: Vec<Value> = match self {
            Self::AccountDeleted => vec![when, json!({ "child": false })],
            Self::AlreadyRegistered => vec![link],
            Self::EmailChangeConfirm | Self::VerifyEmail => vec![link, until],
            Self::ResetPassword => vec![link, until, child],
            Self::PasswordChanged | Self::ReplayDetected => vec![link, when, child],
            Self::EmailChangeNotice => vec![link, when],
            Self::InvitationMember | Self::InvitationNewcomer => {
                vec![link, until, library, role, json!({ "inviter": "Ben" })]
            }
            Self::HoldReady => vec![link, until, library, title],
            Self::LoanDueSoon | Self::LoanDueToday | Self::LoanOverdue => {
                vec![link, library, title, json!({ "due": "2026-12-05" })]
            }
            Self::IdentityLinked | Self::IdentityUnlinked => {
                vec![link, when, json!({ "provider": "google" })]
            }
            Self::LibraryDeleted => vec![library, when, child],
            Self::MemberRemoved => vec![library, child],
            Self::NewSignIn => {
                vec![
                    link,
                    when,
                    child,
                    json!({ "client": "browser", "device": "tablet" }),
                ]
            }
            Self::RoleChanged => vec![library, role],
        };
        for part in own {
            if let (Value::Object(all), Value::Object(part)) = (&mut values, part) {
                all.extend(part);
            }
        }
        values
    }
}
