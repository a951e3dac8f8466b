//! What the catalogue does not know is entered there: a title by its name, an edition by its ISBN.
//!
//! Never twice by a repeat of the same request: its ids are drawn from its key.

// tidy: allow wall because an unknown title is entered by the catalogue's own use case

use accession_event_log::{ExecuteError, Given};
use accession_events::catalog::{EditionFact, TitleFact, TitleKind};
use accession_events::ids::{EditionId, TitleId};
use accession_events::values::{
    Authority, Isbn, PersonName, Provenance, Slug, SourceName, TitleName,
};
use accession_service::problem::Problem;

use super::Catalogue;
use crate::catalog::edition::EditionCommand;
use crate::catalog::edition::add_edition::AddEdition;
use crate::catalog::slugs;
use crate::catalog::title::add_title::AddTitle;
use crate::catalog::title::{TitleCommand, TitleError};
use crate::http::failure::problem_of;

impl Catalogue<'_> {
    pub(super) async fn enter_named(
        &self,
        name: &TitleName,
        authors: &[PersonName],
    ) -> Result<TitleId, Problem> {
        let slug = Slug::from_title(name.as_str());
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

    pub(super) async fn enter_edition(
        &self,
        title_id: TitleId,
        isbn: &Isbn,
    ) -> Result<EditionId, Problem> {
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
