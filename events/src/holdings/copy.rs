//! What can happen to a copy: the one physical thing that a library owns, of a title in the catalogue.
//!
//! Never tells who has it: that it is out, and on which loan, is all a copy knows. Each event names library and title.

use serde::{Deserialize, Serialize};

use super::details::{CopyDetail, CopyState};
use super::shelf::Standing;
use crate::claims::{ClaimChange, ClaimKey};
use crate::event::LoggedEvent;
use crate::ids::{CopyId, LibraryId, LoanId, TitleId};
use crate::values::{Barcode, ShortText};

/// What happened to a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CopyEvent {
    /// The library has it from now on. It stands nowhere yet.
    CopyAdded {
        /// Whose it is.
        library_id: LibraryId,
        /// What it is a copy of.
        title_id: TitleId,
        /// What is said of it; what is not named is not known.
        details: Vec<CopyDetail>,
        /// The copy like it that the library knew of when it took this one all the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        besides: Option<CopyId>,
    },
    /// Something else is said of it.
    CopyDetailsChanged {
        /// Whose it is.
        library_id: LibraryId,
        /// What it is a copy of.
        title_id: TitleId,
        /// What is said from now on.
        details: Vec<CopyDetail>,
        /// What was said of the same, in the same order.
        former: Vec<CopyDetail>,
    },
    /// It stands elsewhere, or nowhere. Where the others stand is told by the shelf's own stream.
    CopyMoved {
        /// Whose it is.
        library_id: LibraryId,
        /// What it is a copy of.
        title_id: TitleId,
        /// Where it stood; none when nowhere.
        from: Option<Standing>,
        /// Where it stands; none when nowhere.
        to: Option<Standing>,
    },
    /// Circulation gave it out: until it comes back it is neither moved nor given up.
    CopyLentOut {
        /// Whose it is.
        library_id: LibraryId,
        /// What it is a copy of.
        title_id: TitleId,
        /// On which loan.
        loan_id: LoanId,
    },
    /// It came back from its loan.
    CopyCameBack {
        /// Whose it is.
        library_id: LibraryId,
        /// What it is a copy of.
        title_id: TitleId,
        /// From which loan.
        loan_id: LoanId,
    },
    /// Nobody knows where it is. When it was out, the loan is over with that.
    CopyLost {
        /// Whose it is.
        library_id: LibraryId,
        /// What it is a copy of.
        title_id: TitleId,
        /// The loan on which it was lost.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        loan_id: Option<LoanId>,
        /// What it was before.
        former: CopyState,
    },
    /// It cannot be used.
    CopyDamaged {
        /// Whose it is.
        library_id: LibraryId,
        /// What it is a copy of.
        title_id: TitleId,
        /// What it was before.
        former: CopyState,
    },
    /// The library has given it up. Its barcode stays its own.
    CopyWithdrawn {
        /// Whose it was.
        library_id: LibraryId,
        /// What it is a copy of.
        title_id: TitleId,
        /// Why, in the library's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<ShortText>,
        /// What it was before.
        former: CopyState,
    },
    /// It is present and can be used again: it was found, mended or taken back.
    CopyFound {
        /// Whose it is.
        library_id: LibraryId,
        /// What it is a copy of.
        title_id: TitleId,
        /// What it was before.
        former: CopyState,
    },
    /// It is no longer listed: entered by mistake, sold, given away. Its barcode is free.
    CopyRemoved {
        /// Whose it was.
        library_id: LibraryId,
        /// What it is a copy of.
        title_id: TitleId,
        /// Where it stood.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        stood: Option<Standing>,
        /// What it was then.
        #[serde(default, skip_serializing_if = "is_present")]
        state: CopyState,
        /// The barcode that is free now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        barcode: Option<Barcode>,
        /// Why, in the library's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<ShortText>,
    },
    /// Its removal was undone.
    CopyRestored {
        /// Whose it is.
        library_id: LibraryId,
        /// What it is a copy of.
        title_id: TitleId,
        /// What it was then, and is again.
        #[serde(default, skip_serializing_if = "is_present")]
        state: CopyState,
        /// The barcode that is its own again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        barcode: Option<Barcode>,
    },
}

