//! Take a source away for good.
//!
//! An import does not bring it back; a curator can add it anew.

use accession_events::catalog::EpisodeEvent;
use accession_events::ids::VideoSourceId;
use accession_events::values::ShortText;

use super::{EpisodeError, KnownEpisode};

/// Take it away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoveSource {
    /// Which source.
    pub source_id: VideoSourceId,
    /// Why, in the curator's words.
    pub reason: Option<ShortText>,
}

impl RemoveSource {
    pub(super) fn decide(&self, episode: &KnownEpisode) -> Result<Vec<EpisodeEvent>, EpisodeError> {
        let source = episode
            .source(self.source_id)
            .ok_or(EpisodeError::UnknownSource)?;
        let (title_id, reason) = (episode.title_id, self.reason.clone());
        Ok(vec![EpisodeEvent::VideoSourceRemoved {
            title_id,
            source_id: source.id,
            reason,
        }])
    }
}

#[cfg(test)]
mod tests {
    use super::super::EpisodeCommand;
    use super::super::examples::{
        added, curator, episode, source_added, source_id, source_removed,
    };
    use super::*;

    #[test]
    fn a_source_is_removed_only_once() {
        let remove = EpisodeCommand::RemoveSource(RemoveSource {
            source_id: source_id(),
            reason: None,
        });
        let given = vec![added(), source_added(curator("ann"))];
        episode()
            .given(given.clone())
            .when(remove.clone())
            .then_expect_events(vec![source_removed()]);
        episode()
            .given(given)
            .and(vec![source_removed()])
            .when(remove)
            .then_expect_error(EpisodeError::UnknownSource);
    }
}
