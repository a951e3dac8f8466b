//! Ties: what holds somebody whose account is to end. Whoever holds people lets them go here, and identity asks.
//!
//! What lets them go is written in the append that ends the account: there is no moment in which the one is true and the
//! other is not, and who asks at the same time is told from each other by the log. Never writes anything itself.

use std::collections::BTreeSet;

use accession_event_log::{Given, RepositoryError, StreamWrite};
use accession_events::ids::{AccountId, LibraryId, SubjectId};
use accession_service::problem::{FieldError, Problem};
use async_trait::async_trait;
use http::StatusCode;

/// What becomes of something that nobody could look after without the one who goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Orphans {
    /// It holds them back.
    #[default]
    HoldBack,
    /// It goes with them.
    GoToo,
}

/// Who goes, and what is known to tell of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parting {
    /// The account that ends; of somebody who has none, what its id would be.
    pub account: AccountId,
    /// Every subject that is the same person.
    pub subjects: BTreeSet<SubjectId>,
    /// The libraries whose events tell of them.
    pub libraries: BTreeSet<LibraryId>,
    /// What becomes of what nobody else looks after.
    pub orphans: Orphans,
    /// With whose account it is done, if with one.
    pub by: Option<AccountId>,
}

/// Something that nobody could look after without the one who goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Which library.
    pub id: LibraryId,
    /// What it is called.
    pub name: String,
}

/// Why somebody is not let go.
#[derive(Debug, thiserror::Error)]
pub enum TiesError {
    /// Nobody else looks after these.
    #[error("{}", held_back(.0))]
    Held(Vec<Held>),
    /// What holds people could not be read.
    #[error(transparent)]
    Repository(#[from] RepositoryError),
}

/// Lets people go.
#[async_trait]
pub trait Ties: Send + Sync {
    /// What has to be written together with the end of the account. Decided on the present: the writes name the versions
    /// they were decided at, and after a conflict it is asked anew.
    async fn part(&self, parting: &Parting, given: &Given) -> Result<Vec<StreamWrite>, TiesError>;

    /// Whether somebody belongs to one of these libraries now, suspended or not.
    async fn belongs(
        &self,
        account: AccountId,
        libraries: &BTreeSet<LibraryId>,
    ) -> Result<bool, TiesError>;
}

/// Holds nobody: for subjects that are no accounts.
#[derive(Debug, Clone, Copy)]
pub struct Untied;

#[async_trait]
impl Ties for Untied {
    async fn part(&self, _: &Parting, _: &Given) -> Result<Vec<StreamWrite>, TiesError> {
        Ok(Vec::new())
    }

    async fn belongs(&self, _: AccountId, _: &BTreeSet<LibraryId>) -> Result<bool, TiesError> {
        Ok(false)
    }
}

fn held_back(held: &[Held]) -> String {
    let named: Vec<String> = held.iter().map(Held::to_string).collect();
    format!(
        "nobody else may act as admin of {}: make somebody else an admin or delete it first",
        named.join(", ")
    )
}

impl std::fmt::Display for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.name, self.id)
    }
}

/// What a caller reads who is held back.
#[must_use]
pub fn problem_of_held(held: &[Held]) -> Problem {
    let errors = held
        .iter()
        .map(|held| FieldError::new("libraries", "last_admin", held.to_string()));
    Problem::new(StatusCode::CONFLICT, "last_admin", held_back(held)).with_errors(errors.collect())
}