impl CopyEvent {
    /// Whose copy it is.
    #[must_use]
    pub const fn library_id(&self) -> LibraryId {
        self.of().0
    }

    /// What it is a copy of.
    #[must_use]
    pub const fn title_id(&self) -> TitleId {
        self.of().1
    }

    const fn of(&self) -> (LibraryId, TitleId) {
        match self {
            Self::CopyAdded {
                library_id,
                title_id,
                ..
            }
            | Self::CopyDetailsChanged {
                library_id,
                title_id,
                ..
            }
            | Self::CopyMoved {
                library_id,
                title_id,
                ..
            }
            | Self::CopyLentOut {
                library_id,
                title_id,
                ..
            }
            | Self::CopyCameBack {
                library_id,
                title_id,
                ..
            }
            | Self::CopyLost {
                library_id,
                title_id,
                ..
            }
            | Self::CopyDamaged {
                library_id,
                title_id,
                ..
            }
            | Self::CopyWithdrawn {
                library_id,
                title_id,
                ..
            }
            | Self::CopyFound {
                library_id,
                title_id,
                ..
            }
            | Self::CopyRemoved {
                library_id,
                title_id,
                ..
            }
            | Self::CopyRestored {
                library_id,
                title_id,
                ..
            } => (*library_id, *title_id),
        }
    }
}

impl LoggedEvent for CopyEvent {
    const AGGREGATE: &'static str = "holdings.copy";

    fn name(&self) -> &'static str {
        match self {
            Self::CopyAdded { .. } => "CopyAdded",
            Self::CopyDetailsChanged { .. } => "CopyDetailsChanged",
            Self::CopyMoved { .. } => "CopyMoved",
            Self::CopyLentOut { .. } => "CopyLentOut",
            Self::CopyCameBack { .. } => "CopyCameBack",
            Self::CopyLost { .. } => "CopyLost",
            Self::CopyDamaged { .. } => "CopyDamaged",
            Self::CopyWithdrawn { .. } => "CopyWithdrawn",
            Self::CopyFound { .. } => "CopyFound",
            Self::CopyRemoved { .. } => "CopyRemoved",
            Self::CopyRestored { .. } => "CopyRestored",
        }
    }

    fn claims(&self) -> Vec<ClaimChange> {
        let library = self.library_id();
        match self {
            Self::CopyAdded { details, .. } => {
                let taken = barcodes(details);
                taken
                    .map(|barcode| ClaimChange::Make(ClaimKey::barcode(library, barcode)))
                    .collect()
            }
            Self::CopyDetailsChanged {
                details, former, ..
            } => {
                let (freed, taken) = (barcodes(former), barcodes(details));
                freed
                    .map(|barcode| ClaimChange::Release(ClaimKey::barcode(library, barcode)))
                    .chain(
                        taken.map(|barcode| ClaimChange::Make(ClaimKey::barcode(library, barcode))),
                    )
                    .collect()
            }
            Self::CopyRemoved {
                barcode: Some(barcode),
                ..
            } => vec![ClaimChange::Release(ClaimKey::barcode(library, barcode))],
            Self::CopyRestored {
                barcode: Some(barcode),
                ..
            } => vec![ClaimChange::Make(ClaimKey::barcode(library, barcode))],
            _ => Vec::new(),
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands fields over by reference"
)]
fn is_present(state: &CopyState) -> bool {
    *state == CopyState::Present
}

fn barcodes(details: &[CopyDetail]) -> impl Iterator<Item = &Barcode> {
    details.iter().filter_map(|detail| match detail {
        CopyDetail::Barcode(barcode) => barcode.as_ref(),
        _ => None,
    })
}
