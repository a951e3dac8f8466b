//! What a projector can be told.
//!
//! Defaults are for one machine; nothing here changes what documents look like.

use std::sync::Arc;
use std::time::Duration;

use accession_feed::Feed;

use super::besides::Besides;
use super::erased::Model;

/// Opens a feed of the log; each track of each lane reads by one of its own, at its own place.
pub type FeedFactory = Arc<dyn Fn() -> Box<dyn Feed> + Send + Sync>;

/// How a projector works.
#[derive(Clone)]
pub struct ProjectorOptions {
    /// The read models it keeps.
    pub models: Vec<Model>,
    /// Number of lanes; must be that of the read store.
    pub lanes: u16,
    /// At most so many events in a step and in a page of the feed.
    pub max_events: usize,
    /// A step that wrote more bytes of documents than this makes the next one smaller.
    pub max_bytes: usize,
    /// How long an idle projector waits for an event before it looks whether the stored checkpoint still stands.
    pub heartbeat: Duration,
    /// The first wait after trouble; doubled up to ten times itself.
    pub backoff: Duration,
    /// Keep these generations, of these models only, instead of the foremost one of every model. Those that are not
    /// registered are left out, and none goes live by itself: whoever has it built decides.
    pub beside: Option<Besides>,
    /// Models that are more events than this behind the others catch up by themselves and hold up no one.
    pub far_behind: u64,
}

impl ProjectorOptions {
    /// These models with the usual settings.
    #[must_use]
    pub fn new(models: Vec<Model>) -> Self {
        Self {
            models,
            lanes: 1,
            max_events: 2000,
            max_bytes: 4 * 1024 * 1024,
            heartbeat: Duration::from_secs(1),
            backoff: Duration::from_millis(100),
            beside: None,
            far_behind: 10_000,
        }
    }
}
