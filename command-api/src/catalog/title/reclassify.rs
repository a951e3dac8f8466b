//! Say that a title is of another kind: a film, not a series.
//!
//! Only a person does: the kind that an import names counts when the title is new, and never after.

use accession_events::catalog::{TitleEvent, TitleKind};

use super::KnownTitle;

/// The kind from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reclassify {
    /// The kind.
    pub kind: TitleKind,
}

impl Reclassify {
    pub(super) fn decide(self, title: &KnownTitle) -> Vec<TitleEvent> {
        if title.kind == self.kind {
            return Vec::new();
        }
        vec![TitleEvent::TitleReclassified {
            from: title.kind,
            to: self.kind,
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::super::TitleCommand;
    use super::super::examples::{emma, title};
    use super::*;

    #[test]
    fn a_book_turns_out_to_be_a_film() {
        title()
            .given(vec![emma()])
            .when(TitleCommand::Reclassify(Reclassify {
                kind: TitleKind::Film,
            }))
            .then_expect_events(vec![TitleEvent::TitleReclassified {
                from: TitleKind::Book,
                to: TitleKind::Film,
            }]);
    }

    #[test]
    fn a_book_that_is_a_book_stays_one() {
        title()
            .given(vec![emma()])
            .when(TitleCommand::Reclassify(Reclassify {
                kind: TitleKind::Book,
            }))
            .then_expect_events(vec![]);
    }
}
