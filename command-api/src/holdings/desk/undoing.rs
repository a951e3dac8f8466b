//! A change of a copy is undone by what is ordinarily done with copies, in one append that names what it undoes.
//!
//! Never forces anything: what a step refuses, the undo refuses.

use accession_event_log::RepositoryError;
use accession_events::RecordedEvent;
use accession_events::event::decode_as;
use accession_events::holdings::{CopyState, DisplacedCopy, Standing};
use accession_events::ids::{CopyId, LibraryId};
use accession_events::values::ShortText;

use super::HoldingsError;
use super::moving::MoveCopies;
use super::removing::{BringCopyBack, LeaveShelves, Leaving, TellOfCopy};
use crate::holdings::copy::change_details::ChangeDetails;
use crate::holdings::copy::undoing::{Past, Step, Which, plan};
use crate::holdings::copy::{Copy, CopyCommand, CopyError};
use crate::holdings::drafts::{Drafts, Drawn, Plan};
use crate::http::answer::Reply;

/// Take back what one request did to a copy.
#[derive(Debug, Clone)]
pub struct UndoCopyChange {
    /// Whose it is.
    pub library: LibraryId,
    /// Which.
    pub copy: CopyId,
    /// Which change.
    pub which: Which,
    /// Why.
    pub reason: ShortText,
    /// The version that the caller has seen.
    pub expected: Option<u64>,
}

impl Plan for UndoCopyChange {
    async fn draw(&self, drafts: &mut Drafts) -> Result<Drawn, HoldingsError> {
        let copy = self.copy;
        drafts.copies.load([copy]).await?;
        match drafts.copies.of(copy) {
            Copy::Known(known) if known.library_id == self.library => {}
            Copy::Known(_) | Copy::Absent => {
                let refusal = CopyError::Unknown;
                return Err(HoldingsError::Copy { copy, refusal });
            }
        }
        drafts.copies.seen(copy, self.expected)?;
        let past = drafts.copies.past(copy).await?;
        let past = past.iter().map(read).collect::<Result<Vec<Past>, _>>()?;
        let undo = plan(&past, self.which)?;
        for step in &undo.steps {
            self.take(step, drafts).await?;
        }
        let positions: Vec<u64> = undo.undoes.iter().map(|at| at.get()).collect();
        drafts.undoing = Some((undo.undoes, self.reason.clone()));
        Ok(Drawn {
            reply: Reply::changed(copy).with("undone", positions),
            version: Some(drafts.copies.version(copy)),
        })
    }
}

impl UndoCopyChange {
    async fn take(&self, step: &Step, drafts: &mut Drafts) -> Result<(), HoldingsError> {
        match step {
            Step::Remove => self.leaves(Leaving::Removed).draw(drafts).await?,
            Step::BringBack => {
                let back = BringCopyBack {
                    library: self.library,
                    copy: self.copy,
                    expected: None,
                };
                back.draw(drafts).await?
            }
            Step::Say(details) => {
                let details = details.clone();
                let command = CopyCommand::ChangeDetails(ChangeDetails { details });
                self.tells(command).draw(drafts).await?
            }
            Step::Become(CopyState::Present) => self.tells(CopyCommand::Find).draw(drafts).await?,
            Step::Become(CopyState::Lost) => {
                self.tells(CopyCommand::ReportLost).draw(drafts).await?
            }
            Step::Become(CopyState::Damaged) => {
                let command = CopyCommand::ReportDamaged;
                self.tells(command).draw(drafts).await?
            }
            Step::Become(CopyState::Withdrawn) => {
                self.leaves(Leaving::Withdrawn).draw(drafts).await?
            }
            Step::Stand(None) => {
                let nowhere = MoveCopies {
                    library: self.library,
                    copies: vec![self.copy],
                    to: None,
                    expected: None,
                    reply: Reply::changed(self.copy),
                };
                nowhere.draw(drafts).await?
            }
            Step::Stand(Some(standing)) => return self.stands(*standing, drafts).await,
        };
        Ok(())
    }

    fn leaves(&self, leaving: Leaving) -> LeaveShelves {
        LeaveShelves {
            library: self.library,
            copies: vec![self.copy],
            leaving,
            reason: Some(self.reason.clone()),
            expected: None,
            reply: Reply::changed(self.copy),
        }
    }

    const fn tells(&self, command: CopyCommand) -> TellOfCopy {
        TellOfCopy {
            library: self.library,
            copy: self.copy,
            command,
            expected: None,
        }
    }

    /// In the slot that it had, or the last when there are fewer by now.
    async fn stands(&self, at: Standing, drafts: &mut Drafts) -> Result<(), HoldingsError> {
        drafts.tree(self.library).await?.place(at.place_id)?;
        let from = match drafts.copies.of(self.copy) {
            Copy::Known(known) => known.place_id,
            Copy::Absent => None,
        };
        let back = DisplacedCopy {
            copy_id: self.copy,
            place_id: at.place_id,
            slot: at.slot,
        };
        drafts.put_back(self.library, &[back], from).await
    }
}

fn read(recorded: &RecordedEvent) -> Result<Past, RepositoryError> {
    let event = decode_as(recorded).map_err(|error| RepositoryError::Unreadable {
        stream: recorded.stream.clone(),
        sequence: recorded.sequence,
        event_type: recorded.event_type.to_string(),
        reason: error.to_string(),
    })?;
    Ok(Past::of(event, recorded))
}
