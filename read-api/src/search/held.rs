//! Titles by what a library has of them.
//!
//! Never made for anybody but a member of that library: whoever calls this has a visit to show.

use std::sync::Arc;

use accession_search::Held;
use accession_service::problem::Problem;

use super::copy_entries::reach;
use super::copy_wishes::ways;
use super::finder::Reach;
use super::hits::away;
use crate::asking::Asked;
use crate::reads::Reads;
use crate::visiting::Visit;

impl Reads {
    /// The titles that a visitor's library has, those that are asked for of them, and how far that was looked.
    pub(super) async fn held(
        &self,
        asked: &Asked,
        visit: &Visit,
    ) -> Result<(Held, Reach), Problem> {
        let only = ways(asked)?;
        let (index, reached) = self.copies_index(asked).await?;
        let whose = reach(visit.library);
        let holding = away(move || index.holding(&whose)).await?;
        let held = Held {
            holding: Arc::new(holding),
            only,
        };
        Ok((held, reached))
    }
}
