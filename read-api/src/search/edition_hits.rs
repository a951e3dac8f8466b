//! Editions that are found, each with its title.
//!
//! Never an edition that a curator took away, nor one whose title everyone may not see.

use std::collections::HashMap;
use std::sync::Arc;

use accession_events::values::{ShortText, TitleName};
use accession_projector::catalog::{EditionDocument, TitleCardDocument};
use accession_search::{Hit, Question};
use accession_service::problem::Problem;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::hits::{keys_of, parts, raw};
use crate::cache::{Held, Standing};
use crate::reads::{Reads, unavailable};

/// An edition that was found.
#[derive(Serialize, ToSchema)]
pub(super) struct FoundEdition {
    /// The edition.
    #[schema(value_type = EditionDocument)]
    edition: Box<RawValue>,
    /// The card of its title.
    #[schema(value_type = TitleCardDocument)]
    title: Box<RawValue>,
    /// The parts of them that fit what was typed.
    highlights: EditionHighlights,
}

/// Parts of texts, as pairs of begin and end in characters.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct EditionHighlights {
    /// In the edition's own name.
    name: Vec<[usize; 2]>,
    /// In its publisher.
    publisher: Vec<[usize; 2]>,
    /// In the name of its title.
    title: Vec<[usize; 2]>,
}

impl Reads {
    /// The editions of hits with their titles, in the order of the hits. `standings` are of editions and of title cards.
    pub(super) async fn editions(
        &self,
        [editions, titles]: [&Standing; 2],
        hits: &[Hit],
        question: &Question,
    ) -> Result<Vec<FoundEdition>, Problem> {
        let held = self.hot().documents(editions, &keys_of(hits)).await;
        let held = held.map_err(|trouble| unavailable(&trouble))?;
        let found: Vec<Arc<Held>> = held
            .into_iter()
            .flatten()
            .filter(|held| !held.hidden)
            .collect();
        let of = found.iter().filter_map(|held| held.title_id.as_deref());
        let mut keys: Vec<String> = of.map(str::to_owned).collect();
        keys.sort_unstable();
        keys.dedup();
        let cards = self.hot().documents(titles, &keys).await;
        let cards = cards.map_err(|trouble| unavailable(&trouble))?.into_iter();
        let cards: HashMap<String, Arc<Held>> = cards
            .flatten()
            .filter(|card| !card.hidden)
            .map(|card| (card.key.to_string(), card))
            .collect();
        let shown = found.iter().filter_map(|held| {
            let card = cards.get(held.title_id.as_deref()?)?;
            found_edition(held, card, question)
        });
        Ok(shown.collect())
    }
}

fn found_edition(held: &Held, card: &Held, question: &Question) -> Option<FoundEdition> {
    let edition: EditionDocument = serde_json::from_slice(&held.body).ok()?;
    let title: TitleCardDocument = serde_json::from_slice(&card.body).ok()?;
    let marked = |text: Option<&str>| text.map_or_else(Vec::new, |text| parts(text, question));
    Some(FoundEdition {
        highlights: EditionHighlights {
            name: marked(edition.name.as_ref().map(TitleName::as_str)),
            publisher: marked(edition.publisher.as_ref().map(ShortText::as_str)),
            title: marked(Some(&title.name)),
        },
        edition: raw(held)?,
        title: raw(card)?,
    })
}
