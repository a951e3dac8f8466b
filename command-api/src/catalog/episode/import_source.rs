//! Say what a source's record says about a place to watch an episode; add the place when it is not there.
//!
//! An import never switches on what a curator switched off, and never brings back what was removed.

use accession_events::catalog::{EpisodeEvent, SourceFact};
use accession_events::ids::VideoSourceId;
use accession_events::values::{ShortText, WebUrl};

use super::KnownEpisode;
use crate::catalog::statement::Statement;

/// A source's record of a place to watch.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportSource {
    /// The id it gets when it is new, drawn by the caller.
    pub source_id: VideoSourceId,
    /// Its address.
    pub url: WebUrl,
    /// Its name.
    pub name: ShortText,
    /// What the record says. Facts that it leaves out stand: a place to watch has nothing to withdraw.
    pub statement: Statement<SourceFact>,
}

impl ImportSource {
    pub(super) fn decide(&self, episode: &KnownEpisode) -> Vec<EpisodeEvent> {
        let (title_id, provenance) = (episode.title_id, self.statement.by.clone());
        let Some(source) = episode.source_at(&self.url, &self.name) else {
            return if episode
                .removed
                .contains(&(self.url.clone(), self.name.clone()))
            {
                Vec::new()
            } else {
                vec![EpisodeEvent::VideoSourceAdded {
                    title_id,
                    source_id: self.source_id,
                    url: self.url.clone(),
                    name: self.name.clone(),
                    provenance,
                    facts: self.statement.facts.clone(),
                }]
            };
        };
        match self.statement.news(&source.ledger, &source.records) {
            Some(news) if !news.changed.is_empty() => {
                let (source_id, facts) = (source.id, news.changed);
                vec![EpisodeEvent::VideoSourceFactsAsserted {
                    title_id,
                    source_id,
                    provenance,
                    facts,
                }]
            }
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use accession_events::catalog::SourceField;
    use accession_events::values::AuthorityOrder;
    use cqrs_es::Aggregate;

    use super::super::examples::{
        added, curator, episode, mirror, record, source_added, source_facts, source_id,
        source_removed, source_said, url,
    };
    use super::super::{Episode, EpisodeCommand};
    use super::*;
    use crate::catalog::statement::Extent;

    fn says(content: &str, facts: Vec<SourceFact>) -> EpisodeCommand {
        EpisodeCommand::ImportSource(ImportSource {
            source_id: source_id(),
            url: url(),
            name: mirror(),
            statement: Statement {
                by: record("rpc", content),
                facts,
                extent: Extent::Partial,
            },
        })
    }

    #[test]
    fn a_place_that_nobody_knows_is_added() {
        episode()
            .given(vec![added()])
            .when(says("a", source_facts()))
            .then_expect_events(vec![source_added(record("rpc", "a"))]);
    }

    #[test]
    fn the_same_content_makes_no_event() {
        episode()
            .given(vec![added(), source_added(record("rpc", "a"))])
            .when(says("a", source_facts()))
            .then_expect_events(vec![]);
    }

    #[test]
    fn only_what_changed_is_asserted() {
        episode()
            .given(vec![added(), source_added(record("rpc", "a"))])
            .when(says(
                "b",
                vec![SourceFact::Priority(5), SourceFact::Active(true)],
            ))
            .then_expect_events(vec![source_said(
                record("rpc", "b"),
                vec![SourceFact::Active(true)],
            )]);
    }

    #[test]
    fn an_import_does_not_bring_back_what_was_removed() {
        episode()
            .given(vec![
                added(),
                source_added(record("rpc", "a")),
                source_removed(),
            ])
            .when(says("b", source_facts()))
            .then_expect_events(vec![]);
    }

    #[test]
    fn an_import_does_not_switch_on_what_a_curator_switched_off() {
        let mut state = Episode::default();
        let off = source_said(curator("ann"), vec![SourceFact::Active(false)]);
        let on = source_said(record("rpc", "b"), vec![SourceFact::Active(true)]);
        for event in [added(), source_added(record("rpc", "a")), off, on] {
            state.apply(event);
        }
        let source = state.known().unwrap().source(source_id()).unwrap();
        let stands = source
            .ledger
            .effective(SourceField::Active, &AuthorityOrder::default())
            .unwrap();
        assert_eq!(stands.fact(), &SourceFact::Active(false));
    }
}
