//! Before a copy is taken in: does the library have something that looks the same?
//!
//! Never refuses what the library does not hold by the log; and where two take in the same at once under two spellings, both come in.

use accession_events::holdings::HeldEvent;
use accession_events::ids::{CopyId, TitleId};
use accession_service::problem::Problem;

use super::work::{Catalogue, Wanted, Work};
use crate::holdings::desk::entering::Resembles;
use crate::holdings::desk::{Holdings, HoldingsError};
use crate::holdings::lookalikes::{Lookalikes, POSSIBLE, SAME, alike, likeness};

/// How many that are alike are looked at.
const MOST: usize = 20;

/// Who compares.
pub(super) struct Comparing<'a> {
    pub(super) catalogue: &'a Catalogue<'a>,
    pub(super) holdings: &'a Holdings,
    pub(super) lookalikes: &'a dyn Lookalikes,
}

impl Comparing<'_> {
    /// What the library holds that may be the same; refused when it is as good as certain. A title that the library holds is
    /// left to the use case, which knows for certain.
    pub(super) async fn what_it_resembles(
        &self,
        wanted: &Wanted,
        found: Option<&Work>,
    ) -> Result<Vec<Resembles>, Problem> {
        let own = found.map(|work| work.title);
        for title in found.into_iter().flat_map(Work::titles) {
            if self.held(title).await?.is_some() {
                return Ok(Vec::new());
            }
        }
        let (name, authors) = match own {
            Some(title) => self.catalogue.called(title).await?,
            None => wanted.called(),
        };
        let near = self.lookalikes.near(self.catalogue.library, &name).await;
        let mut resembles = Vec::new();
        for like in alike(&name, &authors, near).into_iter().take(MOST) {
            let title = like.known.title;
            if own == Some(self.catalogue.root(title).await?) {
                continue;
            }
            let Some(copy) = self.held(title).await? else {
                continue;
            };
            // The documents only say where to look: what a title is called is the log's word, too.
            let (other, by) = self.catalogue.called(title).await?;
            let likeness = likeness((&name, &authors), (&other, &by));
            if likeness >= POSSIBLE {
                resembles.push(Resembles {
                    copy,
                    title,
                    name: other,
                    likeness,
                });
            }
        }
        resembles.sort_by(|one, other| other.likeness.total_cmp(&one.likeness));
        match resembles.first() {
            Some(likest) if likest.likeness >= SAME => {
                let mut drafts = self.holdings.drafts();
                let refused = drafts.lookalike(self.catalogue.library, likest).await;
                Err(refused.unwrap_or_else(|error| error).problem())
            }
            _ => Ok(resembles),
        }
    }

    /// The first copy of a title that the library lists.
    async fn held(&self, title: TitleId) -> Result<Option<CopyId>, Problem> {
        let mut drafts = self.holdings.drafts();
        let id = HeldEvent::stream_id(self.catalogue.library, title);
        let loaded = drafts.held.load([&id]).await;
        loaded.map_err(|error| HoldingsError::from(error).problem())?;
        Ok(drafts.held.of(&id).copies().first().copied())
    }
}

impl Wanted {
    /// What it was called by whoever sent it.
    fn called(&self) -> (String, Vec<String>) {
        let name = self.name.as_ref().map(ToString::to_string);
        let authors = self.authors.iter().map(ToString::to_string);
        (name.unwrap_or_default(), authors.collect())
    }
}
