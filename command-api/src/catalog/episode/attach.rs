//! Put a detached episode under a title, with everything it has.
//!
//! Whether the title exists and the number is free there is not decided here: the append checks both.

use accession_events::catalog::EpisodeEvent;
use accession_events::ids::TitleId;

use super::{EpisodeError, KnownEpisode};

/// Put it under a title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attach {
    /// The title.
    pub title_id: TitleId,
    /// Its number there; the number it had last, if none is given.
    pub number: Option<u32>,
}

impl Attach {
    pub(super) fn decide(&self, episode: &KnownEpisode) -> Result<Vec<EpisodeEvent>, EpisodeError> {
        let number = self.number.unwrap_or(episode.number);
        match episode.title_id {
            Some(title_id) if title_id == self.title_id && number == episode.number => {
                Ok(Vec::new())
            }
            Some(title_id) => Err(EpisodeError::Attached(title_id)),
            None => Ok(vec![EpisodeEvent::EpisodeAttached {
                title_id: self.title_id,
                number,
                episode: episode.luggage(),
            }]),
        }
    }
}

#[cfg(test)]
mod tests {
    use accession_events::catalog::{AttachedEpisode, AttachedSource, EpisodeField, SourceFact};
    use accession_events::values::{FieldStatements, PinnedStatements};
    use cqrs_es::Aggregate;

    use super::super::examples::{
        added, asserted, curator, detached, episode, mirror, name, other_title_id, record,
        source_added, source_facts, source_id, title_id, url,
    };
    use super::super::{Episode, EpisodeCommand};
    use super::*;

    fn attach(title_id: TitleId, number: Option<u32>) -> EpisodeCommand {
        EpisodeCommand::Attach(Attach { title_id, number })
    }

    fn attached(number: u32, episode: AttachedEpisode) -> EpisodeEvent {
        EpisodeEvent::EpisodeAttached {
            title_id: other_title_id(),
            number,
            episode,
        }
    }

    #[test]
    fn an_episode_comes_to_another_title_with_everything_it_has() {
        let by_source = |fact: SourceFact| (record("rpc", "a"), fact);
        let luggage = AttachedEpisode {
            said: vec![(curator("ann"), name("Pilot"))],
            locked: vec![],
            pinned: vec![],
            sources: vec![AttachedSource {
                source_id: source_id(),
                url: url(),
                name: mirror(),
                said: source_facts().into_iter().map(by_source).collect(),
            }],
        };
        episode()
            .given(vec![added(), source_added(record("rpc", "a")), detached()])
            .when(attach(other_title_id(), Some(7)))
            .then_expect_events(vec![attached(7, luggage)]);
    }

    #[test]
    fn a_locked_field_takes_along_what_its_lock_pins_and_what_it_keeps_out() {
        let locked = EpisodeEvent::EpisodeFieldLocked {
            title_id: Some(title_id()),
            field: EpisodeField::Name,
        };
        let luggage = AttachedEpisode {
            said: vec![],
            locked: vec![],
            pinned: vec![FieldStatements {
                field: EpisodeField::Name,
                said: vec![
                    (curator("ann"), name("Pilot")),
                    (record("rpc", "a"), name("PILOT")),
                ],
                lock: Some(PinnedStatements {
                    frozen: vec![(curator("ann"), name("Pilot"))],
                    since: vec![],
                }),
            }],
            sources: vec![],
        };
        episode()
            .given(vec![
                added(),
                locked,
                asserted(record("rpc", "a"), vec![name("PILOT")]),
                detached(),
            ])
            .when(attach(other_title_id(), None))
            .then_expect_events(vec![attached(1, luggage)]);
    }

    #[test]
    fn an_episode_under_a_title_has_to_be_detached_first() {
        episode()
            .given(vec![added()])
            .when(attach(other_title_id(), None))
            .then_expect_error(EpisodeError::Attached(title_id()));
    }

    #[test]
    fn attaching_where_it_is_changes_nothing() {
        episode()
            .given(vec![added()])
            .when(attach(title_id(), None))
            .then_expect_events(vec![]);
    }

    #[test]
    fn after_the_move_the_sources_are_still_there() {
        let mut state = Episode::default();
        for event in [added(), source_added(record("rpc", "a")), detached()] {
            state.apply(event);
        }
        let Ok(known) = state.known() else {
            panic!("the episode is there")
        };
        let sources = known
            .sources
            .iter()
            .map(|source| (source.id, source.ledger.clone()))
            .collect::<Vec<_>>();
        state.apply(attached(2, known.luggage()));
        let Ok(known) = state.known() else {
            panic!("the episode is there")
        };
        assert_eq!(
            known
                .sources
                .iter()
                .map(|source| (source.id, source.ledger.clone()))
                .collect::<Vec<_>>(),
            sources
        );
        assert_eq!((known.title_id, known.number), (Some(other_title_id()), 2));
    }
}
