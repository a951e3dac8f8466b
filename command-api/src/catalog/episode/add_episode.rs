//! Enter an episode under a title.
//!
//! Whether the title exists and the number is free is not decided here: the append checks both.

use accession_events::catalog::{EpisodeEvent, EpisodeFact};
use accession_events::ids::TitleId;
use accession_events::values::Provenance;

use super::{Episode, EpisodeError};

/// A new episode, as a person enters it.
#[derive(Debug, Clone, PartialEq)]
pub struct AddEpisode {
    /// The title it belongs to.
    pub title_id: TitleId,
    /// Its number there; 0 for a prologue.
    pub number: u32,
    /// Who says so.
    pub by: Provenance,
    /// What they say.
    pub facts: Vec<EpisodeFact>,
}

impl AddEpisode {
    pub(super) fn decide(&self, episode: &Episode) -> Result<Vec<EpisodeEvent>, EpisodeError> {
        if matches!(episode, Episode::Known(_)) {
            return Err(EpisodeError::AlreadyAdded);
        }
        Ok(vec![EpisodeEvent::EpisodeAdded {
            title_id: self.title_id,
            number: self.number,
            provenance: self.by.clone(),
            facts: self.facts.clone(),
        }])
    }
}

#[cfg(test)]
mod tests {
    use super::super::EpisodeCommand;
    use super::super::examples::{added, curator, episode, name, title_id};
    use super::*;

    fn add() -> EpisodeCommand {
        let facts = vec![name("Pilot")];
        EpisodeCommand::Add(AddEpisode {
            title_id: title_id(),
            number: 1,
            by: curator("ann"),
            facts,
        })
    }

    #[test]
    fn an_episode_is_added_under_its_title() {
        episode()
            .given_no_previous_events()
            .when(add())
            .then_expect_events(vec![added()]);
    }

    #[test]
    fn an_episode_is_added_only_once() {
        episode()
            .given(vec![added()])
            .when(add())
            .then_expect_error(EpisodeError::AlreadyAdded);
    }
}
