//! Say what a source's record says about an episode; enter the episode when it is not there.
//!
//! An import never renumbers an episode, never moves it, and never attaches what a curator has detached.

use accession_events::catalog::{EpisodeEvent, EpisodeFact};
use accession_events::ids::TitleId;

use super::Episode;
use crate::catalog::statement::Statement;

/// A source's record of an episode.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportRecord {
    /// The title it belongs to; counts only when the episode is new.
    pub title_id: TitleId,
    /// Its number there; counts only when the episode is new.
    pub number: u32,
    /// What the record says.
    pub statement: Statement<EpisodeFact>,
}

impl ImportRecord {
    pub(super) fn decide(&self, episode: &Episode) -> Vec<EpisodeEvent> {
        let provenance = self.statement.by.clone();
        let Episode::Known(episode) = episode else {
            let (title_id, number, facts) =
                (self.title_id, self.number, self.statement.facts.clone());
            return vec![EpisodeEvent::EpisodeAdded {
                title_id,
                number,
                provenance,
                facts,
            }];
        };
        let Some(news) = self.statement.news(&episode.ledger, &episode.records) else {
            return Vec::new();
        };
        let title_id = episode.title_id;
        let mut events = Vec::new();
        // A record that is met for the first time has to be named even if it says nothing that is not said.
        if !news.changed.is_empty() || news.gone.is_empty() {
            let provenance = provenance.clone();
            events.push(EpisodeEvent::EpisodeFactsAsserted {
                title_id,
                provenance,
                facts: news.changed,
            });
        }
        if !news.gone.is_empty() {
            events.push(EpisodeEvent::EpisodeFactsWithdrawn {
                title_id,
                provenance,
                fields: news.gone,
            });
        }
        events
    }
}

#[cfg(test)]
mod tests {
    use super::super::EpisodeCommand;
    use super::super::examples::{
        added, added_by, asserted, detached, episode, name, other_title_id, record, title_id,
    };
    use super::*;
    use crate::catalog::statement::Extent;

    fn says(title_id: TitleId, content: &str, facts: Vec<EpisodeFact>) -> EpisodeCommand {
        let statement = Statement {
            by: record("rpc", content),
            facts,
            extent: Extent::Full,
        };
        EpisodeCommand::ImportRecord(ImportRecord {
            title_id,
            number: 1,
            statement,
        })
    }

    #[test]
    fn a_record_that_nobody_knows_adds_its_episode() {
        episode()
            .given_no_previous_events()
            .when(says(title_id(), "a", vec![name("Pilot")]))
            .then_expect_events(vec![added_by(record("rpc", "a"), vec![name("Pilot")])]);
    }

    #[test]
    fn a_record_without_facts_joins_an_episode_so_that_it_is_known() {
        episode()
            .given(vec![added()])
            .when(says(title_id(), "a", vec![]))
            .then_expect_events(vec![asserted(record("rpc", "a"), vec![])]);
    }

    #[test]
    fn the_same_content_makes_no_event() {
        episode()
            .given(vec![added_by(record("rpc", "a"), vec![name("Pilot")])])
            .when(says(title_id(), "a", vec![name("Pilot")]))
            .then_expect_events(vec![]);
    }

    #[test]
    fn an_import_does_not_attach_what_a_curator_detached() {
        episode()
            .given(vec![added_by(record("rpc", "a"), vec![]), detached()])
            .when(says(title_id(), "b", vec![name("Pilot")]))
            .then_expect_events(vec![EpisodeEvent::EpisodeFactsAsserted {
                title_id: None,
                provenance: record("rpc", "b"),
                facts: vec![name("Pilot")],
            }]);
    }

    #[test]
    fn an_import_does_not_move_an_episode() {
        episode()
            .given(vec![added_by(record("rpc", "a"), vec![])])
            .when(says(other_title_id(), "b", vec![name("Pilot")]))
            .then_expect_events(vec![asserted(record("rpc", "b"), vec![name("Pilot")])]);
    }
}
