//! How far the change feed was followed in each lane, and what may be published of it.
//!
//! Never publishes for a lane that nobody follows: a model stands where its slowest lane stands.

use std::collections::HashMap;

use accession_events::Position;
use accession_read_store::Generation;

use crate::models::Model;

/// Positions of all generations of all models in one lane.
pub(super) type LanePositions = HashMap<(Model, Generation), Position>;

/// All lanes.
pub(super) struct Lanes {
    /// None for a lane that is not followed now.
    lanes: Vec<Option<LanePositions>>,
    live: [Option<Generation>; Model::COUNT],
}

impl Lanes {
    /// So many lanes, none of which is followed; at least one.
    pub(super) fn new(count: u16) -> Self {
        Self {
            lanes: vec![None; usize::from(count.max(1))],
            live: [None; Model::COUNT],
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> u16 {
        u16::try_from(self.lanes.len()).unwrap_or(u16::MAX)
    }

    /// A lane is followed from these positions on.
    pub(super) fn start(&mut self, lane: u16, positions: LanePositions) {
        if let Some(place) = self.lanes.get_mut(usize::from(lane)) {
            *place = Some(positions);
        }
    }

    /// A lane is not followed any longer.
    pub(super) fn lose(&mut self, lane: u16) {
        if let Some(place) = self.lanes.get_mut(usize::from(lane)) {
            *place = None;
        }
    }

    /// Whether all lanes are followed.
    pub(super) fn complete(&self) -> bool {
        self.lanes.iter().all(Option::is_some)
    }

    /// A generation stands at this position in a lane; what is known already does not go back.
    pub(super) fn advance(
        &mut self,
        lane: u16,
        model: Model,
        generation: Generation,
        to: Position,
    ) {
        if let Some(Some(positions)) = self.lanes.get_mut(usize::from(lane)) {
            let known = positions.entry((model, generation)).or_insert(to);
            *known = (*known).max(to);
        }
    }

    /// Readers are sent to this generation.
    pub(super) fn set_live(&mut self, model: Model, generation: Option<Generation>) {
        if let Some(live) = self.live.get_mut(model.place()) {
            *live = generation;
        }
    }

    /// The generation that readers are sent to.
    pub(super) fn live(&self, model: Model) -> Option<Generation> {
        self.live.get(model.place()).copied().flatten()
    }

    /// What may be published of a model: its live generation and the position of its slowest lane.
    pub(super) fn published(&self, model: Model) -> Option<(Generation, Position)> {
        let live = self.live(model)?;
        let positions = self
            .lanes
            .iter()
            .map(|lane| lane.as_ref()?.get(&(model, live)).copied());
        let slowest = positions.collect::<Option<Vec<_>>>()?.into_iter().min()?;
        Some((live, slowest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIVE: Generation = Generation(1);
    const PAGE: Model = Model::TitlePage;

    #[test]
    fn a_model_stands_where_its_slowest_lane_stands_and_nowhere_while_one_is_not_followed() {
        let mut lanes = Lanes::new(2);
        lanes.set_live(PAGE, Some(LIVE));
        lanes.start(0, LanePositions::from([((PAGE, LIVE), Position::new(7))]));
        assert_eq!(lanes.published(PAGE), None);
        lanes.start(1, LanePositions::from([((PAGE, LIVE), Position::new(5))]));
        assert_eq!(lanes.published(PAGE), Some((LIVE, Position::new(5))));
        lanes.advance(1, PAGE, LIVE, Position::new(9));
        assert_eq!(lanes.published(PAGE), Some((LIVE, Position::new(7))));
        lanes.lose(0);
        assert_eq!(lanes.published(PAGE), None);
    }

    #[test]
    fn a_position_that_is_behind_what_is_known_changes_nothing() {
        let mut lanes = Lanes::new(1);
        lanes.set_live(PAGE, Some(LIVE));
        lanes.start(0, LanePositions::from([((PAGE, LIVE), Position::new(7))]));
        lanes.advance(0, PAGE, LIVE, Position::new(3));
        assert_eq!(lanes.published(PAGE), Some((LIVE, Position::new(7))));
    }
}
