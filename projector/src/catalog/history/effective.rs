//! What counts of a thing at one moment, field by field, and what differs between two moments.
//!
//! Never knows why a value counts: the ledgers do.

use std::collections::{BTreeMap, BTreeSet};

use accession_events::values::{AuthorityOrder, Fact, Ledger};
use serde::Serialize;

use super::FieldChange;
use crate::catalog::known_edition::KnownEdition;
use crate::catalog::known_episode::KnownEpisode;
use crate::catalog::known_source::KnownSource;
use crate::catalog::known_title::KnownTitle;
use crate::catalog::trail_entry::{TrailFact, fact_of};
use crate::catalog::written::Written;
use crate::catalog::{effective_facts, locked_fields};

/// The values that count, by field.
#[derive(Debug, Default)]
pub(super) struct Effective(BTreeMap<String, Written>);

impl Effective {
    pub(super) fn of_title(title: &KnownTitle, order: AuthorityOrder) -> Self {
        Self::of(&title.ledger, order)
            .with("active", title.active)
            .with("kind", title.kind)
            .with("slug", title.slug())
            .with_some("merged_into", title.merged_into)
            .with_some(
                "stands_for",
                Some(&title.stands_for).filter(|titles| !titles.is_empty()),
            )
    }

    pub(super) fn of_edition(edition: &KnownEdition, order: AuthorityOrder) -> Self {
        Self::of(&edition.ledger, order)
            .with("title_id", edition.title_id)
            .with("withdrawn", edition.withdrawn)
    }

    pub(super) fn of_episode(episode: &KnownEpisode, order: AuthorityOrder) -> Self {
        Self::of(&episode.ledger, order)
            .with("number", episode.number)
            .with("title_id", episode.title_id)
    }

    pub(super) fn of_source(source: &KnownSource, order: AuthorityOrder) -> Self {
        // The source's own name, not a field of its ledger.
        Self::of(&source.ledger, order)
            .with("name", &source.name)
            .with("url", &source.url)
    }

    fn of<F: Fact + Serialize>(ledger: &Ledger<F>, order: AuthorityOrder) -> Self {
        let mut values: BTreeMap<String, Written> = effective_facts(ledger, order)
            .map(fact_of)
            .map(|fact| (fact.field, fact.value))
            .collect();
        let locked = locked_fields(ledger);
        if !locked.is_empty() {
            values.insert("locked".to_owned(), Written::of(&locked));
        }
        Self(values)
    }

    fn with(mut self, field: &str, value: impl Serialize) -> Self {
        self.0.insert(field.to_owned(), Written::of(&value));
        self
    }

    fn with_some(self, field: &str, value: Option<impl Serialize>) -> Self {
        match value {
            Some(value) => self.with(field, value),
            None => self,
        }
    }

    fn value(&self, field: &str) -> Written {
        self.0.get(field).cloned().unwrap_or_default()
    }

    /// The fields that were spoken about, and those that differ afterwards.
    pub(super) fn compared(&self, after: &Self, said: &[TrailFact]) -> Vec<FieldChange> {
        let differs = |field: &&String| self.0.get(*field) != after.0.get(*field);
        let mut fields: BTreeSet<&str> = self
            .0
            .keys()
            .chain(after.0.keys())
            .filter(differs)
            .map(String::as_str)
            .collect();
        fields.extend(said.iter().map(|fact| fact.field.as_str()));
        fields
            .into_iter()
            .map(|field| FieldChange {
                field: field.to_owned(),
                before: self.value(field),
                after: after.value(field),
                said: said
                    .iter()
                    .rev()
                    .find(|fact| fact.field == field)
                    .map(|fact| fact.value.clone())
                    .unwrap_or_default(),
            })
            .collect()
    }
}
