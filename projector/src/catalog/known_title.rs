//! What is known of one title from its own stream: all statements, and the values that count.
//!
//! Never hears of editions and episodes; a page puts them beside it.

use accession_events::RecordedEvent;
use accession_events::catalog::{
    ReleaseStatus, TakenTitle, TitleEvent, TitleFact, TitleField, TitleKind,
};
use accession_events::ids::TitleId;
use accession_events::values::{
    AuthorityOrder, LanguageTag, Ledger, LongText, PersonName, Said, ShortText, Slug, TitleName,
    WebUrl, Year,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{asserter, effective_facts, restore};
use crate::model::FoldError;
use crate::moment::Moment;

/// A title as its stream tells it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct KnownTitle {
    pub(crate) kind: TitleKind,
    /// The present slug first, then the former ones, newest first.
    pub(crate) slugs: Vec<Slug>,
    pub(crate) active: bool,
    pub(crate) ledger: Ledger<TitleFact>,
    /// The last sequence of the title's stream.
    pub(crate) version: u64,
    pub(crate) added: Moment,
    /// The title that stands for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) merged_into: Option<TitleId>,
    /// The titles for which it stands, in the order in which they came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) stands_for: Vec<TitleId>,
}

/// An audience's rating.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Rating {
    /// Mean on a five-star scale, with two decimals.
    #[schema(example = 4.34)]
    pub average: f64,
    /// Number of votes.
    pub votes: u64,
}

/// The values that count.
#[derive(Debug, Default)]
pub(crate) struct TitleValues {
    pub(crate) alternative_names: Vec<TitleName>,
    pub(crate) rating: Option<Rating>,
    pub(crate) authors: Vec<PersonName>,
    pub(crate) description: Option<LongText>,
    pub(crate) episode_count: Option<u32>,
    pub(crate) genres: Vec<ShortText>,
    pub(crate) language: Option<LanguageTag>,
    pub(crate) name: Option<TitleName>,
    pub(crate) original_name: Option<TitleName>,
    pub(crate) poster: Option<WebUrl>,
    pub(crate) year: Option<Year>,
    pub(crate) status: Option<ReleaseStatus>,
}

impl KnownTitle {
    /// Takes an event of the title's stream in.
    pub(crate) fn take(
        known: &mut Option<Self>,
        event: &TitleEvent,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        if let TitleEvent::TitleAdded {
            kind,
            slug,
            provenance,
            facts,
        } = event
        {
            if known.is_some() {
                return Err(FoldError::new(format!(
                    "title {} was added twice",
                    recorded.stream.aggregate_id
                )));
            }
            let mut ledger = Ledger::default();
            ledger.assert(&asserter(provenance), facts);
            let (slugs, added) = (vec![slug.clone()], Moment::of(recorded));
            *known = Some(Self {
                kind: *kind,
                slugs,
                active: true,
                ledger,
                version: recorded.sequence,
                added,
                merged_into: None,
                stands_for: Vec::new(),
            });
            return Ok(());
        }
        let Some(title) = known else {
            return Err(FoldError::new(format!(
                "title {} was never added",
                recorded.stream.aggregate_id
            )));
        };
        title.change(event);
        title.version = title.version.max(recorded.sequence);
        Ok(())
    }

    fn change(&mut self, event: &TitleEvent) {
        match event {
            // `take` has dealt with it.
            TitleEvent::TitleAdded { .. } => {}
            TitleEvent::TitleFactsAsserted { provenance, facts } => {
                self.ledger.assert(&asserter(provenance), facts);
            }
            TitleEvent::TitleFactsWithdrawn { provenance, fields } => {
                self.ledger.withdraw(provenance, fields);
            }
            TitleEvent::TitleFieldLocked { field } => self.ledger.lock(*field),
            TitleEvent::TitleFieldUnlocked { field } => self.ledger.unlock(*field),
            TitleEvent::TitleFieldsRestored { fields } => restore(&mut self.ledger, fields),
            TitleEvent::TitleSlugChanged { slug, .. } => {
                self.slugs.retain(|known| known != slug);
                self.slugs.insert(0, slug.clone());
            }
            TitleEvent::TitleReclassified { to, .. } => self.kind = *to,
            TitleEvent::TitleMergedInto { title_id, .. } => self.merged_into = Some(*title_id),
            TitleEvent::TitleAbsorbed { taken } => {
                for taken in taken {
                    self.take_over(taken);
                }
            }
            TitleEvent::TitleRelinquished { titles, fields, .. } => {
                self.stands_for.retain(|other| !titles.contains(other));
                restore(&mut self.ledger, fields);
            }
            TitleEvent::TitleSeparated { fields, .. } => {
                self.merged_into = None;
                restore(&mut self.ledger, fields);
            }
            TitleEvent::TitleActivated {} => self.active = true,
            TitleEvent::TitleDeactivated { .. } => self.active = false,
        }
    }

    fn take_over(&mut self, taken: &TakenTitle) {
        let said = taken.said.iter();
        let said: Vec<_> = said
            .map(|(by, fact)| (asserter(by), fact.clone()))
            .collect();
        self.ledger.take_over(&said);
        if !self.stands_for.contains(&taken.title_id) {
            self.stands_for.push(taken.title_id);
        }
    }

    /// Whether readers see it: no curator hid it, and it stands for itself.
    pub(crate) const fn shown(&self) -> bool {
        self.active && self.merged_into.is_none()
    }

    /// The present slug.
    pub(crate) fn slug(&self) -> &str {
        self.slugs.first().map_or("", Slug::as_str)
    }

    /// The values that count.
    pub(crate) fn values(&self, order: AuthorityOrder) -> TitleValues {
        let mut values = TitleValues::default();
        for fact in effective_facts(&self.ledger, order) {
            values.set(fact);
        }
        values
    }

    /// The name that counts; the slug when nobody says a name any longer.
    pub(crate) fn name(&self, order: AuthorityOrder) -> String {
        match self
            .ledger
            .effective(TitleField::Name, &order)
            .map(Said::fact)
        {
            Some(TitleFact::Name(name)) => name.as_str().to_owned(),
            _ => self.slug().to_owned(),
        }
    }
}

impl TitleValues {
    fn set(&mut self, fact: &TitleFact) {
        match fact {
            TitleFact::AlternativeNames(names) => self.alternative_names.clone_from(names),
            TitleFact::AudienceRating { hundredths, votes } => {
                self.rating = Some(Rating {
                    average: f64::from(*hundredths) / 100.0,
                    votes: *votes,
                });
            }
            TitleFact::Authors(authors) => self.authors.clone_from(authors),
            TitleFact::Description(text) => self.description = Some(text.clone()),
            TitleFact::EpisodeCount(count) => self.episode_count = Some(*count),
            TitleFact::Genres(genres) => self.genres.clone_from(genres),
            TitleFact::Language(tag) => self.language = Some(*tag),
            TitleFact::Name(name) => self.name = Some(name.clone()),
            TitleFact::OriginalName(name) => self.original_name = Some(name.clone()),
            TitleFact::Poster(url) => self.poster = Some(url.clone()),
            TitleFact::ReleaseYear(year) => self.year = Some(*year),
            TitleFact::Status(status) => self.status = Some(*status),
        }
    }
}
