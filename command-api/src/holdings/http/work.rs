//! What a new copy is a copy of: an edition, an ISBN, a title by its id, or a title and its authors by name.
//!
//! A title or an edition that the catalogue does not know is entered there first, with the library as the one who says so:
//! a step of its own, which a repeat of the request finds done.

// tidy: allow wall because an unknown title is entered by the catalogue's own use case

use accession_event_log::{ExecuteError, Given, Repository};
use accession_events::catalog::{EditionFact, TitleFact, TitleField, TitleKind};
use accession_events::ids::{EditionId, LibraryId, TitleId};
use accession_events::values::{
    Authority, AuthorityOrder, Isbn, PersonName, Provenance, Said, Slug, SourceName, TitleName,
};
use accession_events::{ClaimKey, ClaimKind};
use accession_service::problem::Problem;

use super::refusals::at;
use crate::catalog::edition::add_edition::AddEdition;
use crate::catalog::edition::{Edition, EditionCommand};
use crate::catalog::merging::root_of;
use crate::catalog::slugs;
use crate::catalog::title::add_title::AddTitle;
use crate::catalog::title::{Title, TitleCommand, TitleError};
use crate::http::call::Call;
use crate::http::failure::{from_log, from_repository, problem_of};

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
}

/// Where titles and editions are looked up and entered.
pub(super) struct Catalogue<'a> {
    pub(super) titles: &'a Repository<Title>,
    pub(super) editions: &'a Repository<Edition>,
    pub(super) call: &'a Call,
    pub(super) library: LibraryId,
}

impl Catalogue<'_> {
    /// Finds it, or enters it. Of a title that was merged it is the one that stands for it.
    pub(super) async fn work(&self, mut wanted: Wanted) -> Result<Work, Problem> {
        if let Some(title) = wanted.title {
            wanted.title = Some(self.root(title).await?);
        }
        let mut work = self.found(&wanted).await?;
        work.title = self.root(work.title).await?;
        let loaded = self.titles.load(&work.title.to_string()).await;
        let loaded = loaded.map_err(|error| from_repository(&error))?;
        if let Ok(known) = loaded.state.known() {
            work.stands_for = known.stands_for().collect();
        }
        Ok(work)
    }

    /// The title that stands for a title; itself when it is not known.
    async fn root(&self, title: TitleId) -> Result<TitleId, Problem> {
        let root = root_of(self.titles, title).await;
        Ok(root
            .map_err(|error| from_repository(&error))?
            .unwrap_or(title))
    }

    async fn found(&self, wanted: &Wanted) -> Result<Work, Problem> {
        if let Some(edition) = wanted.edition {
            return self.of_edition(edition, wanted.title).await;
        }
        if let Some(isbn) = &wanted.isbn
            && let Some(edition) = self.edition_with(isbn).await?
        {
            return self.of_edition(edition, wanted.title).await;
        }
        let title = match (wanted.title, &wanted.name) {
            (Some(title), _) => self.known(title).await?,
            (None, Some(name)) => self.named(name, &wanted.authors).await?,
            (None, None) => return Err(unknown(wanted)),
        };
        let title = self.root(title).await?;
        let edition = match &wanted.isbn {
            Some(isbn) => Some(self.enter_edition(title, isbn).await?),
            None => None,
        };
        Ok(Work::of(title, edition))
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

    /// The title with this name by these authors: the one that the catalogue has under the name's own slug, or a new one.
    async fn named(&self, name: &TitleName, authors: &[PersonName]) -> Result<TitleId, Problem> {
        let slug = Slug::from_title(name.as_str());
        let taken = self.owner(slugs::claim(&slug)).await?;
        if let Some(title) = taken.and_then(|owner| owner.parse().ok())
            && self.is_by(title, name, authors).await?
        {
            return Ok(title);
        }
        let id = TitleId::new(self.call.repeatable_id("title"));
        let mut facts = vec![TitleFact::Name(name.clone())];
        if !authors.is_empty() {
            facts.push(TitleFact::Authors(authors.to_vec()));
        }
        let mut add = AddTitle {
            kind: TitleKind::Book,
            slug,
            by: self.speaker()?,
            facts,
        };
        match self.enter_title(id, &add).await {
            Err(ExecuteError::Claimed { .. }) => {
                add.slug = slugs::own(&add.slug, id);
                let entered = self.enter_title(id, &add).await;
                entered.map_err(problem_of)
            }
            entered => entered.map_err(problem_of),
        }
    }

    async fn is_by(
        &self,
        title: TitleId,
        name: &TitleName,
        authors: &[PersonName],
    ) -> Result<bool, Problem> {
        let loaded = self.titles.load(&title.to_string()).await;
        let loaded = loaded.map_err(|error| from_repository(&error))?;
        let Ok(known) = loaded.state.known() else {
            return Ok(false);
        };
        let said = |field| {
            known
                .ledger
                .effective(field, &AuthorityOrder::default())
                .map(Said::fact)
        };
        let same_name = matches!(said(TitleField::Name),
            Some(TitleFact::Name(known)) if folded(known.as_str()) == folded(name.as_str()));
        let same_authors = match said(TitleField::Authors) {
            Some(TitleFact::Authors(known)) => {
                authors.is_empty()
                    || authors.iter().all(|author| {
                        known
                            .iter()
                            .any(|known| folded(known.as_str()) == folded(author.as_str()))
                    })
            }
            _ => authors.is_empty(),
        };
        Ok(known.kind == TitleKind::Book && same_name && same_authors)
    }

    async fn enter_title(
        &self,
        id: TitleId,
        add: &AddTitle,
    ) -> Result<TitleId, ExecuteError<TitleError>> {
        let command = TitleCommand::Add(add.clone());
        let entered = self
            .titles
            .execute(&id.to_string(), &self.given(), &command)
            .await;
        match entered {
            // A repeat of this very request has entered it.
            Ok(_) | Err(ExecuteError::Refused(TitleError::AlreadyAdded)) => Ok(id),
            Err(error) => Err(error),
        }
    }

    async fn enter_edition(&self, title_id: TitleId, isbn: &Isbn) -> Result<EditionId, Problem> {
        let id = EditionId::new(self.call.repeatable_id("edition"));
        let command = EditionCommand::Add(AddEdition {
            title_id,
            by: self.speaker()?,
            facts: vec![EditionFact::Isbn(*isbn)],
        });
        let entered = self
            .editions
            .execute(&id.to_string(), &self.given(), &command)
            .await;
        match entered {
            Ok(_) => Ok(id),
            // Somebody entered it just now.
            Err(ExecuteError::Claimed { owner, .. }) => {
                owner.parse().map_err(|_| Problem::internal())
            }
            Err(error) => Err(problem_of(error)),
        }
    }

    /// The library speaks as a user of the catalogue: curators and providers count more.
    fn speaker(&self) -> Result<Provenance, Problem> {
        let source = SourceName::parse(&format!("library:{}", self.library));
        let source = source.map_err(|_| Problem::internal())?;
        Ok(Provenance::of(source, Authority::User))
    }

    fn given(&self) -> Given {
        Given {
            metadata: self.call.metadata(),
            ..Given::default()
        }
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
