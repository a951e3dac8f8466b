//! The copy aggregate: one physical thing of a library, what is said of it, where it stands, whether it is out.
//!
//! Never keeps its slot: slots are the shelf's, and move with what comes and goes before them.

pub mod add_copy;
pub mod change_details;
#[cfg(test)]
mod examples;
mod known;
pub mod lend;
pub mod move_copy;
pub mod remove_copy;
pub mod report;
pub mod undoing;

use accession_event_log::Decider;
use accession_events::LoggedEvent;
use accession_events::holdings::{CopyEvent, CopyState};
use accession_events::ids::LoanId;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

pub use known::KnownCopy;

/// A copy: nothing is known of it, or a library has or had it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every state is that of a known copy, and a box would only be one more step to it"
)]
pub enum Copy {
    /// There is no such copy.
    #[default]
    Absent,
    /// A library took it in. It stays known when it is no longer listed.
    Known(KnownCopy),
}

/// What can be asked of a copy.
#[derive(Debug, Clone, PartialEq)]
pub enum CopyCommand {
    /// Take it in.
    Add(add_copy::AddCopy),
    /// Say something else of it.
    ChangeDetails(change_details::ChangeDetails),
    /// Have it stand elsewhere, or nowhere.
    Move(move_copy::MoveCopy),
    /// Note that circulation gives it out.
    LendOut(LoanId),
    /// Note that it came back.
    ComeBack(LoanId),
    /// Note that it was lost by whoever had it; that ends the loan.
    LoseOnLoan(LoanId),
    /// Say that nobody knows where it is.
    ReportLost,
    /// Say that it cannot be used.
    ReportDamaged,
    /// Give it up.
    Withdraw(report::Withdraw),
    /// Say that it is present and can be used again.
    Find,
    /// List it no longer.
    Remove(remove_copy::RemoveCopy),
    /// Undo its removal.
    Restore,
}

/// Why a copy refuses a command.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CopyError {
    /// There is no such copy.
    #[error("this library has no such copy")]
    Unknown,
    /// The id is taken.
    #[error("this copy was taken in already")]
    AlreadyAdded,
    /// It is out.
    #[error(
        "this copy is on loan ({loan}): have it returned, or reported lost on the loan, before it is moved, removed or given up"
    )]
    OnLoan {
        /// On which loan.
        loan: LoanId,
    },
    /// It is not out on this loan.
    #[error("this copy is not out on the loan {loan}")]
    NotOnLoan {
        /// Which loan was meant.
        loan: LoanId,
    },
    /// It is not there to be given out.
    #[error("this copy is {} and cannot be lent", state.as_str())]
    NotForLending {
        /// What it is.
        state: CopyState,
    },
    /// It has been given up, so it stands nowhere.
    #[error(
        "this copy was withdrawn and stands nowhere: say that it was found before it is shelved again"
    )]
    Withdrawn,
    /// It is listed.
    #[error("this copy was not removed: there is nothing to bring back")]
    NotRemoved,
}

impl Copy {
    /// The copy, being one that is listed.
    pub const fn known(&self) -> Result<&KnownCopy, CopyError> {
        match self {
            Self::Known(copy) if !copy.removed => Ok(copy),
            Self::Known(_) | Self::Absent => Err(CopyError::Unknown),
        }
    }
}

impl Decider for Copy {
    const SCHEMA: &'static str = "copy/1";

    fn decide(&self, command: &CopyCommand) -> Result<Vec<CopyEvent>, CopyError> {
        match command {
            CopyCommand::Add(command) => command.decide(self),
            CopyCommand::ChangeDetails(command) => Ok(command.decide(self.known()?)),
            CopyCommand::Move(command) => command.decide(self.known()?),
            CopyCommand::LendOut(loan) => lend::lend_out(self.known()?, *loan),
            CopyCommand::ComeBack(loan) => lend::come_back(self, *loan),
            CopyCommand::LoseOnLoan(loan) => lend::lose(self.known()?, *loan),
            CopyCommand::ReportLost => report::lost(self.known()?),
            CopyCommand::ReportDamaged => report::damaged(self.known()?),
            CopyCommand::Withdraw(command) => command.decide(self.known()?),
            CopyCommand::Find => report::found(self.known()?),
            CopyCommand::Remove(command) => command.decide(self.known()?),
            CopyCommand::Restore => remove_copy::restore(self),
        }
    }
}

impl Aggregate for Copy {
    const TYPE: &'static str = CopyEvent::AGGREGATE;
    type Command = CopyCommand;
    type Event = CopyEvent;
    type Error = CopyError;
    type Services = ();

    async fn handle(
        &mut self,
        command: CopyCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), CopyError> {
        for event in self.decide(&command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: CopyEvent) {
        match (&mut *self, event) {
            (Self::Known(copy), event) => copy.apply(event),
            (
                Self::Absent,
                CopyEvent::CopyAdded {
                    library_id,
                    title_id,
                    details,
                    ..
                },
            ) => *self = Self::Known(KnownCopy::new(library_id, title_id, details)),
            // No stream begins with another event.
            (Self::Absent, _) => {}
        }
    }
}
