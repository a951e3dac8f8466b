//! What the copies of a backup are copies of: enough to find it in another catalogue, and to enter it into an empty one.
//!
//! Never who said what: in another catalogue it counts as the word of the library that is restored.

use std::collections::{BTreeSet, HashMap};

use accession_backup::{EditionLine, Line, TitleLine};
use accession_events::ids::{EditionId, TitleId};
use accession_events::values::{Slug, TitleName};
use accession_projector::catalog::{EditionDocument, TitlePageDocument};
use accession_projector::holdings::CopyDocument;

use super::Backup;
use crate::streaming::BrokenOff;

impl Backup {
    /// The titles of these copies, as far as they were not told before.
    pub(super) async fn titles_of(&mut self, copies: &[CopyDocument]) -> Result<(), BrokenOff> {
        let wanted = in_order(copies.iter().map(|copy| copy.title_id));
        let wanted: Vec<TitleId> = wanted
            .into_iter()
            .filter(|title| !self.told.titles.contains_key(title))
            .collect();
        let keys: Vec<String> = wanted.iter().map(ToString::to_string).collect();
        let found: Vec<TitlePageDocument> = self.reads.all(&self.sources.titles, &keys).await?;
        let mut found: HashMap<TitleId, TitlePageDocument> =
            found.into_iter().map(|page| (page.id, page)).collect();
        for title in wanted {
            let page = found.remove(&title).ok_or_else(|| missing(title))?;
            let page = self.standing_for(page).await?;
            self.told.titles.insert(title, page.id);
            if self.told.works.insert(page.id) {
                let line = Line::Title(title_line(page)?);
                self.line(&line).await?;
            }
        }
        Ok(())
    }

    /// The title that stands for this one, when it was merged into another.
    async fn standing_for(
        &self,
        mut page: TitlePageDocument,
    ) -> Result<TitlePageDocument, BrokenOff> {
        let mut seen = BTreeSet::new();
        while let Some(into) = page.merged_into.filter(|into| seen.insert(*into)) {
            let next = self
                .reads
                .one(&self.sources.titles, &into.to_string())
                .await?;
            page = next.ok_or_else(|| missing(into))?;
        }
        Ok(page)
    }

    /// The editions of these copies, as far as they were not told before.
    pub(super) async fn editions_of(&mut self, copies: &[CopyDocument]) -> Result<(), BrokenOff> {
        let wanted = in_order(copies.iter().filter_map(|copy| copy.edition_id));
        let wanted = wanted
            .into_iter()
            .filter(|edition| !self.told.editions.contains_key(edition));
        let keys: Vec<String> = wanted
            .map(|edition: EditionId| edition.to_string())
            .collect();
        let found: Vec<EditionDocument> = self.reads.all(&self.sources.editions, &keys).await?;
        for edition in found {
            let of = edition.title_id;
            let standing = self.told.titles.get(&of).copied();
            let standing = standing.or_else(|| self.told.works.get(&of).copied());
            // One that has become another title's is left out, and its copies name none.
            let Some(title) = standing else {
                continue;
            };
            self.told.editions.insert(edition.id, title);
            let line = Line::Edition(edition_line(edition, title));
            self.line(&line).await?;
        }
        Ok(())
    }
}

fn missing(title: TitleId) -> BrokenOff {
    BrokenOff::Missing(format!("the title {title}"))
}

/// Each once, in the order in which they come.
fn in_order<T: Copy + Ord>(ids: impl Iterator<Item = T>) -> Vec<T> {
    let mut seen = BTreeSet::new();
    ids.filter(|id| seen.insert(*id)).collect()
}

fn title_line(page: TitlePageDocument) -> Result<TitleLine, BrokenOff> {
    let unfit = |()| BrokenOff::Missing(format!("a name of the title {}", page.id));
    Ok(TitleLine {
        id: page.id,
        kind: page.kind,
        slug: Slug::parse(&page.slug).map_err(|_| unfit(()))?,
        name: TitleName::parse(&page.name).map_err(|_| unfit(()))?,
        original_name: page.original_name,
        alternative_names: page.alternative_names,
        authors: page.authors,
        genres: page.genres,
        description: page.description,
        year: page.year,
        status: page.status,
        language: page.language,
        poster: page.poster,
    })
}

fn edition_line(edition: EditionDocument, title: TitleId) -> EditionLine {
    EditionLine {
        id: edition.id,
        title,
        isbn: edition.isbn13,
        unverified_isbn: edition.unverified_isbn,
        name: edition.name,
        publisher: edition.publisher,
        published_year: edition.published_year,
        language: edition.language,
        page_count: edition.page_count,
        format: edition.format,
        cover: edition.cover,
    }
}
