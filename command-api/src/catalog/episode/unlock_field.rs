//! Let a field follow the order of authority again.
//!
//! What was said while it was locked counts from now on.

use accession_events::catalog::{EpisodeEvent, EpisodeField};

use super::KnownEpisode;

pub(super) fn decide(episode: &KnownEpisode, field: EpisodeField) -> Vec<EpisodeEvent> {
    if !episode.ledger.is_locked(field) {
        return Vec::new();
    }
    vec![EpisodeEvent::EpisodeFieldUnlocked {
        title_id: episode.title_id,
        field,
    }]
}

#[cfg(test)]
mod tests {
    use super::super::EpisodeCommand;
    use super::super::examples::{added, episode, title_id};
    use super::*;

    #[test]
    fn a_locked_field_is_unlocked_once() {
        let (title_id, field) = (Some(title_id()), EpisodeField::Name);
        let unlock = EpisodeCommand::UnlockField(field);
        let locked = EpisodeEvent::EpisodeFieldLocked { title_id, field };
        let unlocked = EpisodeEvent::EpisodeFieldUnlocked { title_id, field };
        episode()
            .given(vec![added(), locked.clone()])
            .when(unlock.clone())
            .then_expect_events(vec![unlocked.clone()]);
        episode()
            .given(vec![added(), locked, unlocked])
            .when(unlock)
            .then_expect_events(vec![]);
    }
}
