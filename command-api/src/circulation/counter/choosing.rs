//! For which of the copies of a title somebody waits: the one that they get first, as things are.
//!
//! Never changes later what was chosen: a hold is on a copy (ADR 0023).

// tidy: allow wall because which copies there are of a title is known by the room that owns them

use accession_events::holdings::{CopyState, HeldEvent};
use accession_events::ids::{CopyId, LibraryId, PatronId, TitleId};
use jiff::Timestamp;

use super::Counter;
use crate::circulation::error::CirculationError;
use crate::circulation::lending::{Lending, LendingError};
use crate::holdings::copy::{Copy, CopyError};

/// The most copies of a title that are looked at; of more, the oldest are.
const MOST: usize = 200;

/// A copy that may be waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chosen {
    /// Which.
    pub copy: CopyId,
    /// Whether it is in and kept for nobody, so that nobody has to wait.
    pub is_free: bool,
}

impl Counter {
    /// The copy of a title of this library that a patron gets first; none when the library lists none of it. Refuses whoever
    /// has one of them, or waits for one.
    pub async fn first_of_title(
        &self,
        library: LibraryId,
        title: TitleId,
        patron: PatronId,
    ) -> Result<Option<Chosen>, CirculationError> {
        let held = HeldEvent::stream_id(library, title);
        let held = self.held.load_newest(&held).await?;
        let copies: Vec<CopyId> = held.state.copies().iter().copied().take(MOST).collect();
        let ids: Vec<String> = copies.iter().map(ToString::to_string).collect();
        let states = self.copies.load_many(&ids).await?;
        let lendings = self.lendings.load_many(&ids).await?;
        let mut refusal = None;
        let mut found: Option<(Rank, CopyId)> = None;
        for ((copy, state), lending) in copies.into_iter().zip(states).zip(lendings) {
            let state = match &*state.state {
                Copy::Known(known) => known.state,
                Copy::Absent => continue,
            };
            if state != CopyState::Present {
                refusal.get_or_insert(CopyError::NotForLending { state });
                continue;
            }
            let rank = rank(&lending.state, patron)?;
            if found.is_none_or(|(best, _)| rank < best) {
                found = Some((rank, copy));
            }
        }
        match (found, refusal) {
            (Some((rank, copy)), _) => Ok(Some(Chosen {
                copy,
                is_free: rank == FREE,
            })),
            (None, Some(refusal)) => Err(refusal.into()),
            (None, None) => Ok(None),
        }
    }
}

/// How many come first, and when the copy is back.
type Rank = (usize, Timestamp);

/// Nobody comes first, and it is there.
const FREE: Rank = (0, Timestamp::MIN);

fn rank(lending: &Lending, patron: PatronId) -> Result<Rank, LendingError> {
    let mut queue = lending.queue.iter();
    if queue.any(|waiting| waiting.borrower.patron == patron) {
        return Err(LendingError::AlreadyWaiting);
    }
    match &lending.loan {
        Some(loan) if loan.borrower.patron == patron => Err(LendingError::YouHaveIt {
            due_at: loan.due_at,
        }),
        Some(loan) => Ok((lending.queue.len(), loan.due_at)),
        None => Ok((lending.queue.len(), Timestamp::MIN)),
    }
}
