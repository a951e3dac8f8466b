//! Pin a field's present value against everybody but curators.
//!
//! A lock never changes a value; it keeps it.

use accession_events::catalog::{EpisodeEvent, EpisodeField};

use super::KnownEpisode;

pub(super) fn decide(episode: &KnownEpisode, field: EpisodeField) -> Vec<EpisodeEvent> {
    if episode.ledger.is_locked(field) {
        return Vec::new();
    }
    vec![EpisodeEvent::EpisodeFieldLocked {
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
    fn a_field_is_locked_once() {
        let lock = EpisodeCommand::LockField(EpisodeField::Name);
        let locked = EpisodeEvent::EpisodeFieldLocked {
            title_id: Some(title_id()),
            field: EpisodeField::Name,
        };
        episode()
            .given(vec![added()])
            .when(lock.clone())
            .then_expect_events(vec![locked.clone()]);
        episode()
            .given(vec![added(), locked])
            .when(lock)
            .then_expect_events(vec![]);
    }
}
