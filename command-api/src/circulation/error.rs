//! Why something could not be done at the counter, whoever has refused: the library, its policy, the copy, the borrower.
//!
//! Never names who has a copy or who waits for it.

// tidy: allow wall because a loan, its copy and whoever may borrow it are one append, decided by the rooms that own them

use accession_event_log::{LogError, RepositoryError};
use accession_events::ClaimKey;
use accession_events::library::MemberRole;
use accession_secrets::SealError;
use jiff::Timestamp;

use super::lending::LendingError;
use super::patron::PatronError;
use crate::holdings::copy::CopyError;
use crate::library::libraries::LibrariesError;
use crate::library::library::LibraryError;

/// The longest time for which the staff may lend, in days.
pub const LONGEST_LOAN_DAYS: i64 = 366;

/// A refusal, or what went wrong.
#[derive(Debug, thiserror::Error)]
pub enum CirculationError {
    /// Nothing is done in this library.
    #[error(transparent)]
    Library(#[from] LibraryError),
    /// The copy is not lent.
    #[error(transparent)]
    Copy(#[from] CopyError),
    /// Its loan or its queue says no.
    #[error(transparent)]
    Lending(#[from] LendingError),
    /// The borrower gets no more, or nobody knows them.
    #[error(transparent)]
    Patron(#[from] PatronError),
    /// The borrower does not belong to the library.
    #[error("this account is no member of the library")]
    NoSuchMember,
    /// The borrower may do nothing in the library for now.
    #[error("this member is suspended: nothing is lent to them")]
    MemberSuspended,
    /// The library lends nothing to such members.
    #[error("the library lends nothing to members with the role `{}`", .0.as_str())]
    NotLentTo(MemberRole),
    /// The library has the staff lend to such members.
    #[error("members with the role `{}` have copies lent by the staff", .0.as_str())]
    NoSelfService(MemberRole),
    /// The library has the staff take copies back.
    #[error("copies are given back to the staff in this library")]
    NoSelfReturn,
    /// Whoever takes copies by themselves has shown that their address is theirs.
    #[error("confirm your e-mail address first: whoever borrows by themselves has to be reachable")]
    NotVerified,
    /// The library lends to its members alone.
    #[error("this library lends to its members alone")]
    MembersOnly,
    /// The loan would be over before it begins.
    #[error("the due date {0} is not after the beginning of the loan")]
    DueInThePast(Timestamp),
    /// The loan would take longer than any.
    #[error("the due date {0} is more than {LONGEST_LOAN_DAYS} days away")]
    DueTooLate(Timestamp),
    /// What the caller has seen is old.
    #[error("you have seen version {expected}, but it is {actual} by now")]
    StaleVersion {
        /// What they have seen.
        expected: u64,
        /// What it is.
        actual: u64,
    },
    /// Others were faster, again and again.
    #[error("others changed the same thing at the same time, again and again: try again")]
    Overtaken,
    /// A copy is another patron's: a defect that the log has kept from happening.
    #[error("this copy is out")]
    Claimed(ClaimKey),
    /// The key belongs to another request.
    #[error("this Idempotency-Key was used before for another request")]
    KeyReused,
    /// Libraries could not be asked.
    #[error(transparent)]
    Libraries(#[from] LibrariesError),
    /// The log could not be read.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
    /// A name could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl From<LogError> for CirculationError {
    fn from(error: LogError) -> Self {
        Self::Repository(RepositoryError::Log(error))
    }
}

impl CirculationError {
    /// Whether it was decided from states, so that it has to be decided on the newest ones before it is told.
    pub(super) const fn is_decided(&self) -> bool {
        !matches!(
            self,
            Self::Libraries(_) | Self::Repository(_) | Self::Seal(_) | Self::KeyReused
        )
    }
}
