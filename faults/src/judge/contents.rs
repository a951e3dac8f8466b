//! Everything that a read store holds for its live generations, as bytes under names that two stores share.
//!
//! Checkpoints, fences and the change feed are left out: they tell how documents were made, not what they are.

use std::collections::BTreeMap;

use accession_projector::Model;
use accession_read_store::{IndexEntry, ModelRef, ReadStore};
use anyhow::{Context as _, Result};

const PAGE: usize = 500;
/// The rig's stores have one lane.
const LANE: u16 = 0;

/// By kind, model and key.
pub(super) type Contents = BTreeMap<String, Vec<u8>>;

/// What a store holds of these models.
pub(super) async fn of(store: &dyn ReadStore, models: &[Model]) -> Result<Contents> {
    let mut contents = Contents::new();
    for model in models {
        let name = model.name();
        let live = store.model(name).await?.live;
        let live = live.with_context(|| format!("{name} is not live"))?;
        let model = ModelRef {
            name: name.to_owned(),
            generation: live,
        };
        documents(store, &model, &mut contents).await?;
        entries(store, &model, &mut contents).await?;
    }
    Ok(contents)
}

async fn documents(store: &dyn ReadStore, model: &ModelRef, contents: &mut Contents) -> Result<()> {
    let mut after: Option<String> = None;
    loop {
        let page = store.walk(model, LANE, after.as_deref(), PAGE).await?;
        let keys: Vec<String> = page.documents.iter().map(|(key, _)| key.clone()).collect();
        let states = store.states(model, LANE, &keys).await?;
        for ((key, document), state) in page.documents.into_iter().zip(states) {
            let name = format!("{} {key}", model.name);
            let mut bytes = document.body.to_vec();
            let rest = format!(" at {}, hidden: {}", document.position, document.hidden);
            bytes.extend_from_slice(rest.as_bytes());
            contents.insert(format!("document {name}"), bytes);
            if let Some(state) = state {
                contents.insert(format!("state {name}"), state.to_vec());
            }
        }
        after = page.next;
        if after.is_none() {
            return Ok(());
        }
    }
}

async fn entries(store: &dyn ReadStore, model: &ModelRef, contents: &mut Contents) -> Result<()> {
    let mut after: Option<IndexEntry> = None;
    loop {
        let page = store.entries(model, after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some(last.clone());
        contents.extend(page.into_iter().map(|entry| {
            let name = format!(
                "entry {} {} {} → {}",
                model.name, entry.index, entry.sort, entry.key
            );
            (name, Vec::new())
        }));
    }
}
