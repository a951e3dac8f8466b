//! The cards of titles that other things name: a copy, a loan. One that was merged is shown as the title that stands for it.
//!
//! Never changes what names it: a copy keeps the id it was entered with, so that undoing a merge undoes this, too.

use std::collections::{BTreeSet, HashMap};

use accession_events::ids::TitleId;
use accession_projector::catalog::TitleCardDocument;
use accession_service::problem::Problem;

use crate::cache::Standing;
use crate::reads::Reads;

/// How many merges one after the other are followed.
const MOST_STEPS: usize = 64;

impl Reads {
    /// The cards of these titles, by the id that was asked for.
    pub(crate) async fn standing_cards(
        &self,
        standing: &Standing,
        ids: impl IntoIterator<Item = TitleId>,
    ) -> Result<HashMap<TitleId, TitleCardDocument>, Problem> {
        let mut missing: BTreeSet<TitleId> = ids.into_iter().collect();
        let asked = missing.clone();
        let mut known: HashMap<TitleId, TitleCardDocument> = HashMap::new();
        for _ in 0..MOST_STEPS {
            if missing.is_empty() {
                break;
            }
            let keys: Vec<String> = missing.iter().map(TitleId::to_string).collect();
            let cards: Vec<TitleCardDocument> = self.all(standing, &keys).await?;
            known.extend(cards.into_iter().map(|card| (card.id, card)));
            let leads = known.values().filter_map(|card| card.merged_into);
            missing = leads.filter(|id| !known.contains_key(id)).collect();
        }
        if known.values().all(|card| card.merged_into.is_none()) {
            return Ok(known);
        }
        let shown = asked
            .into_iter()
            .filter_map(|id| Some((id, standing_for(&known, id)?.clone())));
        Ok(shown.collect())
    }
}

/// The card of the title that stands for a title.
fn standing_for(
    known: &HashMap<TitleId, TitleCardDocument>,
    id: TitleId,
) -> Option<&TitleCardDocument> {
    let mut card = known.get(&id)?;
    for _ in 0..MOST_STEPS {
        match card.merged_into {
            Some(into) => card = known.get(&into)?,
            None => return Some(card),
        }
    }
    None
}
