//! What is known of a copy: what later decisions depend on.
//!
//! Never its slot, and never what the catalogue says of its title.

use std::sync::Arc;

use accession_events::holdings::{
    Acquisition, Condition, CopyDetail, CopyEvent, CopyState, CopyTag, Standing,
};
use accession_events::ids::{AccountId, EditionId, LibraryId, LoanId, PlaceId, TitleId};
use accession_events::values::{Barcode, LongText};
use serde::{Deserialize, Serialize};

/// A copy that a library has or had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownCopy {
    /// Whose it is.
    pub library_id: LibraryId,
    /// What it is a copy of.
    pub title_id: TitleId,
    /// Which edition, as far as that is known.
    pub edition_id: Option<EditionId>,
    /// The number on it.
    pub barcode: Option<Barcode>,
    /// What it looks like.
    pub condition: Option<Condition>,
    /// How it came.
    pub acquisition: Acquisition,
    /// Whose it is, when it is a member's.
    pub owner: Option<AccountId>,
    /// The library's words for it.
    pub tags: Arc<[CopyTag]>,
    /// What the library notes about it.
    pub notes: Option<LongText>,
    /// Where it stands, if anywhere.
    pub place_id: Option<PlaceId>,
    /// Where it stood before it was moved last.
    pub stood: Option<Standing>,
    /// Where it is in its life.
    pub state: CopyState,
    /// The loan on which it is out.
    pub loan_id: Option<LoanId>,
    /// Whether it is no longer listed.
    pub removed: bool,
}

impl KnownCopy {
    pub(super) fn new(
        library_id: LibraryId,
        title_id: TitleId,
        details: impl IntoIterator<Item = CopyDetail>,
    ) -> Self {
        let mut copy = Self {
            library_id,
            title_id,
            edition_id: None,
            barcode: None,
            condition: None,
            acquisition: Acquisition::default(),
            owner: None,
            tags: Arc::default(),
            notes: None,
            place_id: None,
            stood: None,
            state: CopyState::Present,
            loan_id: None,
            removed: false,
        };
        for detail in details {
            copy.set(detail);
        }
        copy
    }

    fn set(&mut self, detail: CopyDetail) {
        match detail {
            CopyDetail::Acquisition(acquisition) => self.acquisition = acquisition,
            CopyDetail::Barcode(barcode) => self.barcode = barcode,
            CopyDetail::Condition(condition) => self.condition = condition,
            CopyDetail::Edition(edition) => self.edition_id = edition,
            CopyDetail::Notes(notes) => self.notes = notes,
            CopyDetail::Owner(owner) => self.owner = owner,
            CopyDetail::Tags(tags) => self.tags = tags,
        }
    }

    /// What is said now of the same thing.
    pub(super) fn said_of(&self, detail: &CopyDetail) -> CopyDetail {
        match detail {
            CopyDetail::Acquisition(_) => CopyDetail::Acquisition(self.acquisition.clone()),
            CopyDetail::Barcode(_) => CopyDetail::Barcode(self.barcode.clone()),
            CopyDetail::Condition(_) => CopyDetail::Condition(self.condition),
            CopyDetail::Edition(_) => CopyDetail::Edition(self.edition_id),
            CopyDetail::Notes(_) => CopyDetail::Notes(self.notes.clone()),
            CopyDetail::Owner(_) => CopyDetail::Owner(self.owner),
            CopyDetail::Tags(_) => CopyDetail::Tags(Arc::clone(&self.tags)),
        }
    }

    pub(super) fn apply(&mut self, event: CopyEvent) {
        match event {
            // Taking it in is what made it known.
            CopyEvent::CopyAdded { .. } => {}
            CopyEvent::CopyDetailsChanged { details, .. } => {
                for detail in details {
                    self.set(detail);
                }
            }
            CopyEvent::CopyMoved { from, to, .. } => {
                (self.stood, self.place_id) = (from, to.map(|to| to.place_id));
            }
            CopyEvent::CopyLentOut { loan_id, .. } => self.loan_id = Some(loan_id),
            CopyEvent::CopyCameBack { .. } => self.loan_id = None,
            CopyEvent::CopyLost { .. } => (self.state, self.loan_id) = (CopyState::Lost, None),
            CopyEvent::CopyDamaged { .. } => self.state = CopyState::Damaged,
            CopyEvent::CopyWithdrawn { .. } => self.state = CopyState::Withdrawn,
            CopyEvent::CopyFound { .. } => self.state = CopyState::Present,
            CopyEvent::CopyRemoved { stood, .. } => {
                (self.removed, self.stood, self.place_id) = (true, stood, None);
            }
            CopyEvent::CopyRestored { barcode, .. } => {
                (self.removed, self.barcode) = (false, barcode);
            }
        }
    }
}
