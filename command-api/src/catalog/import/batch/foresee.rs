//! Deciding a batch without writing it: what would become of each item, on what stands now and on what was foreseen before.
//!
//! Never writes, and never decides twice: who else writes meanwhile makes it old, not wrong.

use accession_event_log::RepositoryError;

use super::{Batch, Done, Kind, put, sorted};
use crate::catalog::import::foresight::{Foreseen, Shown as _};
use crate::catalog::import::item::{Fate, Rejection};
use crate::catalog::import::table::{Owners, States};

impl<K: Kind> Batch<'_, K> {
    /// Tells what would become of the items. What they would bring in is there for who is asked next with the same tables.
    pub async fn foresee(
        &self,
        items: Vec<Result<K::Item, Rejection>>,
        owners: &mut Owners,
        states: &mut States<K::Aggregate>,
    ) -> Result<Done, RepositoryError> {
        let (mut fates, readable) = sorted(items);
        let items: Vec<(usize, &K::Item)> = readable
            .iter()
            .enumerate()
            .filter_map(|(place, item)| Some((place, item.as_ref()?)))
            .collect();
        self.look_up(&items, owners, states).await?;
        let round = self.decide_on(&items, owners, states, &mut fates)?;
        let mut foreseen = vec![None; fates.len()];
        for written in round.written {
            let item = readable.get(written.place).and_then(Option::as_ref);
            if let (Some(item), Some(told)) = (item, foreseen.get_mut(written.place)) {
                *told = Some(Foreseen::of(
                    &written.before.state.shown(&self.order),
                    &written.after.state.shown(&self.order),
                    self.kind.says(item),
                    &self.kind.prefix(item),
                ));
            }
            put(&mut fates, written.place, Fate::Accepted(written.id));
        }
        let position = self.repository.log().store().head().await?;
        Ok(Done {
            fates,
            position,
            foreseen,
        })
    }
}
