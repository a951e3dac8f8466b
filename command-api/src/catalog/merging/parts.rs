//! What stands under a title: found in the log by the events that brought it, and brought to another title.
//!
//! Never a list kept for this alone: a title does not list its parts, and a merge is rare.

use std::collections::BTreeSet;

use accession_event_log::{EventFilter, Search};
use accession_events::ids::{EditionId, EpisodeId, TitleId};
use accession_events::{ClaimKey, ClaimKind, Position};

use super::{Drafts, MOST_PARTS, MergeError};
use crate::catalog::edition::EditionCommand;
use crate::catalog::edition::put_under::PutUnder;
use crate::catalog::episode::EpisodeCommand;
use crate::catalog::episode::attach::Attach;
use crate::catalog::episode::detach::Detach;

/// The events by which a part comes to a title.
const COMING: [&str; 4] = [
    "EditionAdded",
    "EditionMoved",
    "EpisodeAdded",
    "EpisodeAttached",
];
/// Events that are read at a time.
const PAGE: usize = 1000;

/// What stands under a title.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) editions: Vec<EditionId>,
    pub(super) episodes: Vec<EpisodeId>,
}

impl Parts {
    pub(super) fn count(&self) -> usize {
        self.editions.len() + self.episodes.len()
    }
}

impl Drafts {
    /// The editions and episodes that stand under a title, in the order of their ids.
    pub(super) async fn parts_of(&mut self, title: TitleId) -> Result<Parts, MergeError> {
        let (editions, episodes) = self.ever_under(title).await?;
        self.editions.load(&editions).await?;
        self.episodes.load(&episodes).await?;
        let mut parts = Parts::default();
        for id in editions {
            let known = self.editions.of(id).known();
            if known.is_ok_and(|edition| edition.title_id == title) {
                parts.editions.push(id);
            }
        }
        for id in episodes {
            let known = self.episodes.of(id).known();
            if known.is_ok_and(|episode| episode.title_id == Some(title)) {
                parts.episodes.push(id);
            }
        }
        match parts.count() {
            count if count > MOST_PARTS => Err(MergeError::TooMany(count)),
            _ => Ok(parts),
        }
    }

    /// All that ever came to a title.
    async fn ever_under(
        &self,
        title: TitleId,
    ) -> Result<(BTreeSet<EditionId>, BTreeSet<EpisodeId>), MergeError> {
        let repository = self.titles.repository();
        let store = repository.log().store();
        let stream = repository.stream(&title.to_string());
        let first = store.read_stream(&stream, 0, 1).await?;
        let after = first
            .first()
            .map_or(Position::START, |event| event.position);
        let filter = EventFilter {
            event_types: COMING.map(str::to_owned).to_vec(),
            mentions: Some(title.to_string()),
            ..EventFilter::default()
        };
        let mut search = Search::new(&**store, filter, after, store.head().await?);
        let (mut editions, mut episodes) = (BTreeSet::new(), BTreeSet::new());
        loop {
            let page = search.next(PAGE).await?;
            if page.is_empty() {
                return Ok((editions, episodes));
            }
            for event in page {
                let id = &event.stream.aggregate_id;
                if event.event_type.starts_with("Edition") {
                    editions.extend(id.parse::<EditionId>());
                } else {
                    episodes.extend(id.parse::<EpisodeId>());
                }
            }
        }
    }

    /// Puts an edition under a title.
    pub(super) fn put_edition(
        &mut self,
        edition: EditionId,
        title_id: TitleId,
    ) -> Result<(), MergeError> {
        let put = EditionCommand::PutUnder(PutUnder { title_id });
        let decided = self.editions.decide(edition, &put);
        decided.map(|_| ()).map_err(MergeError::edition(edition))
    }

    /// Takes an episode off its title, if it is under one.
    pub(super) fn detach_episode(&mut self, episode: EpisodeId) -> Result<(), MergeError> {
        let detach = EpisodeCommand::Detach(Detach { reason: None });
        let decided = self.episodes.decide(episode, &detach);
        decided.map(|_| ()).map_err(MergeError::episode(episode))
    }

    /// Puts an episode under a title with the number it has.
    pub(super) fn put_episode(
        &mut self,
        episode: EpisodeId,
        title_id: TitleId,
    ) -> Result<(), MergeError> {
        self.detach_episode(episode)?;
        let number = None;
        let attach = EpisodeCommand::Attach(Attach { title_id, number });
        let decided = self.episodes.decide(episode, &attach);
        decided.map(|_| ()).map_err(MergeError::episode(episode))
    }

    /// Which of these episodes have a number that another episode of the title has.
    pub(super) async fn with_taken_numbers(
        &mut self,
        episodes: &[EpisodeId],
        title: TitleId,
    ) -> Result<Vec<(EpisodeId, u32)>, MergeError> {
        let mut numbered = Vec::with_capacity(episodes.len());
        for id in episodes {
            if let Ok(episode) = self.episodes.of(id).known() {
                numbered.push((*id, episode.number));
            }
        }
        let key = |(_, number): &(EpisodeId, u32)| {
            ClaimKey::new(ClaimKind::EpisodeNumber, format!("{title}:{number}"))
        };
        let keys: Vec<ClaimKey> = numbered.iter().map(key).collect();
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let store = self.titles.repository().log().store();
        let owners = store.claim_owners(&keys).await?;
        let mut seen = BTreeSet::new();
        let taken = numbered
            .into_iter()
            .zip(owners)
            .filter(|((id, number), owner)| {
                let other = owner.as_ref().is_some_and(|owner| *owner != id.to_string());
                // Two that were detached may have kept the same number.
                !seen.insert(*number) || other
            });
        Ok(taken.map(|(episode, _)| episode).collect())
    }
}
