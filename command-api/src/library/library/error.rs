//! Why a library refuses.
//!
//! Never tells a stranger more than that there is no such library.

use accession_events::library::{LibraryKind, MemberRole};

/// Why a library refuses a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LibraryError {
    /// There is no such library.
    #[error("there is no such library")]
    Unknown,
    /// The one who acts does not belong to it, so for them there is none.
    #[error("there is no such library")]
    NotAMember,
    /// The id is taken.
    #[error("this library was made already")]
    AlreadyMade,
    /// It is being taken down.
    #[error("this library is being deleted: nothing else can be done with it")]
    BeingTakenDown,
    /// It is not being taken down.
    #[error("this library is not being deleted")]
    NotBeingTakenDown,
    /// Somebody still belongs to it.
    #[error("somebody still belongs to this library, or is still invited to it")]
    StillPeopled,
    /// The one who acts may not do this.
    #[error("this needs the role `admin` in the library; yours is `{}`", role.as_str())]
    NotAllowed {
        /// What they are.
        role: MemberRole,
    },
    /// Only grown-ups who look after it have accounts made for children.
    #[error("a child's account is made by an admin or editor of the library; your role is `{}`", role.as_str())]
    NotAParent {
        /// What they are.
        role: MemberRole,
    },
    /// Only who answers for a child, and admins, choose its password.
    #[error("a child's password is chosen by who answers for it, or by an admin of the library")]
    NotTheGrownUp,
    /// Nobody would be left to act as admin.
    #[error("nobody else is an active admin of this library: make somebody admin first")]
    LastAdmin,
    /// There is no such member.
    #[error("nobody with this id belongs to this library or is invited to it")]
    NoSuchMember,
    /// The one who is invited belongs to it.
    #[error("the account with this address belongs to this library already")]
    AlreadyMember,
    /// The one who is invited is suspended.
    #[error("the account with this address is suspended in this library: reinstate it instead")]
    Suspended,
    /// There is no invitation, or it is for somebody else.
    #[error("there is no open invitation to this library for you")]
    NotInvited,
    /// It was not answered in time.
    #[error("this invitation was good for seven days and has expired: ask to be invited again")]
    InvitationExpired,
    /// A library of this kind has no such members.
    #[error("a {} library has no member with the role `{}`", kind.as_str(), role.as_str())]
    RoleUnknownHere {
        /// What kind of library it is.
        kind: LibraryKind,
        /// Which role.
        role: MemberRole,
    },
    /// Somebody is a child by having been added as one, and by nothing else.
    #[error(
        "the role `child` comes with an account that was made for a child, and stays: add the child with POST \
         /api/v1/libraries/{{id}}/members/children"
    )]
    ChildRole,
    /// A child does not decide that.
    #[error("a child's membership is ended by an admin of the library")]
    AskAnAdmin,
}
