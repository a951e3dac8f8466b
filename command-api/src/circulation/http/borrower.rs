//! Whom a copy is for, and which copy it is, as the staff says: by account, by the library's list, or by name; by id or by
//! barcode.
//!
//! Never takes two answers to one question.

// tidy: allow wall because a loan, its copy and whoever may borrow it are one append, decided by the rooms that own them

use accession_event_log::RepositoryError;
use accession_events::ids::{AccountId, CopyId, LibraryId, PatronId};
use accession_events::values::{Barcode, PersonName};
use accession_service::problem::{FieldError, Problem};
use uuid::Uuid;

use super::refusals::problem;
use crate::circulation::counter::{Counter, Who};
use crate::http::call::Call;
use crate::http::fields::Faults;

/// Names of the fields that say whom it is for.
const WHO: &str = "one of `account`, `patron` and `name` says whom it is for";
/// Names of the fields that say which copy.
const WHICH: &str = "one of `copy_id` and `barcode` says which copy";

/// Whom something is for, as it was sent.
pub(super) struct SaidWho<'a> {
    pub(super) account: Option<Uuid>,
    pub(super) patron: Option<Uuid>,
    pub(super) name: Option<&'a str>,
}

/// Somebody who borrows, not yet sealed.
pub(super) enum Meant {
    Member(AccountId),
    Outsider(PatronId),
    Newcomer(PersonName),
}

impl SaidWho<'_> {
    /// Whether nothing was said.
    pub(super) const fn is_silent(&self) -> bool {
        self.account.is_none() && self.patron.is_none() && self.name.is_none()
    }

    /// Whom it is for, or what is wrong with it.
    pub(super) fn meant(&self, faults: &mut Faults) -> Option<Meant> {
        match (self.account, self.patron, self.name) {
            (Some(account), None, None) => Some(Meant::Member(AccountId::new(account))),
            (None, Some(patron), None) => Some(Meant::Outsider(PatronId::new(patron))),
            (None, None, Some(name)) => faults.name("name", name).map(Meant::Newcomer),
            _ => faults.take("account", "ambiguous", Err(WHO)),
        }
    }
}

impl Meant {
    /// Whom it is for, ready to be written down. An outside borrower who is named gets a place on the library's list, the same
    /// one when the request is repeated under its key.
    pub(super) async fn ready(
        self,
        counter: &Counter,
        call: &Call,
        library: LibraryId,
    ) -> Result<Who, Problem> {
        Ok(match self {
            Self::Member(account) => Who::Member(account),
            Self::Outsider(patron) => {
                let account = account_of(counter, patron).await?;
                account.map_or(Who::Outsider(patron), Who::Member)
            }
            Self::Newcomer(name) => {
                let patron = PatronId::new(call.repeatable_id("patron"));
                let sealed = counter.seal_name(patron, &name).await;
                let nowhere = CopyId::new(Uuid::nil());
                let sealed = sealed.map_err(|error| problem(error, library, nowhere))?;
                Who::Newcomer(patron, sealed)
            }
        })
    }
}

/// The account of a patron who is a member: their card names the patron, and what they may is the member's.
async fn account_of(counter: &Counter, patron: PatronId) -> Result<Option<AccountId>, Problem> {
    let loaded = counter.patrons().load(&patron.to_string()).await;
    let loaded =
        loaded.map_err(|error: RepositoryError| crate::http::failure::from_repository(&error))?;
    Ok(loaded.state.known.and_then(|known| known.account))
}

/// Which copy, as it was sent.
pub(super) struct SaidWhich<'a> {
    pub(super) copy_id: Option<Uuid>,
    pub(super) barcode: Option<&'a str>,
}

/// A copy by its id or its barcode.
pub(super) enum Which {
    Copy(CopyId),
    Barcode(Barcode),
}

impl SaidWhich<'_> {
    /// Which copy, or what is wrong with it.
    pub(super) fn meant(&self, faults: &mut Faults) -> Option<Which> {
        match (self.copy_id, self.barcode) {
            (Some(copy), None) => Some(Which::Copy(CopyId::new(copy))),
            (None, Some(text)) => faults
                .take("barcode", "bad_barcode", Barcode::parse(text))
                .map(Which::Barcode),
            _ => faults.take("copy_id", "ambiguous", Err(WHICH)),
        }
    }
}

impl Which {
    /// The copy.
    pub(super) async fn found(
        self,
        counter: &Counter,
        library: LibraryId,
    ) -> Result<CopyId, Problem> {
        match self {
            Self::Copy(copy) => Ok(copy),
            Self::Barcode(barcode) => {
                let found = counter.copy_with(library, &barcode).await;
                found.map_err(|error| unknown_barcode(error, library, &barcode))
            }
        }
    }
}

fn unknown_barcode(
    error: crate::circulation::error::CirculationError,
    library: LibraryId,
    barcode: &Barcode,
) -> Problem {
    use crate::circulation::error::CirculationError;
    use crate::holdings::copy::CopyError;
    if !matches!(error, CirculationError::Copy(CopyError::Unknown)) {
        return problem(error, library, CopyId::new(Uuid::nil()));
    }
    let message = format!("no copy of this library carries the barcode `{barcode}`");
    Problem::not_found(message.clone()).with_errors(vec![FieldError::new(
        "barcode",
        "unknown_barcode",
        message,
    )])
}
