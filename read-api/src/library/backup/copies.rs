//! The copies of a backup, each after what it is a copy of, and who belongs to the library.
//!
//! Never a copy whose title readers have not been told of: then the backup breaks off, and is asked for again.

use accession_backup::{CopyLine, Line, MemberLine};
use accession_events::holdings::CopyState;
use accession_projector::holdings::CopyDocument;
use accession_projector::library::{MemberDocument, MembershipView};

use super::{Backup, keys};
use crate::library::called;
use crate::streaming::BrokenOff;

impl Backup {
    /// Who belongs to the library, by name.
    pub(super) async fn members(&mut self) -> Result<(), BrokenOff> {
        let mut after = None;
        loop {
            let members = self.sources.members.clone();
            let (entries, next) = self.stretch(&members, ":by_name", after).await?;
            let found: Vec<MemberDocument> = self.reads.all(&members, &keys(entries)).await?;
            for member in found {
                let library = self.visit.library;
                let present = member
                    .membership(library)
                    .filter(|of| MembershipView::is_present(of));
                let Some(role) = present.map(|of| of.role) else {
                    continue;
                };
                let line = Line::Member(MemberLine {
                    account: member.account_id,
                    name: called(&member, library),
                    role,
                });
                self.line(&line).await?;
            }
            match next {
                Some(next) => after = Some(next),
                None => return Ok(()),
            }
        }
    }

    /// All copies, in the order in which they were taken in.
    pub(super) async fn copies(&mut self) -> Result<(), BrokenOff> {
        let mut after = None;
        loop {
            let copies = self.sources.copies.clone();
            let (entries, next) = self.stretch(&copies, "", after).await?;
            let found: Vec<CopyDocument> = self.reads.all(&copies, &keys(entries)).await?;
            self.titles_of(&found).await?;
            self.editions_of(&found).await?;
            for copy in found {
                self.told.copies.insert(copy.id);
                let line = Line::Copy(self.copy_line(copy));
                self.line(&line).await?;
            }
            match next {
                Some(next) => after = Some(next),
                None => return Ok(()),
            }
        }
    }

    fn copy_line(&self, copy: CopyDocument) -> CopyLine {
        let tree = self.tree.as_ref();
        // A copy that was moved since the backup began stands where it stood then, or nowhere.
        let stands = copy.place_id.filter(|place| {
            copy.state != CopyState::Withdrawn
                && tree.is_some_and(|tree| tree.places.contains_key(place))
        });
        let slot = self.slots.get(&copy.id).copied();
        let title = self.told.titles.get(&copy.title_id);
        let title = title.copied().unwrap_or(copy.title_id);
        let edition = copy
            .edition_id
            .filter(|edition| self.told.editions.get(edition) == Some(&title));
        CopyLine {
            id: copy.id,
            title,
            edition,
            barcode: copy.barcode,
            condition: copy.condition,
            acquisition: copy.acquisition,
            owner: copy.owner,
            tags: copy.tags.to_vec(),
            notes: copy.notes,
            state: copy.state,
            place: stands.filter(|_| slot.is_some()),
            slot: slot.filter(|_| stands.is_some()),
            added_at: copy.added_at,
        }
    }
}
