//! Give an episode another number under its title.
//!
//! Whether the number is free is not decided here: the log's claims know.

use accession_events::catalog::EpisodeEvent;

use super::{EpisodeError, KnownEpisode};

/// The number from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renumber {
    /// The number; 0 for a prologue.
    pub number: u32,
}

impl Renumber {
    pub(super) fn decide(self, episode: &KnownEpisode) -> Result<Vec<EpisodeEvent>, EpisodeError> {
        let title_id = episode.title_id.ok_or(EpisodeError::Detached)?;
        if episode.number == self.number {
            return Ok(Vec::new());
        }
        Ok(vec![EpisodeEvent::EpisodeRenumbered {
            title_id,
            from: episode.number,
            to: self.number,
        }])
    }
}

#[cfg(test)]
mod tests {
    use super::super::assert_facts::AssertFacts;
    use super::super::examples::{added, asserted, curator, detached, episode, name, title_id};
    use super::super::{EditEpisode, EpisodeCommand};
    use super::*;

    fn edit(number: u32, facts: Vec<accession_events::catalog::EpisodeFact>) -> EpisodeCommand {
        let facts = AssertFacts {
            by: curator("ann"),
            facts,
            withdrawn: vec![],
        };
        EpisodeCommand::Edit(EditEpisode {
            renumber: Some(Renumber { number }),
            facts,
        })
    }

    #[test]
    fn an_episode_gets_another_number_and_name_at_once() {
        episode()
            .given(vec![added()])
            .when(edit(2, vec![name("Second")]))
            .then_expect_events(vec![
                EpisodeEvent::EpisodeRenumbered {
                    title_id: title_id(),
                    from: 1,
                    to: 2,
                },
                asserted(curator("ann"), vec![name("Second")]),
            ]);
    }

    #[test]
    fn the_number_it_has_is_no_change() {
        episode()
            .given(vec![added()])
            .when(edit(1, vec![]))
            .then_expect_events(vec![]);
    }

    #[test]
    fn a_detached_episode_has_no_number_to_change() {
        episode()
            .given(vec![added(), detached()])
            .when(edit(2, vec![]))
            .then_expect_error(EpisodeError::Detached);
    }
}
