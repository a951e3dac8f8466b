//! What is known of the read store without asking it: when it was last heard, and what it last complained of.
//!
//! Never does work of its own: the followers tell it.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What the followers of all lanes know.
pub(crate) struct FeedHealth {
    lanes: Vec<Mutex<Lane>>,
}

#[derive(Debug, Clone, Default)]
struct Lane {
    follows: bool,
    trouble: Option<String>,
    heard: Option<Instant>,
    changed: Option<Instant>,
}

/// All lanes in one view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FeedView {
    /// Whether every lane is followed.
    pub(crate) follows: bool,
    /// Whether every lane was followed at some time since the start.
    pub(crate) was_reached: bool,
    /// The newest complaint of a lane that is not followed.
    pub(crate) trouble: Option<String>,
    /// Since the store was last heard in the lane that was quiet longest; none before the first time.
    pub(crate) quiet: Option<Duration>,
    /// Since the newest change in any lane; none before the first.
    pub(crate) last_change: Option<Duration>,
}

impl FeedHealth {
    /// So many lanes, none of which is followed yet.
    pub(crate) fn new(lanes: u16) -> Self {
        Self {
            lanes: (0..lanes.max(1)).map(|_| Mutex::default()).collect(),
        }
    }

    /// A lane is followed.
    pub(crate) fn follows(&self, lane: u16) {
        self.tell(lane, |lane| {
            lane.follows = true;
            lane.trouble = None;
            lane.heard = Some(Instant::now());
        });
    }

    /// The store answered a follower; with changes or without.
    pub(crate) fn heard(&self, lane: u16, changed: bool) {
        self.tell(lane, |lane| {
            let now = Instant::now();
            lane.heard = Some(now);
            if changed {
                lane.changed = Some(now);
            }
        });
    }

    /// A lane is not followed any longer. Whether that is news.
    pub(crate) fn lost(&self, lane: u16, trouble: &str) -> bool {
        let mut is_news = false;
        self.tell(lane, |lane| {
            is_news = lane.follows || lane.trouble.is_none();
            lane.follows = false;
            lane.trouble = Some(trouble.to_owned());
        });
        is_news
    }

    /// How all lanes do now.
    pub(crate) fn view(&self) -> FeedView {
        let lanes: Vec<Lane> = self
            .lanes
            .iter()
            .map(|lane| (*locked(lane)).clone())
            .collect();
        let heard: Option<Vec<Instant>> = lanes.iter().map(|lane| lane.heard).collect();
        FeedView {
            follows: lanes.iter().all(|lane| lane.follows),
            was_reached: heard.is_some(),
            quiet: heard
                .and_then(|heard| heard.into_iter().min())
                .map(|at| at.elapsed()),
            last_change: lanes
                .iter()
                .filter_map(|lane| lane.changed)
                .max()
                .map(|at| at.elapsed()),
            trouble: lanes
                .into_iter()
                .filter(|lane| !lane.follows)
                .find_map(|lane| lane.trouble),
        }
    }

    fn tell(&self, lane: u16, change: impl FnOnce(&mut Lane)) {
        if let Some(lane) = self.lanes.get(usize::from(lane)) {
            change(&mut locked(lane));
        }
    }
}

fn locked(lane: &Mutex<Lane>) -> MutexGuard<'_, Lane> {
    lane.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_feed_is_followed_when_every_lane_is() {
        let health = FeedHealth::new(2);
        assert!(!health.view().was_reached);
        health.follows(0);
        assert!(!health.view().follows);
        health.follows(1);
        assert!(health.view().follows && health.view().last_change.is_none());
        health.heard(1, true);
        assert!(health.view().last_change.is_some());
    }

    #[test]
    fn a_trouble_is_news_once() {
        let health = FeedHealth::new(1);
        assert!(health.lost(0, "refused"));
        assert!(!health.lost(0, "refused"));
        assert_eq!(health.view().trouble.as_deref(), Some("refused"));
        health.follows(0);
        assert!(health.lost(0, "refused"));
    }
}
