//! Take an episode off its title; it keeps everything and can be attached again.
//!
//! Its number there becomes free.

use accession_events::catalog::EpisodeEvent;
use accession_events::values::ShortText;

use super::KnownEpisode;

/// Take it off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detach {
    /// Why, in the curator's words.
    pub reason: Option<ShortText>,
}

impl Detach {
    pub(super) fn decide(&self, episode: &KnownEpisode) -> Vec<EpisodeEvent> {
        let Some(title_id) = episode.title_id else {
            return Vec::new();
        };
        vec![EpisodeEvent::EpisodeDetached {
            title_id,
            number: episode.number,
            reason: self.reason.clone(),
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::super::EpisodeCommand;
    use super::super::examples::{added, detached, episode};
    use super::*;

    #[test]
    fn an_episode_is_detached_once() {
        let detach = EpisodeCommand::Detach(Detach { reason: None });
        episode()
            .given(vec![added()])
            .when(detach.clone())
            .then_expect_events(vec![detached()]);
        episode()
            .given(vec![added(), detached()])
            .when(detach)
            .then_expect_events(vec![]);
    }
}
