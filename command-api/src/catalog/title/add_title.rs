//! Enter a title into the catalog.
//!
//! Whether its slug is free is not decided here: the log's claims know.

use accession_events::catalog::{TitleEvent, TitleFact, TitleKind};
use accession_events::values::{Provenance, Slug};

use super::{Title, TitleError};

/// A new title, as a person enters it.
#[derive(Debug, Clone, PartialEq)]
pub struct AddTitle {
    /// Book, series or film.
    pub kind: TitleKind,
    /// Its readable address.
    pub slug: Slug,
    /// Who says so.
    pub by: Provenance,
    /// What they say; among it a name.
    pub facts: Vec<TitleFact>,
}

impl AddTitle {
    pub(super) fn decide(&self, title: &Title) -> Result<Vec<TitleEvent>, TitleError> {
        if matches!(title, Title::Known(_)) {
            return Err(TitleError::AlreadyAdded);
        }
        if !self
            .facts
            .iter()
            .any(|fact| matches!(fact, TitleFact::Name(_)))
        {
            return Err(TitleError::NameNeeded);
        }
        Ok(vec![TitleEvent::TitleAdded {
            kind: self.kind,
            slug: self.slug.clone(),
            provenance: self.by.clone(),
            facts: self.facts.clone(),
        }])
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{added, curator, emma, name, slug, title, year};
    use super::super::{TitleCommand, TitleError};
    use super::*;

    fn add(facts: Vec<TitleFact>) -> TitleCommand {
        TitleCommand::Add(AddTitle {
            kind: TitleKind::Book,
            slug: slug("emma"),
            by: curator("ann"),
            facts,
        })
    }

    #[test]
    fn a_title_is_added_with_what_is_said_about_it() {
        title()
            .given_no_previous_events()
            .when(add(vec![name("Emma"), year(1815)]))
            .then_expect_events(vec![added(curator("ann"), vec![name("Emma"), year(1815)])]);
    }

    #[test]
    fn a_title_without_a_name_is_refused() {
        title()
            .given_no_previous_events()
            .when(add(vec![year(1815)]))
            .then_expect_error(TitleError::NameNeeded);
    }

    #[test]
    fn a_title_is_added_only_once() {
        title()
            .given(vec![emma()])
            .when(add(vec![name("Emma")]))
            .then_expect_error(TitleError::AlreadyAdded);
    }
}
