//! What a new copy is a copy of: an edition, an ISBN, a title by its id, or a title and its authors by name.
//!
//! A title or an edition that the catalogue does not know is entered there first, with the library as the one who says so:
//! a step of its own, which a repeat of the request finds done.

// tidy: allow wall because an unknown title is entered by the catalogue's own use case

mod entering;

use accession_event_log::Repository;
use accession_events::catalog::{TitleFact, TitleField, TitleKind};
use accession_events::ids::{EditionId, LibraryId, TitleId};
use accession_events::values::{AuthorityOrder, Isbn, PersonName, Said, Slug, TitleName};
use accession_events::{ClaimKey, ClaimKind};
use accession_service::problem::Problem;

use super::refusals::at;
use crate::catalog::edition::Edition;
use crate::catalog::merging::root_of;
use crate::catalog::slugs;
use crate::catalog::title::Title;
use crate::http::call::Call;
use crate::http::failure::{from_log, from_repository};

/// What was sent to say what it is a copy of.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) edition: Option<EditionId>,
    pub(super) isbn: Option<Isbn>,
    pub(super) title: Option<TitleId>,
    pub(super) name: Option<TitleName>,
    pub(super) authors: Vec<PersonName>,
}

/// What it is a copy of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Work {
    pub(super) title: TitleId,
    /// The titles for which it stands: copies of them were entered before they were merged.
    pub(super) stands_for: Vec<TitleId>,
    pub(super) edition: Option<EditionId>,
}

impl Work {
    const fn of(title: TitleId, edition: Option<EditionId>) -> Self {
        Self {
            title,
            stands_for: Vec::new(),
            edition,
        }
    }

    /// The title, and all for which it stands.
    pub(super) fn titles(&self) -> impl Iterator<Item = TitleId> {
        std::iter::once(self.title).chain(self.stands_for.iter().copied())
    }
}

/// Where titles and editions are looked up and entered.
pub(super) struct Catalogue<'a> {
    pub(super) titles: &'a Repository<Title>,
    pub(super) editions: &'a Repository<Edition>,
    pub(super) call: &'a Call,
    pub(super) library: LibraryId,
}

