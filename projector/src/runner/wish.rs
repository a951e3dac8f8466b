//! What a lane is asked to do between two steps.
//!
//! It never interrupts a step: a wish is heard when the step in work is written.

use super::error::Trouble;
use super::lane::{LaneContext, Standing};
use super::retry::{self, RetryRequest};

/// A wish, on its way to a lane.
pub(crate) enum Wish {
    /// Take parked events in again.
    Retry(RetryRequest),
    /// Ask the store again which generations to keep.
    Regroup,
}

impl Wish {
    /// Does it, while nothing else of the lane is at work.
    pub(crate) async fn fulfil(self, lane: &LaneContext, standing: Standing) {
        match self {
            Self::Retry(request) => retry::answer(lane, standing, request).await,
            // Whoever fulfils a wish has just asked the store where everything stands.
            Self::Regroup => {}
        }
    }

    /// Answers that it cannot be done now.
    pub(crate) fn refuse(self, trouble: &Trouble) {
        match self {
            Self::Retry(request) => request.refuse(trouble),
            Self::Regroup => {}
        }
    }
}
