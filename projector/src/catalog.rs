//! Catalog: titles, editions and episodes as readers ask for them, and who says so.
//!
//! Every document shows effective values only; what others say instead stays in the state and in the trail.

mod edition;
mod episode;
mod history;
mod known_edition;
mod known_episode;
mod known_source;
mod known_title;
mod provenance_trail;
mod title_card;
mod title_page;
mod trail_entry;
mod trail_standing;
mod trail_statements;
mod trail_told;
mod written;

pub use edition::{EditionDocument, EditionModel};
pub use episode::{EpisodeDocument, EpisodeModel};
pub use history::{ChangeDocument, FieldChange, HistoryModel};
pub use known_source::VideoSourceView;
pub use known_title::Rating;
pub use provenance_trail::{ProvenanceTrailDocument, ProvenanceTrailModel};
pub use title_card::{TitleCardDocument, TitleCardModel};
pub use title_page::{TitlePageDocument, TitlePageEdition, TitlePageEpisode, TitlePageModel};
pub use trail_entry::{About, StatementKind, TrailEntry, TrailFact};
pub use written::Written;

use accession_events::values::{
    Authority, AuthorityOrder, Fact, FieldStatements, Ledger, Provenance, Said, SourceName,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Who says the value that counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SourceOf {
    /// The source.
    #[schema(value_type = String, example = "goodbooks")]
    pub source: SourceName,
    /// How much its word counts.
    #[schema(value_type = String, example = "primary_provider")]
    pub authority: Authority,
}

/// Who says the value that counts, for each field about which something is said.
pub(crate) fn sources_of<F: Fact>(
    ledger: &Ledger<F>,
    order: AuthorityOrder,
) -> BTreeMap<F::Field, SourceOf> {
    let counting = |field| {
        ledger
            .effective(field, &order)
            .map(|said| (field, said.by()))
    };
    ledger
        .fields()
        .into_iter()
        .filter_map(counting)
        .map(|(field, by)| {
            (
                field,
                SourceOf {
                    source: by.source.clone(),
                    authority: by.authority,
                },
            )
        })
        .collect()
}

/// The fields that a curator pinned, in field order.
pub(crate) fn locked_fields<F: Fact>(ledger: &Ledger<F>) -> Vec<F::Field> {
    let mut locked: Vec<_> = ledger.locked_fields().collect();
    locked.sort_unstable();
    locked
}

/// The facts that count, in field order.
pub(crate) fn effective_facts<F: Fact>(
    ledger: &Ledger<F>,
    order: AuthorityOrder,
) -> impl Iterator<Item = &F> {
    ledger
        .fields()
        .into_iter()
        .filter_map(move |field| ledger.effective(field, &order))
        .map(Said::fact)
}

/// The asserter alone: content hash and import run decide nothing about effective values and would fill the states.
pub(crate) fn asserter(provenance: &Provenance) -> Provenance {
    let mut asserter = Provenance::of(provenance.source.clone(), provenance.authority);
    asserter.record.clone_from(&provenance.record);
    asserter
}

/// Makes exactly this stand about these fields.
pub(crate) fn restore<F: Fact>(ledger: &mut Ledger<F>, fields: &[FieldStatements<F>]) {
    for field in fields {
        ledger.restore(&field.spoken_by(asserter));
    }
}

/// A fold version that also tells by which order of authority values were chosen.
pub(crate) fn version_with_order(version: &str, order: AuthorityOrder) -> String {
    if order == AuthorityOrder::default() {
        return version.to_owned();
    }
    let names: Vec<_> = order
        .strongest_first()
        .iter()
        .map(|authority| authority.as_str())
        .collect();
    format!("{version}+{}", names.join(">"))
}
