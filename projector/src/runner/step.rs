//! One step: a run of events becomes one commit for all models of a track.
//!
//! It writes nothing itself; the track commits what it made, in order.

use std::collections::HashMap;
use std::sync::Arc;

use accession_events::Position;
use accession_read_store::{Commit, ModelStep, OneThread, ReadStore};
use futures_util::future::try_join_all;

use super::assigned::Assigned;
use super::error::{ProjectorError, Trouble};
use super::fold::{Documents, FoldWork, Folded, fold};
use super::parking::Parked;
use super::plan::{Incoming, LaneOf, Plan, plan};

/// Fewer events than this are folded where they are: handing them to another thread would take longer.
const INLINE: usize = 16;

/// The documents that the step before left in memory, and what is parked: all that a track remembers.
pub(crate) struct Memory {
    /// By model name. They hold what the step before wrote, which may not have been committed yet.
    pub(crate) open: HashMap<&'static str, Documents>,
    pub(crate) parked: Parked,
    /// Where all large steps are folded.
    pub(crate) folder: OneThread,
}

impl Memory {
    /// No document yet, and this is parked.
    pub(crate) fn new(parked: Parked) -> Self {
        Self {
            open: HashMap::new(),
            parked,
            folder: OneThread::named("projector-fold"),
        }
    }
}

/// A step that is ready to be committed.
pub(crate) struct Step {
    pub(crate) commit: Commit,
    /// The last event in it.
    pub(crate) end: Position,
    /// How many events it took in.
    pub(crate) events: usize,
    /// Bytes of documents in it.
    pub(crate) bytes: usize,
}

/// Makes a step of a page for these models; each moves from its own position to the end of the page.
pub(crate) async fn make(
    store: &dyn ReadStore,
    models: &[Assigned],
    page: Arc<Vec<Incoming>>,
    lane: LaneOf,
    memory: &mut Memory,
) -> Result<Step, Trouble> {
    let end = page
        .last()
        .map_or(Position::START, |incoming| incoming.recorded.position);
    let plans: Vec<Plan> = models
        .iter()
        .map(|model| plan(&page, model, lane, &mut memory.parked))
        .collect();
    let noted: Vec<Vec<String>> = plans.iter().map(|plan| plan.parked.clone()).collect();
    let works = load(store, models, plans, lane, memory).await?;
    let events = page.len();
    let folded = fold_all(works, page, &memory.folder).await?;
    let mut bytes = 0;
    let mut steps = Vec::with_capacity(models.len());
    for ((model, folded), noted) in models.iter().zip(folded).zip(noted) {
        bytes += folded.bytes;
        let step = step_of(model, folded, noted, end, lane, memory);
        if step.next > step.expected {
            steps.push(step);
        }
    }
    Ok(Step {
        commit: Commit {
            lane: lane.lane,
            steps,
        },
        end,
        events,
        bytes,
    })
}

/// Loads the states that are not in memory, one round trip a model, all at once.
async fn load(
    store: &dyn ReadStore,
    models: &[Assigned],
    plans: Vec<Plan>,
    lane: LaneOf,
    memory: &mut Memory,
) -> Result<Vec<FoldWork>, Trouble> {
    let mut remembered = std::mem::take(&mut memory.open);
    let loading = models.iter().zip(plans).map(|(model, plan)| {
        let open = remembered.remove(model.name()).unwrap_or_default();
        load_model(store, model, plan, open, lane)
    });
    try_join_all(loading).await
}

async fn load_model(
    store: &dyn ReadStore,
    model: &Assigned,
    plan: Plan,
    open: Documents,
    lane: LaneOf,
) -> Result<FoldWork, Trouble> {
    let wanted: Vec<String> = plan
        .touches
        .iter()
        .map(|touch| &touch.key)
        .filter(|key| !open.contains_key(*key))
        .cloned()
        .collect();
    let states = if wanted.is_empty() {
        Vec::new()
    } else {
        store.states(&model.reference, lane.lane, &wanted).await?
    };
    let stored = wanted
        .into_iter()
        .zip(states)
        .filter_map(|(key, state)| state.map(|state| (key, state)))
        .collect();
    Ok(FoldWork {
        model: model.model.clone(),
        touches: plan.touches,
        open,
        stored,
    })
}

async fn fold_all(
    works: Vec<FoldWork>,
    page: Arc<Vec<Incoming>>,
    folder: &OneThread,
) -> Result<Vec<Folded>, Trouble> {
    let large = page.len() > INLINE;
    let folding = move || works.into_iter().map(|work| fold(work, &page)).collect();
    if !large {
        return Ok(folding());
    }
    folder.run(folding).await.map_err(|error| {
        Trouble::Fatal(ProjectorError::Defect {
            reason: format!("folding events: {error}"),
        })
    })
}

/// One model's share of the step, with what was parked in it.
fn step_of(
    model: &Assigned,
    folded: Folded,
    mut noted: Vec<String>,
    end: Position,
    lane: LaneOf,
    memory: &mut Memory,
) -> ModelStep {
    let name = model.name();
    for refused in folded.refused {
        tracing::error!(
            model = name,
            key = refused.key,
            reason = refused.reason,
            "projector.event_parked"
        );
        for (position, at) in refused.positions {
            memory
                .parked
                .park(name, &refused.key, position, at, &refused.reason);
        }
        noted.push(refused.key);
    }
    let mut documents = folded.writes;
    documents.extend(
        noted
            .iter()
            .map(|key| memory.parked.write(name, key, lane.lane, lane.lanes, end)),
    );
    memory.open.insert(name, folded.open);
    ModelStep {
        model: model.reference.clone(),
        expected: model.position,
        next: end.max(model.position),
        fence: model.fence,
        documents,
    }
}
