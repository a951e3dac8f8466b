//! What a lane is asked to do between two steps.
//!
//! It never interrupts a step: a wish is heard when the step in work is written.

use tokio::sync::oneshot;

use super::error::Trouble;
use super::lane::{LaneContext, Standing};
use super::retry::{self, RetryRequest};

/// A wish, on its way to a lane.
pub(crate) enum Wish {
    /// Take parked events in again.
    Retry(RetryRequest),
    /// Ask the store again which generations to keep, and say when that is done.
    Regroup(oneshot::Sender<()>),
}

impl Wish {
    /// Does it, while nothing else of the lane is at work.
    pub(crate) async fn fulfil(self, lane: &LaneContext, standing: Standing) {
        match self {
            Self::Retry(request) => retry::answer(lane, standing, request).await,
            // Whoever fulfils a wish has just asked the store where everything stands.
            Self::Regroup(done) => {
                // Who asked may have gone.
                let _ = done.send(());
            }
        }
    }

    /// Answers that it cannot be done now.
    pub(crate) fn refuse(self, trouble: &Trouble) {
        match self {
            Self::Retry(request) => request.refuse(trouble),
            // Who asked hears that nobody answers any more.
            Self::Regroup(_) => {}
        }
    }
}
