//! Copies are given up, listed no longer, or brought back where they stood.
//!
//! All or nothing, and never of a copy that is out.

use accession_events::holdings::{DisplacedCopy, HeldEvent};
use accession_events::ids::{CopyId, LibraryId};
use accession_events::values::ShortText;

use super::HoldingsError;
use super::moving::{named, refuse};
use crate::holdings::copy::remove_copy::RemoveCopy;
use crate::holdings::copy::report::Withdraw;
use crate::holdings::copy::{Copy, CopyCommand, CopyError};
use crate::holdings::drafts::{Drafts, Drawn, Plan};
use crate::http::answer::Reply;

/// What becomes of copies that leave their slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaving {
    /// They are given up, and stay listed as such.
    Withdrawn,
    /// They are listed no longer.
    Removed,
}

/// Have copies leave their slots for good.
#[derive(Debug, Clone)]
pub struct LeaveShelves {
    /// Whose they are.
    pub library: LibraryId,
    /// Which.
    pub copies: Vec<CopyId>,
    /// What becomes of them.
    pub leaving: Leaving,
    /// Why.
    pub reason: Option<ShortText>,
    /// The version of the only one that the caller has seen.
    pub expected: Option<u64>,
    /// What to answer.
    pub reply: Reply,
}

/// Say of one copy what has become of it, where its slot stays its own.
#[derive(Debug, Clone)]
pub struct TellOfCopy {
    /// Whose it is.
    pub library: LibraryId,
    /// Which.
    pub copy: CopyId,
    /// What to say.
    pub command: CopyCommand,
    /// The version that the caller has seen.
    pub expected: Option<u64>,
}

/// Bring back a copy that is listed no longer, where it stood if that is still there.
#[derive(Debug, Clone, Copy)]
pub struct BringCopyBack {
    /// Whose it was.
    pub library: LibraryId,
    /// Which.
    pub copy: CopyId,
    /// The version that the caller has seen.
    pub expected: Option<u64>,
}

impl Leaving {
    fn command(self, former_slot: u32, reason: Option<ShortText>) -> CopyCommand {
        match self {
            Self::Withdrawn => CopyCommand::Withdraw(Withdraw { reason }),
            Self::Removed => CopyCommand::Remove(RemoveCopy {
                former_slot,
                reason,
            }),
        }
    }
}

impl Plan for LeaveShelves {
    async fn draw(&self, drafts: &mut Drafts) -> Result<Drawn, HoldingsError> {
        named(&self.copies)?;
        let found = drafts.find(self.library, &self.copies).await?;
        let only = self.copies.first().filter(|_| self.copies.len() == 1);
        if let Some(only) = only {
            drafts.copies.seen(only, self.expected)?;
        }
        match self.leaving {
            Leaving::Withdrawn => drafts.relocate(self.library, &found, None).await?,
            Leaving::Removed => drafts.take_from_shelves(self.library, &found)?,
        }
        let mut refused = Vec::new();
        for found in &found {
            let command = self.leaving.command(found.slot(), self.reason.clone());
            if let Err(refusal) = drafts.copies.decide(found.copy, &command) {
                refused.push((found.copy, refusal));
            }
        }
        refuse(refused)?;
        if self.leaving == Leaving::Removed {
            drafts.let_go(self.library, &self.copies).await?;
        }
        Ok(Drawn {
            reply: self.reply.clone(),
            version: only.map(|only| drafts.copies.version(only)),
        })
    }
}

impl Plan for TellOfCopy {
    async fn draw(&self, drafts: &mut Drafts) -> Result<Drawn, HoldingsError> {
        let copy = self.copy;
        drafts.copies.load([copy]).await?;
        let of = |refusal| HoldingsError::Copy { copy, refusal };
        drafts.copy_of(self.library, copy).map_err(of)?;
        drafts.copies.seen(copy, self.expected)?;
        drafts.copies.decide(copy, &self.command).map_err(of)?;
        Ok(Drawn {
            reply: Reply::changed(copy),
            version: Some(drafts.copies.version(copy)),
        })
    }
}

impl Plan for BringCopyBack {
    async fn draw(&self, drafts: &mut Drafts) -> Result<Drawn, HoldingsError> {
        let copy_id = self.copy;
        drafts.copies.load([copy_id]).await?;
        drafts.copies.seen(copy_id, self.expected)?;
        let of = |refusal| HoldingsError::Copy {
            copy: copy_id,
            refusal,
        };
        let (stood, title) = match drafts.copies.of(copy_id) {
            Copy::Known(copy) if copy.library_id == self.library => (copy.stood, copy.title_id),
            Copy::Known(_) | Copy::Absent => return Err(of(CopyError::Unknown)),
        };
        drafts
            .copies
            .decide(copy_id, &CopyCommand::Restore)
            .map_err(of)?;
        drafts.list(self.library, title, copy_id, true).await?;
        let tree = drafts.tree(self.library).await?;
        let stood = stood.filter(|stood| tree.place(stood.place_id).is_ok());
        let back: Vec<DisplacedCopy> = stood
            .map(|stood| DisplacedCopy {
                copy_id,
                place_id: stood.place_id,
                slot: stood.slot,
            })
            .into_iter()
            .collect();
        drafts.put_back(self.library, &back, None).await?;
        let place = stood.map(|stood| stood.place_id.to_string());
        Ok(Drawn {
            reply: Reply::changed(copy_id).with("place_id", place),
            version: Some(drafts.copies.version(copy_id)),
        })
    }
}

impl Drafts {
    /// Notes of each that the library lists it no longer.
    async fn let_go(&mut self, library: LibraryId, copies: &[CopyId]) -> Result<(), HoldingsError> {
        let mut titles = Vec::new();
        for copy in copies {
            if let Copy::Known(known) = self.copies.of(copy) {
                titles.push((*copy, known.title_id));
            }
        }
        let streams = titles
            .iter()
            .map(|(_, title)| HeldEvent::stream_id(library, *title));
        self.held.load(streams).await?;
        for (copy, title) in titles {
            self.list(library, title, copy, false).await?;
        }
        Ok(())
    }
}