impl Catalogue<'_> {
    /// Finds it; none when the catalogue does not have the title, which can then be entered. Of a title that was merged it is the
    /// one that stands for it.
    pub(super) async fn find(&self, wanted: &mut Wanted) -> Result<Option<Work>, Problem> {
        if let Some(title) = wanted.title {
            wanted.title = Some(self.root(title).await?);
        }
        match self.found(wanted).await? {
            Some(work) => self.standing_for(work).await.map(Some),
            None => Ok(None),
        }
    }

    /// What was found, with the edition that was asked for; what was not found is entered.
    pub(super) async fn enter(
        &self,
        found: Option<Work>,
        wanted: &Wanted,
    ) -> Result<Work, Problem> {
        let mut work = match (found, &wanted.name) {
            (Some(found), _) => found,
            (None, Some(name)) => {
                let title = self.enter_named(name, &wanted.authors).await?;
                self.standing_for(Work::of(title, None)).await?
            }
            (None, None) => return Err(unknown(wanted)),
        };
        if let (None, Some(isbn)) = (work.edition, &wanted.isbn) {
            work.edition = Some(self.enter_edition(work.title, isbn).await?);
        }
        Ok(work)
    }

    /// The same of the title that stands for the one that was found, with all for which it stands.
    async fn standing_for(&self, mut work: Work) -> Result<Work, Problem> {
        work.title = self.root(work.title).await?;
        let loaded = self.titles.load(&work.title.to_string()).await;
        let loaded = loaded.map_err(|error| from_repository(&error))?;
        if let Ok(known) = loaded.state.known() {
            work.stands_for = known.stands_for().collect();
        }
        Ok(work)
    }

    /// The title that stands for a title; itself when it is not known.
    pub(super) async fn root(&self, title: TitleId) -> Result<TitleId, Problem> {
        let root = root_of(self.titles, title).await;
        Ok(root
            .map_err(|error| from_repository(&error))?
            .unwrap_or(title))
    }

    async fn found(&self, wanted: &Wanted) -> Result<Option<Work>, Problem> {
        if let Some(edition) = wanted.edition {
            return self.of_edition(edition, wanted.title).await.map(Some);
        }
        if let Some(isbn) = &wanted.isbn
            && let Some(edition) = self.edition_with(isbn).await?
        {
            return self.of_edition(edition, wanted.title).await.map(Some);
        }
        let title = match (wanted.title, &wanted.name) {
            (Some(title), _) => Some(self.known(title).await?),
            (None, Some(name)) => self.named(name, &wanted.authors).await?,
            (None, None) => return Err(unknown(wanted)),
        };
        Ok(title.map(|title| Work::of(title, None)))
    }

    /// What the catalogue calls a title, and who wrote it.
    pub(super) async fn called(&self, title: TitleId) -> Result<(String, Vec<String>), Problem> {
        let loaded = self.titles.load(&title.to_string()).await;
        let loaded = loaded.map_err(|error| from_repository(&error))?;
        let Ok(known) = loaded.state.known() else {
            return Ok((String::new(), Vec::new()));
        };
        let order = AuthorityOrder::default();
        let said = |field| known.ledger.effective(field, &order).map(Said::fact);
        let name = match said(TitleField::Name) {
            Some(TitleFact::Name(name)) => name.to_string(),
            _ => String::new(),
        };
        let authors = match said(TitleField::Authors) {
            Some(TitleFact::Authors(authors)) => authors.iter().map(ToString::to_string).collect(),
            _ => Vec::new(),
        };
        Ok((name, authors))
    }

    async fn of_edition(&self, id: EditionId, of: Option<TitleId>) -> Result<Work, Problem> {
        let loaded = self.editions.load(&id.to_string()).await;
        let loaded = loaded.map_err(|error| from_repository(&error))?;
        let title = loaded.state.known().map(|edition| edition.title_id);
        match title {
            Ok(title) if of.is_none_or(|of| of == title) => Ok(Work::of(title, Some(id))),
            Ok(title) => Err(at(
                "title_id",
                "other_title",
                format!("the edition {id} is one of the title {title}: leave `title_id` out"),
            )),
            Err(_) => Err(at(
                "edition_id",
                "unknown_edition",
                format!("there is no edition {id} in the catalogue"),
            )),
        }
    }

    async fn edition_with(&self, isbn: &Isbn) -> Result<Option<EditionId>, Problem> {
        let owner = self.owner(ClaimKey::new(ClaimKind::Isbn, isbn.to_string()));
        Ok(owner.await?.and_then(|owner| owner.parse().ok()))
    }

    async fn owner(&self, key: ClaimKey) -> Result<Option<String>, Problem> {
        let owners = self.titles.log().store().claim_owners(&[key]).await;
        let owners = owners.map_err(|error| from_log(&error))?;
        Ok(owners.into_iter().next().flatten())
    }

    async fn known(&self, title: TitleId) -> Result<TitleId, Problem> {
        let loaded = self.titles.load(&title.to_string()).await;
        let loaded = loaded.map_err(|error| from_repository(&error))?;
        match loaded.state.known() {
            Ok(_) => Ok(title),
            Err(_) => Err(at(
                "title_id",
                "unknown_title",
                format!("there is no title {title} in the catalogue"),
            )),
        }
    }

    /// The title with this name by these authors: the one that the catalogue has under the name's own slug.
    async fn named(
        &self,
        name: &TitleName,
        authors: &[PersonName],
    ) -> Result<Option<TitleId>, Problem> {
        let slug = Slug::from_title(name.as_str());
        let taken = self.owner(slugs::claim(&slug)).await?;
        if let Some(title) = taken.and_then(|owner| owner.parse().ok())
            && self.is_by(title, name, authors).await?
        {
            return Ok(Some(title));
        }
        Ok(None)
    }

    async fn is_by(
        &self,
        title: TitleId,
        name: &TitleName,
        authors: &[PersonName],
    ) -> Result<bool, Problem> {
        let loaded = self.titles.load(&title.to_string()).await;
        let loaded = loaded.map_err(|error| from_repository(&error))?;
        let is_book = loaded
            .state
            .known()
            .is_ok_and(|known| known.kind == TitleKind::Book);
        let (known, by) = self.called(title).await?;
        let wrote = |author: &PersonName| by.iter().any(|by| folded(by) == folded(author.as_str()));
        let same = folded(&known) == folded(name.as_str()) && authors.iter().all(wrote);
        Ok(is_book && same)
    }
}

fn folded(text: &str) -> String {
    let letters = text.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

fn unknown(wanted: &Wanted) -> Problem {
    match &wanted.isbn {
        Some(isbn) => at(
            "isbn",
            "unknown_isbn",
            format!(
                "the catalogue knows no edition with the ISBN {isbn}: send `title` and `authors`, too, and it is entered"
            ),
        ),
        None => at(
            "title",
            "missing",
            "say what it is a copy of: `edition_id`, `isbn`, `title_id`, or `title` with `authors`"
                .to_owned(),
        ),
    }
}
