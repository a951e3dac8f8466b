//! A plan that is one of many steps of a larger act, with no answer of its own.
//!
//! Never kept under a key: whoever takes many steps makes each of them such that it can be taken again.

use accession_event_log::Append;
use accession_events::Metadata;
use accession_service::problem::Problem;

use super::{Plan, RETRIES, Written, too_busy, written};
use crate::holdings::desk::{Holdings, HoldingsError};

/// Carries a plan out. A refusal is told only when the newest states refuse, too.
pub(crate) async fn carry_out_part(
    holdings: &Holdings,
    metadata: &Metadata,
    plan: &impl Plan,
) -> Result<(), Problem> {
    let (mut attempts, mut newest) = (0, false);
    loop {
        let mut drafts = holdings.drafts();
        let drawn = plan.draw(&mut drafts).await;
        if drawn.is_err() && !newest {
            // It may come from kept states, which the log has not seen.
            drafts.forget();
            newest = true;
            continue;
        }
        drawn.map_err(|error| error.problem())?;
        let writes = drafts.writes();
        let append = Append {
            writes: writes.map_err(|error| HoldingsError::from(error).problem())?,
            metadata: serde_json::to_string(metadata).unwrap_or_default(),
            idempotency: None,
        };
        if append.event_count() == 0 {
            return Ok(());
        }
        match written(holdings.log(), append).await? {
            Written::Done(_) | Written::Before(_) => {
                drafts.settle();
                return Ok(());
            }
            Written::Overtaken if attempts == RETRIES => return Err(too_busy()),
            Written::Overtaken => {
                drafts.forget();
                (attempts, newest) = (attempts + 1, true);
            }
        }
    }
}
