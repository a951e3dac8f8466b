//! What the copies of a file are copies of: found in the catalogue by ISBN, or by name and authors, or entered there.
//!
//! Never another word for what the catalogue knows already; and what is entered counts as the word of a library, which every
//! curator and provider outweighs.

// tidy: allow wall because a library is kept as a whole: its places, its copies, what they are copies of, and who has them

use std::collections::HashMap;

use accession_backup::{EditionLine, TitleLine};
use accession_event_log::ExecuteError;
use accession_events::ids::{EditionId, TitleId};
use accession_events::values::{Authority, Isbn, Provenance, Slug, SourceName};
use accession_events::{ClaimKey, ClaimKind};
use accession_service::problem::Problem;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream};

use super::going::Going;
use super::known::{is_same, of_edition, of_title};
use super::opening::given;
use crate::catalog::edition::add_edition::AddEdition;
use crate::catalog::edition::{EditionCommand, EditionError};
use crate::catalog::slugs;
use crate::catalog::title::add_title::AddTitle;
use crate::catalog::title::{TitleCommand, TitleError};
use crate::http::failure::{from_log, from_repository, problem_of};

/// How many titles or editions are looked up and entered at a time.
const AT_ONCE: usize = 16;
/// How many claims are looked up at a time.
const CLAIMS: usize = 500;

/// Who has the ISBNs and slugs that a file names.
type Owners = HashMap<ClaimKey, String>;

/// Something of the file, and what it is here.
enum Matched<Id> {
    /// The catalogue's own.
    Found(Id),
    /// Entered because of the file, now or by a step before.
    Made(Id),
}

