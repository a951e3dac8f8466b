//! Add a place to watch an episode.
//!
//! Two sources of one address and name are one place: the second is refused.

use accession_events::catalog::{EpisodeEvent, SourceFact};
use accession_events::ids::VideoSourceId;
use accession_events::values::{Provenance, ShortText, WebUrl};

use super::{EpisodeError, KnownEpisode};

/// A new source, as a person enters it.
#[derive(Debug, Clone, PartialEq)]
pub struct AddSource {
    /// Its id, drawn by the caller.
    pub source_id: VideoSourceId,
    /// Its address.
    pub url: WebUrl,
    /// Its name, for example a translation or a mirror.
    pub name: ShortText,
    /// Who says so.
    pub by: Provenance,
    /// What they say.
    pub facts: Vec<SourceFact>,
}

impl AddSource {
    pub(super) fn decide(&self, episode: &KnownEpisode) -> Result<Vec<EpisodeEvent>, EpisodeError> {
        if episode.source_at(&self.url, &self.name).is_some() {
            return Err(EpisodeError::SourceAlreadyAdded);
        }
        Ok(vec![EpisodeEvent::VideoSourceAdded {
            title_id: episode.title_id,
            source_id: self.source_id,
            url: self.url.clone(),
            name: self.name.clone(),
            provenance: self.by.clone(),
            facts: self.facts.clone(),
        }])
    }
}

#[cfg(test)]
mod tests {
    use super::super::EpisodeCommand;
    use super::super::examples::{
        added, curator, episode, mirror, source_added, source_facts, source_id, source_removed, url,
    };
    use super::*;

    fn add() -> EpisodeCommand {
        EpisodeCommand::AddSource(AddSource {
            source_id: source_id(),
            url: url(),
            name: mirror(),
            by: curator("ann"),
            facts: source_facts(),
        })
    }

    #[test]
    fn a_source_is_added_to_an_episode() {
        episode()
            .given(vec![added()])
            .when(add())
            .then_expect_events(vec![source_added(curator("ann"))]);
    }

    #[test]
    fn a_second_source_of_the_same_address_and_name_is_refused() {
        episode()
            .given(vec![added(), source_added(curator("ann"))])
            .when(add())
            .then_expect_error(EpisodeError::SourceAlreadyAdded);
    }

    #[test]
    fn a_curator_can_add_a_removed_source_again() {
        episode()
            .given(vec![
                added(),
                source_added(curator("ann")),
                source_removed(),
            ])
            .when(add())
            .then_expect_events(vec![source_added(curator("ann"))]);
    }

    #[test]
    fn an_unknown_episode_takes_no_source() {
        episode()
            .given_no_previous_events()
            .when(add())
            .then_expect_error(EpisodeError::Unknown);
    }
}
