//! Take a copy in.
//!
//! Never asks whether there is one like it: that is looked at before, and the answer comes with the command.

use accession_events::holdings::{CopyDetail, CopyEvent};
use accession_events::ids::{CopyId, LibraryId, TitleId};

use super::{Copy, CopyError};

/// Take it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddCopy {
    /// Whose it is.
    pub library_id: LibraryId,
    /// What it is a copy of.
    pub title_id: TitleId,
    /// What is said of it.
    pub details: Vec<CopyDetail>,
    /// The copy like it that the library knows of.
    pub besides: Option<CopyId>,
}

impl AddCopy {
    pub(super) fn decide(&self, copy: &Copy) -> Result<Vec<CopyEvent>, CopyError> {
        if matches!(copy, Copy::Known(_)) {
            return Err(CopyError::AlreadyAdded);
        }
        Ok(vec![CopyEvent::CopyAdded {
            library_id: self.library_id,
            title_id: self.title_id,
            details: self.details.clone(),
            besides: self.besides,
        }])
    }
}

#[cfg(test)]
mod tests {
    use super::super::CopyCommand;
    use super::super::examples::{added, barcode, copy, library_id, title_id};
    use super::*;

    fn add() -> CopyCommand {
        CopyCommand::Add(AddCopy {
            library_id: library_id(),
            title_id: title_id(),
            details: vec![barcode("1")],
            besides: None,
        })
    }

    #[test]
    fn a_copy_is_taken_in_once() {
        copy()
            .given_no_previous_events()
            .when(add())
            .then_expect_events(vec![added()]);
        copy()
            .given(vec![added()])
            .when(add())
            .then_expect_error(CopyError::AlreadyAdded);
    }
}
