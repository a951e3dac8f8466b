//! What counts now, as a list from which a trail takes away what it finds, from its latest entry back.
//!
//! Each value that counts is found at most once: the latest statement of it is the one that holds.

use accession_events::values::{AuthorityOrder, Fact, Ledger, SourceName, SourceRecordId};
use serde::Serialize;

use super::known_edition::KnownEdition;
use super::known_episode::KnownEpisode;
use super::known_title::KnownTitle;
use super::trail_entry::{StatementKind, TrailEntry, fact_of, field_name};
use super::written::Written;

/// Everything that counts and has not been found in the trail yet.
#[derive(Debug, Default)]
pub(crate) struct Standing {
    values: Vec<StandingValue>,
    /// Of what, and which field.
    locks: Vec<(String, String)>,
}

#[derive(Debug)]
struct StandingValue {
    about: String,
    field: String,
    value: Written,
    /// None for what needs no authority: a slug, a number, a kind.
    by: Option<(SourceName, Option<SourceRecordId>)>,
}

impl Standing {
    /// What counts of a title.
    pub(crate) fn title(&mut self, id: &str, title: &KnownTitle, order: AuthorityOrder) {
        self.ledger(id, &title.ledger, order);
        self.plain(id, "kind", title.kind);
        self.plain(id, "slug", title.slug());
        if let Some(into) = title.merged_into {
            self.plain(id, "merged_into", into);
        }
    }

    /// What counts of an edition.
    pub(crate) fn edition(&mut self, id: &str, edition: &KnownEdition, order: AuthorityOrder) {
        self.ledger(id, &edition.ledger, order);
        self.plain(id, "title_id", edition.title_id);
    }

    /// What counts of an episode and its sources.
    pub(crate) fn episode(&mut self, id: &str, episode: &KnownEpisode, order: AuthorityOrder) {
        self.ledger(id, &episode.ledger, order);
        if let Some(title_id) = episode.title_id {
            self.plain(id, "title_id", title_id);
            self.plain(id, "number", episode.number);
        }
        for (source_id, source) in &episode.sources {
            let source_id = source_id.to_string();
            self.ledger(&source_id, &source.ledger, order);
            self.plain(&source_id, "url", &source.url);
            self.plain(&source_id, "name", &source.name);
        }
    }

    fn ledger<F: Fact + Serialize>(
        &mut self,
        about: &str,
        ledger: &Ledger<F>,
        order: AuthorityOrder,
    ) {
        for said in ledger
            .fields()
            .into_iter()
            .filter_map(|field| ledger.effective(field, &order))
        {
            let fact = fact_of(said.fact());
            let by = Some((said.by().source.clone(), said.by().record.clone()));
            self.values.push(StandingValue {
                about: about.to_owned(),
                field: fact.field,
                value: fact.value,
                by,
            });
        }
        self.locks.extend(
            ledger
                .locked_fields()
                .map(|field| (about.to_owned(), field_name(&field))),
        );
    }

    fn plain(&mut self, about: &str, field: &str, value: impl Serialize) {
        let value = Written::of(&value);
        self.values.push(StandingValue {
            about: about.to_owned(),
            field: field.to_owned(),
            value,
            by: None,
        });
    }

    /// Tells the entry's facts whether they hold, and takes those that do off the list.
    pub(crate) fn mark(&mut self, entry: &mut TrailEntry) {
        let (about, source, record) = (&entry.about.id, &entry.source, &entry.record);
        for fact in entry.facts.iter_mut().rev() {
            let found = if entry.statement == StatementKind::Locked {
                take_first(&mut self.locks, |(of, field)| {
                    **of == **about && *field == fact.field
                })
            } else {
                take_first(&mut self.values, |standing| {
                    let speaker = || {
                        standing
                            .by
                            .as_ref()
                            .is_none_or(|by| Some(&by.0) == source.as_ref() && by.1 == *record)
                    };
                    *standing.about == **about
                        && standing.field == fact.field
                        && standing.value == fact.value
                        && speaker()
                })
            };
            fact.effective = found;
        }
    }
}

/// Removes the first that fits; whether there was one.
fn take_first<T>(list: &mut Vec<T>, fits: impl FnMut(&T) -> bool) -> bool {
    let found = list.iter().position(fits);
    if let Some(place) = found {
        list.swap_remove(place);
    }
    found.is_some()
}
