//! Say something about an episode as a person, or take one's own word back.
//!
//! Nobody can take back what another one said.

use accession_events::catalog::{EpisodeEvent, EpisodeFact};

use super::KnownEpisode;
use crate::catalog::statement::Edit;

/// What a person says now.
pub type AssertFacts = Edit<EpisodeFact>;

impl AssertFacts {
    pub(super) fn decide(&self, episode: &KnownEpisode) -> Vec<EpisodeEvent> {
        let (news, title_id) = (self.news(&episode.ledger), episode.title_id);
        let mut events = Vec::new();
        if !news.changed.is_empty() {
            let provenance = self.by.clone();
            events.push(EpisodeEvent::EpisodeFactsAsserted {
                title_id,
                provenance,
                facts: news.changed,
            });
        }
        if !news.gone.is_empty() {
            let provenance = self.by.clone();
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
    use accession_events::catalog::EpisodeField;

    use super::super::examples::{added, asserted, curator, detached, episode, name, title_id};
    use super::super::{EditEpisode, EpisodeCommand, EpisodeError};
    use super::*;

    fn edit(who: &str, facts: Vec<EpisodeFact>, withdrawn: Vec<EpisodeField>) -> EpisodeCommand {
        let facts = AssertFacts {
            by: curator(who),
            facts,
            withdrawn,
        };
        EpisodeCommand::Edit(EditEpisode {
            renumber: None,
            facts,
        })
    }

    #[test]
    fn a_curator_says_something_about_an_episode() {
        episode()
            .given(vec![added()])
            .when(edit("bob", vec![EpisodeFact::Available(true)], vec![]))
            .then_expect_events(vec![asserted(
                curator("bob"),
                vec![EpisodeFact::Available(true)],
            )]);
    }

    #[test]
    fn a_curator_takes_his_own_word_back() {
        episode()
            .given(vec![added()])
            .when(edit("ann", vec![], vec![EpisodeField::Name]))
            .then_expect_events(vec![EpisodeEvent::EpisodeFactsWithdrawn {
                title_id: Some(title_id()),
                provenance: curator("ann"),
                fields: vec![EpisodeField::Name],
            }]);
    }

    #[test]
    fn a_detached_episode_can_still_be_described() {
        episode()
            .given(vec![added(), detached()])
            .when(edit("ann", vec![name("First")], vec![]))
            .then_expect_events(vec![EpisodeEvent::EpisodeFactsAsserted {
                title_id: None,
                provenance: curator("ann"),
                facts: vec![name("First")],
            }]);
    }

    #[test]
    fn saying_the_same_again_changes_nothing() {
        episode()
            .given(vec![added()])
            .when(edit("ann", vec![name("Pilot")], vec![]))
            .then_expect_events(vec![]);
    }

    #[test]
    fn nothing_can_be_said_about_an_unknown_episode() {
        episode()
            .given_no_previous_events()
            .when(edit("ann", vec![name("Pilot")], vec![]))
            .then_expect_error(EpisodeError::Unknown);
    }
}
