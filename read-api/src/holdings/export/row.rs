//! A copy as an export tells it: everything in one row, so that nobody has to look anything up.
//!
//! Never an id where a person would want a name; ids are there besides, for programs.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use accession_events::holdings::{AcquisitionKind, Condition, CopyState, CopyTag};
use accession_events::ids::{AccountId, CopyId, EditionId, TitleId};
use accession_events::values::{Barcode, Isbn, LongText, Money, PersonName, ShortText};
use accession_projector::catalog::EditionDocument;
use accession_projector::holdings::CopyDocument;
use accession_service::problem::Problem;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::borrowers::People;
use crate::holdings::joined::{CopyView, InsideView, Sources};
use crate::reads::Reads;

/// A copy, with all that is known of it.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(in crate::holdings) struct ExportedCopy {
    /// What its title is called; null when the catalogue has not been told to readers yet.
    pub(super) title: Option<String>,
    /// Who wrote it.
    #[schema(value_type = Vec<String>)]
    pub(super) authors: Vec<PersonName>,
    /// The ISBN of its edition, in thirteen digits.
    #[schema(value_type = Option<String>)]
    pub(super) isbn: Option<Isbn>,
    /// The number on it.
    #[schema(value_type = Option<String>)]
    pub(super) barcode: Option<Barcode>,
    /// What the places on the way to it are called, the outermost first; empty when it stands nowhere.
    pub(super) place: Vec<String>,
    /// Its slot there, counted from 1.
    pub(super) slot: Option<usize>,
    /// `present`, `lost`, `damaged` or `withdrawn`.
    #[schema(value_type = String)]
    pub(super) state: CopyState,
    /// `new`, `good`, `fair` or `poor`.
    #[schema(value_type = Option<String>)]
    pub(super) condition: Option<Condition>,
    /// Whether it is out.
    pub(super) lent: bool,
    /// Who has it.
    #[schema(value_type = Option<String>)]
    pub(super) lent_to: Option<PersonName>,
    /// Until when it has to be back.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub(super) due_at: Option<Timestamp>,
    /// The member whose it is.
    #[schema(value_type = Option<String>)]
    pub(super) owner: Option<PersonName>,
    /// On which day it came.
    #[schema(value_type = Option<String>, format = Date)]
    pub(super) acquired_on: Option<Date>,
    /// `purchased`, `gift`, `borrowed` or `other`.
    #[schema(value_type = Option<String>)]
    pub(super) acquired_how: Option<AcquisitionKind>,
    /// From where it came.
    #[schema(value_type = Option<String>)]
    pub(super) acquired_from: Option<ShortText>,
    /// For how much.
    #[schema(value_type = Option<Object>)]
    pub(super) price: Option<Money>,
    /// The library's words for it.
    #[schema(value_type = Vec<String>)]
    pub(super) tags: Arc<[CopyTag]>,
    /// What the library notes about it.
    #[schema(value_type = Option<String>)]
    pub(super) notes: Option<LongText>,
    /// When it was taken in.
    #[schema(value_type = String, format = DateTime)]
    pub(super) added_at: Timestamp,
    /// Its id.
    #[schema(value_type = Option<Uuid>)]
    pub(super) copy_id: Option<CopyId>,
    /// The title's id.
    #[schema(value_type = Option<Uuid>)]
    pub(super) title_id: Option<TitleId>,
    /// The edition's id.
    #[schema(value_type = Option<Uuid>)]
    pub(super) edition_id: Option<EditionId>,
    /// The account whose it is.
    #[schema(value_type = Option<Uuid>)]
    pub(super) owner_id: Option<AccountId>,
}

/// ISBNs of editions.
pub(super) struct Editions(HashMap<EditionId, Isbn>);

impl Editions {
    /// Those of these copies.
    pub(super) async fn of(
        reads: &Reads,
        sources: &Sources,
        copies: &[CopyDocument],
    ) -> Result<Self, Problem> {
        let ids: BTreeSet<EditionId> = copies.iter().filter_map(|copy| copy.edition_id).collect();
        let keys: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let editions: Vec<EditionDocument> = reads.all(&sources.editions, &keys).await?;
        let known = editions
            .into_iter()
            .filter_map(|of| Some((of.id, of.isbn13?)));
        Ok(Self(known.collect()))
    }
}

/// The row of a copy.
pub(super) fn of(copy: CopyView, editions: &Editions, people: &People) -> ExportedCopy {
    let loan = people.loan_of(copy.id);
    let mut row = ExportedCopy {
        isbn: copy.edition_id.and_then(|id| editions.0.get(&id).copied()),
        barcode: copy.barcode,
        state: copy.state,
        condition: copy.condition,
        lent: copy.lent,
        lent_to: loan.and_then(|loan| people.borrower(loan)),
        due_at: loan.map(|loan| loan.due_at),
        tags: copy.tags,
        added_at: copy.added_at,
        copy_id: Some(copy.id),
        edition_id: copy.edition_id,
        ..ExportedCopy::default()
    };
    if let Some(title) = copy.title {
        (row.title, row.authors, row.title_id) = (Some(title.name), title.authors, Some(title.id));
    }
    if let Some(location) = copy.location {
        (row.place, row.slot) = (location.path, location.slot);
    }
    if let Some(inside) = copy.inside {
        tell_inside(&mut row, inside, people);
    }
    row
}

fn tell_inside(row: &mut ExportedCopy, inside: InsideView, people: &People) {
    row.owner = inside.owner.and_then(|owner| people.member(owner));
    row.owner_id = inside.owner;
    row.notes = inside.notes;
    row.acquired_on = inside.acquisition.date;
    row.acquired_how = inside.acquisition.kind;
    row.acquired_from = inside.acquisition.source;
    row.price = inside.acquisition.price;
}