impl Going<'_> {
    /// Finds or enters the titles and editions that wait for it.
    pub(super) async fn enter_works(&mut self) -> Result<(), Problem> {
        let titles = std::mem::take(&mut self.titles);
        let editions = std::mem::take(&mut self.editions);
        if titles.is_empty() && editions.is_empty() {
            return Ok(());
        }
        let owners = self.owners(&titles, &editions).await?;
        let by = self.speaker()?;
        let this = &*self;
        let mut looked_up = Vec::with_capacity(titles.len());
        for title in &titles {
            looked_up.push(this.title(title, &editions, &owners, &by).boxed());
        }
        let matched = all(looked_up).await?;
        for (line, matched) in titles.iter().zip(matched) {
            let id = match matched {
                Matched::Found(id) => {
                    self.report.deduplicated.titles += 1;
                    id
                }
                Matched::Made(id) => {
                    self.report.restored.titles += 1;
                    id
                }
            };
            self.title_ids.insert(line.id, id);
        }
        let this = &*self;
        let mut looked_up = Vec::with_capacity(editions.len());
        for edition in &editions {
            looked_up.push(this.edition(edition, &owners, &by).boxed());
        }
        let matched = all(looked_up).await?;
        for (line, matched) in editions.iter().zip(matched) {
            let ids = match matched {
                Matched::Found(ids) => {
                    self.report.deduplicated.editions += 1;
                    ids
                }
                Matched::Made(ids) => {
                    self.report.restored.editions += 1;
                    ids
                }
            };
            self.edition_ids.insert(line.id, ids);
        }
        Ok(())
    }

    async fn owners(
        &self,
        titles: &[TitleLine],
        editions: &[EditionLine],
    ) -> Result<Owners, Problem> {
        let slugs = titles.iter().map(|title| slugs::claim(&title.slug));
        let isbns = editions.iter().filter_map(|edition| edition.isbn.as_ref());
        let keys: Vec<ClaimKey> = slugs.chain(isbns.map(claim)).collect();
        let mut owners = Owners::new();
        for keys in keys.chunks(CLAIMS) {
            let found = self.to.log().store().claim_owners(keys).await;
            let found = found.map_err(|error| from_log(&error))?;
            let found = keys.iter().zip(found);
            owners.extend(found.filter_map(|(key, owner)| Some((key.clone(), owner?))));
        }
        Ok(owners)
    }

    async fn title(
        &self,
        line: &TitleLine,
        editions: &[EditionLine],
        owners: &Owners,
        by: &Provenance,
    ) -> Result<Matched<TitleId>, Problem> {
        let own = self.ids.title(line.id);
        let its = editions.iter().filter(|edition| edition.title == line.id);
        for isbn in its.filter_map(|edition| edition.isbn.as_ref()) {
            if let Some(edition) = owner(owners, &claim(isbn))
                && let Some(title) = self.title_of(edition).await?
            {
                return Ok(matched(title, &own));
            }
        }
        let by_slug = owner::<TitleId>(owners, &slugs::claim(&line.slug));
        for candidate in [by_slug, Some(line.id)].into_iter().flatten() {
            if candidate == own || self.is_known_as(candidate, line).await? {
                return Ok(matched(candidate, &own));
            }
        }
        self.enter_title(own, line, by).await
    }

    async fn is_known_as(&self, title: TitleId, line: &TitleLine) -> Result<bool, Problem> {
        let loaded = self.to.titles.load(&title.to_string()).await;
        let loaded = loaded.map_err(|error| from_repository(&error))?;
        Ok(loaded.state.known().is_ok_and(|known| is_same(known, line)))
    }

    /// The title of an edition that the catalogue has.
    async fn title_of(&self, edition: EditionId) -> Result<Option<TitleId>, Problem> {
        let loaded = self.to.editions.load(&edition.to_string()).await;
        let loaded = loaded.map_err(|error| from_repository(&error))?;
        Ok(loaded.state.known().ok().map(|edition| edition.title_id))
    }

    async fn enter_title(
        &self,
        id: TitleId,
        line: &TitleLine,
        by: &Provenance,
    ) -> Result<Matched<TitleId>, Problem> {
        let slugs = [line.slug.clone(), slugs::own(&line.slug, id)];
        let mut taken = Err(Problem::internal());
        for slug in slugs {
            taken = match self.enter_under(id, line, by, slug).await {
                Ok(()) | Err(ExecuteError::Refused(TitleError::AlreadyAdded)) => {
                    return Ok(Matched::Made(id));
                }
                Err(error @ ExecuteError::Claimed { .. }) => Err(problem_of(error)),
                Err(error) => return Err(problem_of(error)),
            };
        }
        taken
    }

    async fn enter_under(
        &self,
        id: TitleId,
        line: &TitleLine,
        by: &Provenance,
        slug: Slug,
    ) -> Result<(), ExecuteError<TitleError>> {
        let command = TitleCommand::Add(AddTitle {
            kind: line.kind,
            slug,
            by: by.clone(),
            facts: of_title(line),
        });
        let (id, given) = (id.to_string(), given(self.asked));
        let entered = self.to.titles.execute(&id, &given, &command);
        entered.await.map(|_| ())
    }

    async fn edition(
        &self,
        line: &EditionLine,
        owners: &Owners,
        by: &Provenance,
    ) -> Result<Matched<(EditionId, TitleId)>, Problem> {
        let own = self.ids.edition(line.id);
        let title = self.title_ids.get(&line.title).copied();
        let title = title.ok_or_else(Problem::internal)?;
        let by_isbn = line.isbn.as_ref();
        let by_isbn = by_isbn.and_then(|isbn| owner::<EditionId>(owners, &claim(isbn)));
        if let Some(found) = by_isbn
            && let Some(of) = self.title_of(found).await?
        {
            return Ok(matched((found, of), &(own, of)));
        }
        // Without an ISBN only the very edition that the file was made of can be known for the same.
        if line.isbn.is_none() && self.title_of(line.id).await? == Some(title) {
            return Ok(Matched::Found((line.id, title)));
        }
        self.enter_edition(own, title, line, by).await
    }

    async fn enter_edition(
        &self,
        id: EditionId,
        title: TitleId,
        line: &EditionLine,
        by: &Provenance,
    ) -> Result<Matched<(EditionId, TitleId)>, Problem> {
        let command = EditionCommand::Add(AddEdition {
            title_id: title,
            by: by.clone(),
            facts: of_edition(line),
        });
        let given = given(self.asked);
        let editions = &self.to.editions;
        match editions.execute(&id.to_string(), &given, &command).await {
            Ok(_) | Err(ExecuteError::Refused(EditionError::AlreadyAdded)) => {
                Ok(Matched::Made((id, title)))
            }
            // Somebody entered it just now, or another line of the file.
            Err(ExecuteError::Claimed { owner, .. }) => {
                let found: EditionId = owner.parse().map_err(|_| Problem::internal())?;
                let of = self.title_of(found).await?;
                Ok(Matched::Found((found, of.unwrap_or(title))))
            }
            Err(error) => Err(problem_of(error)),
        }
    }

    /// The restored library speaks as a user of the catalogue.
    fn speaker(&self) -> Result<Provenance, Problem> {
        let source = SourceName::parse(&format!("library:{}", self.ids.library()));
        let source = source.map_err(|_| Problem::internal())?;
        Ok(Provenance::of(source, Authority::User))
    }
}

/// What comes of all of these, a few at a time, in their order.
async fn all<T>(looked_up: Vec<BoxFuture<'_, Result<T, Problem>>>) -> Result<Vec<T>, Problem> {
    stream::iter(looked_up)
        .buffered(AT_ONCE)
        .try_collect()
        .await
}

fn claim(isbn: &Isbn) -> ClaimKey {
    ClaimKey::new(ClaimKind::Isbn, isbn.to_string())
}

fn owner<Id: std::str::FromStr>(owners: &Owners, key: &ClaimKey) -> Option<Id> {
    owners.get(key)?.parse().ok()
}

fn matched<Id: PartialEq>(found: Id, own: &Id) -> Matched<Id> {
    if found == *own {
        Matched::Made(found)
    } else {
        Matched::Found(found)
    }
}
