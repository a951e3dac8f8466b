//! The change feeds of all lanes at once: one task waits at the end of each, and whoever hears first wakes the follower.
//!
//! Never reads ahead of the follower by more than one answer of the store in each lane.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use accession_events::Position;
use accession_read_store::{Change, ChangeCursor, ChangeRead, ReadStore, ReadStoreError};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::checkpoint::{Mark, Proof};
use super::topic::{Made, Part};
use super::trouble::Trouble;

/// How long one read of a feed waits for a change; also how often a follower hears that there is none.
const PATIENCE: Duration = Duration::from_secs(2);
/// Changes in one answer.
pub(super) const AT_ONCE: usize = 256;

/// Where a lane is followed from, and how far the index reaches there.
#[derive(Debug, Clone)]
pub(super) struct Lane {
    pub(super) place: ChangeCursor,
    pub(super) position: Position,
    /// The same of each model that is joined.
    pub(super) joined: Vec<Position>,
    pub(super) proof: Option<Proof>,
}

/// What a lane's feed said: which lane, and what.
pub(super) type Heard = (usize, Result<ChangeRead, ReadStoreError>);

/// Reads all feeds; ends with its value.
pub(super) struct Tail {
    heard: mpsc::Receiver<Heard>,
    _tasks: JoinSet<()>,
}

impl Tail {
    /// Follows each lane from its place.
    pub(super) fn of(store: &Arc<dyn ReadStore>, lanes: &[Lane]) -> Self {
        let (tell, heard) = mpsc::channel(lanes.len().max(1));
        let mut tasks = JoinSet::new();
        for (number, lane) in lanes.iter().enumerate() {
            tasks.spawn(read(
                Arc::clone(store),
                number,
                lane.place.clone(),
                tell.clone(),
            ));
        }
        Self {
            heard,
            _tasks: tasks,
        }
    }

    /// The next answer of any lane, which may be that nothing came. Nothing is lost when this is given up.
    pub(super) async fn next(&mut self) -> Result<Heard, Trouble> {
        self.heard.recv().await.ok_or(Trouble::Ended)
    }

    /// An answer that is here already.
    pub(super) fn at_hand(&mut self) -> Option<Heard> {
        self.heard.try_recv().ok()
    }
}

/// Reads one lane until its place is lost or the store fails.
async fn read(
    store: Arc<dyn ReadStore>,
    number: usize,
    mut place: ChangeCursor,
    tell: mpsc::Sender<Heard>,
) {
    let lane = u16::try_from(number).unwrap_or(u16::MAX);
    loop {
        let read = store.changes(lane, &place, AT_ONCE, PATIENCE).await;
        let goes_on = match &read {
            Ok(ChangeRead::Changes(changes)) => {
                if let Some(last) = changes.last() {
                    place = last.cursor.clone();
                }
                true
            }
            _ => false,
        };
        if tell.send((number, read)).await.is_err() || !goes_on {
            return;
        }
    }
}

/// What the feeds said since the index was written last.
#[derive(Debug, Default)]
pub(super) struct Batch {
    /// Documents that changed.
    pub(super) keys: BTreeSet<String>,
    /// Documents that changed and that others are joined with: of which model, and which.
    pub(super) joined: BTreeSet<(usize, String)>,
    /// How many changes were read, of whatever.
    pub(super) changes: usize,
    /// How many of them the index moves on by.
    pub(super) steps: usize,
    /// Whether another generation of a model was named: it is being built, or readers are sent to it.
    pub(super) others: bool,
    /// Whether more waits to be read.
    pub(super) is_behind: bool,
    /// Whether a place is gone.
    pub(super) is_lost: bool,
}

impl Batch {
    /// Takes in what a lane's feed said.
    pub(super) fn take(
        &mut self,
        lanes: &mut [Lane],
        (number, read): Heard,
        ours: &Made,
    ) -> Result<(), Trouble> {
        let ChangeRead::Changes(changes) = read? else {
            self.is_lost = true;
            return Ok(());
        };
        self.is_behind |= changes.len() >= AT_ONCE;
        self.changes += changes.len();
        if let Some(lane) = lanes.get_mut(number) {
            for change in changes {
                self.take_change(lane, change, ours);
            }
        }
        Ok(())
    }

    fn take_change(&mut self, lane: &mut Lane, change: Change, ours: &Made) {
        if let Some(proof) = Proof::of(&lane.place, &change, &ours.of) {
            lane.proof = Some(proof);
        }
        lane.place = change.cursor;
        for (reference, position, keys) in change.models {
            match ours.part(&reference) {
                Some(Part::Entries) => {
                    self.steps += 1;
                    lane.position = lane.position.max(position);
                    self.keys.extend(keys);
                }
                Some(Part::Joined(at)) => {
                    self.steps += 1;
                    if let Some(known) = lane.joined.get_mut(at) {
                        *known = position.max(*known);
                    }
                    self.joined.extend(keys.into_iter().map(|key| (at, key)));
                }
                None => self.others |= ours.is_outdone_by(&reference),
            }
        }
    }
}

impl Lane {
    /// Everything up to this event is in the index.
    pub(super) fn reaches(&self) -> Position {
        let joined = self.joined.iter().copied();
        joined.fold(self.position, Position::min)
    }

    /// How far the index reaches here, as its next commit says.
    pub(super) fn mark(&self) -> Mark {
        Mark {
            position: self.position,
            joined: self.joined.clone(),
            place: self.place.0.clone(),
            proof: self.proof.clone(),
        }
    }

    /// Goes on from what a commit said, if the feed still bears it out; none when there is any doubt.
    pub(super) async fn resumed(
        store: &Arc<dyn ReadStore>,
        number: u16,
        made: &Made,
        mark: &Mark,
    ) -> Result<Option<Self>, Trouble> {
        let model = &made.of;
        let place = ChangeCursor(mark.place.clone());
        let is_of_this_life = matches!(
            store.changes(number, &place, 1, Duration::ZERO).await?,
            ChangeRead::Changes(_)
        );
        if !is_of_this_life {
            return Ok(None);
        }
        let going_on = |place| Self {
            place,
            position: mark.position,
            joined: mark.joined.clone(),
            proof: mark.proof.clone(),
        };
        // As far as the documents themselves: whatever comes now comes behind this place, also in a store that went back.
        if store.checkpoint(model, number).await?.position == mark.position
            && made.positions(store.as_ref(), number).await? == mark.joined
        {
            return Ok(Some(going_on(place)));
        }
        let Some(proof) = &mark.proof else {
            return Ok(None);
        };
        let after = ChangeCursor(proof.after.clone());
        let ChangeRead::Changes(changes) = store.changes(number, &after, 1, Duration::ZERO).await?
        else {
            return Ok(None);
        };
        let proven = changes
            .into_iter()
            .find(|change| Proof::of(&after, change, model).as_ref() == Some(proof));
        Ok(proven.map(|change| going_on(change.cursor)))
    }
}

#[cfg(test)]
mod tests;
