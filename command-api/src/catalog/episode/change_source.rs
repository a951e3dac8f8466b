//! Say something about a source as a person: whether it may be offered, how it is played, where it ranks.
//!
//! Its address and name never change: another address is another source.

use accession_events::catalog::{EpisodeEvent, SourceFact};
use accession_events::ids::VideoSourceId;
use accession_events::values::Provenance;

use super::{EpisodeError, KnownEpisode};

/// What a person says now.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeSource {
    /// Which source.
    pub source_id: VideoSourceId,
    /// Who says so.
    pub by: Provenance,
    /// What they say; fields not named here stand.
    pub facts: Vec<SourceFact>,
}

impl ChangeSource {
    pub(super) fn decide(&self, episode: &KnownEpisode) -> Result<Vec<EpisodeEvent>, EpisodeError> {
        let source = episode
            .source(self.source_id)
            .ok_or(EpisodeError::UnknownSource)?;
        let facts = source.ledger.diff(&self.by, &self.facts).changed;
        if facts.is_empty() {
            return Ok(Vec::new());
        }
        let (title_id, provenance) = (episode.title_id, self.by.clone());
        Ok(vec![EpisodeEvent::VideoSourceFactsAsserted {
            title_id,
            source_id: source.id,
            provenance,
            facts,
        }])
    }
}

#[cfg(test)]
mod tests {
    use super::super::EpisodeCommand;
    use super::super::examples::{
        added, curator, episode, record, source_added, source_id, source_removed, source_said,
    };
    use super::*;

    fn switch_off() -> EpisodeCommand {
        let facts = vec![SourceFact::Active(false)];
        EpisodeCommand::ChangeSource(ChangeSource {
            source_id: source_id(),
            by: curator("ann"),
            facts,
        })
    }

    fn switched_off() -> EpisodeEvent {
        source_said(curator("ann"), vec![SourceFact::Active(false)])
    }

    #[test]
    fn a_source_is_switched_off_once() {
        let given = vec![added(), source_added(record("rpc", "a"))];
        episode()
            .given(given.clone())
            .when(switch_off())
            .then_expect_events(vec![switched_off()]);
        episode()
            .given(given)
            .and(vec![switched_off()])
            .when(switch_off())
            .then_expect_events(vec![]);
    }

    #[test]
    fn an_unknown_or_removed_source_cannot_be_changed() {
        episode()
            .given(vec![added()])
            .when(switch_off())
            .then_expect_error(EpisodeError::UnknownSource);
        episode()
            .given(vec![
                added(),
                source_added(record("rpc", "a")),
                source_removed(),
            ])
            .when(switch_off())
            .then_expect_error(EpisodeError::UnknownSource);
    }
}
