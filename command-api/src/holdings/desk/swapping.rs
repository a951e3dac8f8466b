//! Two copies change places, on one shelf or across two.
//!
//! Never moves a third.

use accession_events::ids::{CopyId, LibraryId};

use super::HoldingsError;
use super::moving::{Found, named};
use crate::holdings::drafts::{Drafts, Drawn, Plan};
use crate::holdings::shelf::ShelfCommand;
use crate::http::answer::Reply;

/// Have two copies change places.
#[derive(Debug, Clone)]
pub struct SwapCopies {
    /// Whose they are.
    pub library: LibraryId,
    /// One.
    pub one: CopyId,
    /// The other.
    pub other: CopyId,
    /// The version of the first that the caller has seen.
    pub expected: Option<u64>,
}

impl Plan for SwapCopies {
    async fn draw(&self, drafts: &mut Drafts) -> Result<Drawn, HoldingsError> {
        let copies = [self.one, self.other];
        named(&copies)?;
        let displaced = drafts.find(self.library, &copies).await?;
        drafts.copies.seen(self.one, self.expected)?;
        let [one, other] = displaced.as_slice() else {
            return Err(HoldingsError::StandsNowhere(self.one));
        };
        for copy in [one, other] {
            if copy.place().is_none() {
                return Err(HoldingsError::StandsNowhere(copy.copy));
            }
        }
        drafts.change_places(self.library, one, other)?;
        let reply = Reply::changed(self.one).with("swapped_with", self.other.to_string());
        Ok(Drawn {
            reply,
            version: Some(drafts.copies.version(self.one)),
        })
    }
}

impl Drafts {
    fn change_places(
        &mut self,
        library_id: LibraryId,
        one: &Found,
        other: &Found,
    ) -> Result<(), HoldingsError> {
        let (Some(here), Some(there)) = (one.place(), other.place()) else {
            return Ok(());
        };
        if here == there {
            let (one, other) = (one.copy, other.copy);
            let swap = ShelfCommand::Swap {
                library_id,
                one,
                other,
            };
            self.shelve(here, &swap)?;
        } else {
            for (place, leaves, comes) in [(here, one, other), (there, other, one)] {
                let take_over = ShelfCommand::TakeOver {
                    library_id,
                    leaves: leaves.copy,
                    comes: comes.copy,
                };
                self.shelve(place, &take_over)?;
            }
        }
        self.tell_copies(&[*one], Some(there))?;
        self.tell_copies(&[*other], Some(here))
    }
}
