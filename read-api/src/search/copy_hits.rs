//! Copies that are found, each with its title, where it stands and whether it can be had.
//!
//! Never a copy of another library than the one that the index was asked about, whatever the index says.

// tidy: allow wall because copies are shown as the library's own lists show them

use std::collections::HashMap;
use std::sync::Arc;

use accession_projector::circulation::AvailabilityDocument;
use accession_projector::holdings::CopyDocument;
use accession_search::{Hit, Question};
use accession_service::problem::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use super::copy_entries::availability;
use super::hits::{keys_of, parts};
use crate::asking::Asked;
use crate::cache::Standing;
use crate::holdings::{CopyView, Sources};
use crate::models::Model;
use crate::reads::Reads;
use crate::visiting::Visit;

/// A copy that was found.
#[derive(Serialize, ToSchema)]
pub(super) struct FoundCopy {
    /// The copy, with its title and where it stands.
    copy: CopyView,
    /// `available`, `lent`, `held` for somebody who waits, `lost`, `damaged` or `withdrawn`.
    availability: &'static str,
    /// The parts of its title's name and of the authors' names that fit what was typed.
    highlights: CopyHighlights,
}

/// Parts of texts, as pairs of begin and end in characters.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct CopyHighlights {
    /// In the name of its title.
    title: Vec<[usize; 2]>,
    /// In each author's name, in their order.
    authors: Vec<Vec<[usize; 2]>>,
}

/// Where the models stand that found copies are shown from.
pub(super) struct CopySources {
    shown: Sources,
    lending: Arc<Standing>,
}

impl CopySources {
    pub(super) async fn of(reads: &Reads, asked: &Asked) -> Result<Self, Problem> {
        Ok(Self {
            shown: Sources::of(reads, asked).await?,
            lending: reads.standing(Model::Availability, asked).await?,
        })
    }

    /// All of them, for the position of an answer.
    pub(super) fn all(&self) -> Vec<Arc<Standing>> {
        let shown = self.shown.all();
        shown
            .into_iter()
            .chain([Arc::clone(&self.lending)])
            .collect()
    }
}

impl Reads {
    /// The copies of hits, in their order, as this visitor may see them.
    pub(super) async fn copies(
        &self,
        visit: &Visit,
        from: &CopySources,
        hits: &[Hit],
        question: &Question,
    ) -> Result<Vec<FoundCopy>, Problem> {
        let keys = keys_of(hits);
        let mut copies: Vec<CopyDocument> = self.all(&from.shown.copies, &keys).await?;
        copies.retain(|copy| copy.library_id == visit.library);
        let lent: Vec<AvailabilityDocument> = self.all(&from.lending, &keys).await?;
        let lent: HashMap<_, _> = lent.iter().map(|lent| (lent.copy_id, lent)).collect();
        let ways: Vec<&'static str> = copies
            .iter()
            .map(|copy| availability(copy, lent.get(&copy.id).copied()))
            .collect();
        let tree = from.shown.tree(self, visit).await?;
        let views = from.shown.shown(self, visit, tree.as_ref(), copies).await?;
        let found = views
            .into_iter()
            .zip(ways)
            .map(|(copy, availability)| FoundCopy {
                highlights: highlights(&copy, question),
                copy,
                availability,
            });
        Ok(found.collect())
    }
}

fn highlights(copy: &CopyView, question: &Question) -> CopyHighlights {
    let Some(title) = &copy.title else {
        return CopyHighlights::default();
    };
    let authors = title.authors.iter();
    CopyHighlights {
        title: parts(&title.name, question),
        authors: authors
            .map(|author| parts(author.as_str(), question))
            .collect(),
    }
}
