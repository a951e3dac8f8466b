//! The copies of a file, taken in in its order, each in the slot that it had among those that are there.
//!
//! Never all or nothing for a whole file: where one of a step refuses, each of them is taken in by itself, and what refuses
//! is told.

// tidy: allow wall because a library is kept as a whole: its places, its copies, what they are copies of, and who has them

use std::sync::Arc;

use accession_backup::CopyLine;
use accession_event_log::ExecuteError;
use accession_events::holdings::{CopyDetail, CopyState};
use accession_events::ids::{CopyId, PlaceId};
use accession_service::problem::Problem;

use super::going::{Going, Numbered, is_refusal};
use super::opening::given;
use crate::holdings::copy::report::Withdraw;
use crate::holdings::copy::{Copy, CopyCommand};
use crate::holdings::desk::HoldingsError;
use crate::holdings::desk::entering::Enter;
use crate::holdings::desk::moving::Destination;
use crate::holdings::drafts::{Drafts, Drawn, Plan, carry_out_part};
use crate::http::answer::Reply;
use crate::http::failure::{Refusal as _, problem_of};

struct TakeIn<'a>(&'a [Numbered<Enter>]);

impl Plan for TakeIn<'_> {
    async fn draw(&self, drafts: &mut Drafts) -> Result<Drawn, HoldingsError> {
        drafts
            .copies
            .load(self.0.iter().map(|(_, enter)| enter.copy))
            .await?;
        for (_, enter) in self.0 {
            // One that a step before has taken in stays as it is.
            if matches!(drafts.copies.of(enter.copy), Copy::Absent) {
                enter.draw(drafts).await?;
            }
        }
        Ok(Drawn {
            reply: Reply::with_body(serde_json::Map::new()),
            version: None,
        })
    }
}

impl Going<'_> {
    /// Takes in the copies that wait for it.
    pub(super) async fn take_in_copies(&mut self) -> Result<(), Problem> {
        if self.copies.is_empty() {
            return Ok(());
        }
        let lines = std::mem::take(&mut self.copies);
        let of_file: Vec<CopyId> = lines.iter().map(|(_, copy)| copy.id).collect();
        let mut all = Vec::with_capacity(lines.len());
        for (number, copy) in lines {
            all.push((number, self.enter(number, copy)?));
        }
        match self.take_in(&all).await {
            Ok(()) => self.report.restored.copies += all.len() as u64,
            Err(problem) if is_refusal(&problem) => {
                for (one, of_file) in all.chunks(1).zip(of_file) {
                    self.take_in_one(one, of_file).await?;
                }
            }
            Err(problem) => return Err(problem),
        }
        Ok(())
    }

    async fn take_in(&self, copies: &[Numbered<Enter>]) -> Result<(), Problem> {
        carry_out_part(&self.to.holdings, &self.asked.metadata, &TakeIn(copies)).await
    }

    async fn take_in_one(
        &mut self,
        one: &[Numbered<Enter>],
        of_file: CopyId,
    ) -> Result<(), Problem> {
        match self.take_in(one).await {
            Ok(()) => self.report.restored.copies += 1,
            Err(problem) if is_refusal(&problem) => {
                let line = one.first().map_or(0, |(line, _)| *line);
                self.copy_ids.remove(&of_file);
                self.report
                    .reject(line, "copy", problem.code(), problem.detail());
            }
            Err(problem) => return Err(problem),
        }
        Ok(())
    }

    fn enter(&mut self, number: u64, copy: CopyLine) -> Result<Enter, Problem> {
        let edition = copy.edition.and_then(|of| self.edition_ids.get(&of));
        let edition = edition.copied();
        // The catalogue knows better than the file of which title an edition is.
        let title = edition.map(|(_, title)| title);
        let title = title.or_else(|| self.title_ids.get(&copy.title).copied());
        let title = title.ok_or_else(Problem::internal)?;
        let place = copy.place.zip(copy.slot);
        let to = place.map(|(place, slot)| Destination {
            place: self.ids.place(place),
            slot: Some(self.next_slot(place, slot)),
        });
        let own = copy.owner.map(|owner| self.account(owner));
        if own == Some(None) {
            let message = "the copy was a member's, and members come by invitation: say whose it is when they are there";
            self.report
                .reject(number, "owner", "members_are_invited", message);
        }
        let made_at = self.asked.file.library.made_at;
        let id = self.ids.copy(copy.id, made_at, number);
        self.copy_ids.insert(copy.id, id);
        if copy.state != CopyState::Present {
            self.states.push((number, copy.id, copy.state));
        }
        Ok(Enter {
            library: self.ids.library(),
            copy: id,
            title,
            stands_for: Vec::new(),
            resembles: Vec::new(),
            details: details(copy, edition.map(|(id, _)| id), own.flatten()),
            to,
            welcome_twice: true,
        })
    }

    /// The slot among those that stand there already.
    fn next_slot(&mut self, place: PlaceId, slot: u32) -> u32 {
        let taken = self.slots.entry(place).or_default();
        let before = taken.partition_point(|there| *there < slot);
        taken.insert(before, slot);
        u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// Says what has become of copies, once everything was lent.
    pub(super) async fn set_states(&mut self) -> Result<(), Problem> {
        for (line, copy, state) in std::mem::take(&mut self.states) {
            let command = match state {
                CopyState::Present => CopyCommand::Find,
                CopyState::Lost => CopyCommand::ReportLost,
                CopyState::Damaged => CopyCommand::ReportDamaged,
                CopyState::Withdrawn => CopyCommand::Withdraw(Withdraw::default()),
            };
            self.tell_copy(line, copy, &command).await?;
        }
        Ok(())
    }

    /// Has a copy of the file become otherwise.
    pub(super) async fn tell_copy(
        &mut self,
        line: u64,
        of_file: CopyId,
        command: &CopyCommand,
    ) -> Result<(), Problem> {
        let Some(id) = self.copy_ids.get(&of_file) else {
            return Ok(());
        };
        let copies = self.to.holdings.copies();
        let given = given(self.asked);
        match copies.execute(&id.to_string(), &given, command).await {
            Ok(_) => Ok(()),
            Err(ExecuteError::Refused(refusal)) => {
                let problem = refusal.problem();
                self.report
                    .reject(line, "copy", problem.code(), problem.detail());
                Ok(())
            }
            Err(error) => Err(problem_of(error)),
        }
    }
}

/// What is said of a copy.
fn details(
    copy: CopyLine,
    edition: Option<accession_events::ids::EditionId>,
    owner: Option<accession_events::ids::AccountId>,
) -> Vec<CopyDetail> {
    let mut details = Vec::new();
    if !copy.acquisition.is_unknown() {
        details.push(CopyDetail::Acquisition(copy.acquisition));
    }
    if copy.barcode.is_some() {
        details.push(CopyDetail::Barcode(copy.barcode));
    }
    if copy.condition.is_some() {
        details.push(CopyDetail::Condition(copy.condition));
    }
    if edition.is_some() {
        details.push(CopyDetail::Edition(edition));
    }
    if copy.notes.is_some() {
        details.push(CopyDetail::Notes(copy.notes));
    }
    if owner.is_some() {
        details.push(CopyDetail::Owner(owner));
    }
    if !copy.tags.is_empty() {
        details.push(CopyDetail::Tags(Arc::from(copy.tags)));
    }
    details
}
