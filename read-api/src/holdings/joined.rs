//! Copies with their titles: what a list shows of each, in as few looks into the store as there are kinds of documents.
//!
//! Never shows patrons and children how a copy came, whose it is, or what is noted about it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use accession_events::holdings::{Acquisition, Condition, CopyState, CopyTag};
use accession_events::ids::{AccountId, CopyId, EditionId, LoanId, PlaceId, TitleId};
use accession_events::values::{Barcode, LongText, PersonName, WebUrl};
use accession_projector::catalog::{EditionDocument, TitleCardDocument};
use accession_projector::holdings::{CopyDocument, PlacesDocument, ShelfDocument};
use accession_service::access::MemberRole;
use accession_service::problem::Problem;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::filter::Filter;
use crate::asking::Asked;
use crate::cache::Standing;
use crate::models::Model;
use crate::reads::Reads;
use crate::visiting::Visit;

/// What a copy is a copy of.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct TitleOfCopy {
    /// The title's id.
    #[schema(value_type = Uuid)]
    pub(super) id: TitleId,
    /// Its readable address.
    pub(super) slug: String,
    /// What it is called.
    pub(crate) name: String,
    /// Authors, in order.
    #[schema(value_type = Vec<String>)]
    pub(crate) authors: Vec<PersonName>,
    /// Address of a cover: the edition's, else the title's.
    #[schema(value_type = Option<String>)]
    pub(super) cover: Option<WebUrl>,
}

/// Where a copy stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Location {
    /// The place.
    #[schema(value_type = Uuid)]
    pub(super) place_id: PlaceId,
    /// Its slot there, counted from 1.
    pub(super) slot: Option<usize>,
    /// What the places on the way to it are called, the outermost first.
    pub(super) path: Vec<String>,
}

/// A copy as lists show it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CopyView {
    /// Its id.
    #[schema(value_type = Uuid)]
    pub(super) id: CopyId,
    /// What it is a copy of; null when the catalogue has not been told to readers yet.
    pub(crate) title: Option<TitleOfCopy>,
    /// Which edition, as far as that is known.
    #[schema(value_type = Option<Uuid>)]
    pub(super) edition_id: Option<EditionId>,
    /// The number on it.
    #[schema(value_type = Option<String>)]
    pub(super) barcode: Option<Barcode>,
    /// `new`, `good`, `fair` or `poor`.
    #[schema(value_type = Option<String>)]
    pub(super) condition: Option<Condition>,
    /// `present`, `lost`, `damaged` or `withdrawn`.
    #[schema(value_type = String)]
    pub(super) state: CopyState,
    /// Whether it is out.
    pub(super) lent: bool,
    /// Where it stands; null for nowhere.
    pub(super) location: Option<Location>,
    /// The library's words for it.
    #[schema(value_type = Vec<String>)]
    pub(super) tags: Arc<[CopyTag]>,
    /// What is for those who see everything of the library.
    #[serde(flatten)]
    pub(super) inside: Option<InsideView>,
    /// Version of the copy, for `If-Match`.
    pub(super) version: u64,
    /// When it was taken in.
    #[schema(value_type = String, format = DateTime)]
    pub(super) added_at: Timestamp,
    /// When it last changed.
    #[schema(value_type = String, format = DateTime)]
    pub(super) updated_at: Timestamp,
}

/// What viewers, editors and admins see besides.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct InsideView {
    /// How it came to the library.
    #[schema(value_type = Object)]
    pub(super) acquisition: Acquisition,
    /// The member whose it is.
    #[schema(value_type = Option<Uuid>)]
    pub(super) owner: Option<AccountId>,
    /// What the library notes about it.
    #[schema(value_type = Option<String>)]
    pub(super) notes: Option<LongText>,
    /// The loan on which it is out.
    #[schema(value_type = Option<Uuid>)]
    pub(super) loan_id: Option<LoanId>,
}

/// Where the models stand that copies are joined from.
pub(crate) struct Sources {
    pub(crate) copies: Arc<Standing>,
    pub(super) shelves: Arc<Standing>,
    pub(super) places: Arc<Standing>,
    pub(super) cards: Arc<Standing>,
    pub(super) editions: Arc<Standing>,
}

impl Sources {
    pub(crate) async fn of(reads: &Reads, asked: &Asked) -> Result<Self, Problem> {
        let models = [
            Model::Copy,
            Model::Shelf,
            Model::Places,
            Model::TitleCard,
            Model::Edition,
        ];
        let [copies, shelves, places, cards, editions] = reads.standings(models, asked).await?;
        Ok(Self {
            copies,
            shelves,
            places,
            cards,
            editions,
        })
    }

    /// All of them, for the position of an answer.
    pub(crate) fn all(&self) -> [Arc<Standing>; 5] {
        [
            &self.copies,
            &self.shelves,
            &self.places,
            &self.cards,
            &self.editions,
        ]
        .map(Arc::clone)
    }

    /// The library's places.
    pub(crate) async fn tree(
        &self,
        reads: &Reads,
        visit: &Visit,
    ) -> Result<Option<PlacesDocument>, Problem> {
        reads.one(&self.places, &visit.library.to_string()).await
    }

    /// What these copies are copies of, by the id of the title under which each was entered.
    pub(super) async fn titles(
        &self,
        reads: &Reads,
        copies: &[CopyDocument],
    ) -> Result<HashMap<TitleId, TitleCardDocument>, Problem> {
        let titles = copies.iter().map(|copy| copy.title_id);
        reads.standing_cards(&self.cards, titles).await
    }

    /// A question about the copies of a title as one about all that were merged into it, too.
    pub(super) async fn of_one_work(
        &self,
        reads: &Reads,
        filter: Filter,
    ) -> Result<Filter, Problem> {
        let Some(title) = filter.title_id() else {
            return Ok(filter);
        };
        let cards = reads.standing_cards(&self.cards, [title]).await?;
        Ok(filter.of_one_work(cards.get(&title)))
    }

    /// These copies of the library as lists show them.
    pub(crate) async fn shown(
        &self,
        reads: &Reads,
        visit: &Visit,
        tree: Option<&PlacesDocument>,
        copies: Vec<CopyDocument>,
    ) -> Result<Vec<CopyView>, Problem> {
        let titles = self.titles(reads, &copies).await?;
        let covers = self.covers(reads, &copies).await?;
        let places: BTreeSet<String> = copies
            .iter()
            .filter_map(|copy| Some(copy.place_id?.to_string()))
            .collect();
        let places: Vec<String> = places.into_iter().collect();
        let shelves: Vec<ShelfDocument> = reads.all(&self.shelves, &places).await?;
        let shelves: HashMap<PlaceId, ShelfDocument> = shelves
            .into_iter()
            .map(|shelf| (shelf.place_id, shelf))
            .collect();
        let inside = visit.membership.of_rank(MemberRole::Viewer).is_ok();
        let views = copies.into_iter().map(|copy| {
            let title = titles.get(&copy.title_id).map(|card| TitleOfCopy {
                id: card.id,
                slug: card.slug.clone(),
                name: card.name.clone(),
                authors: card.authors.clone(),
                cover: copy
                    .edition_id
                    .and_then(|edition| covers.get(&edition).cloned())
                    .or_else(|| card.poster.clone()),
            });
            let location = copy
                .place_id
                .map(|place| located(copy.id, place, tree, shelves.get(&place)));
            view(copy, title, location, inside)
        });
        Ok(views.collect())
    }

    async fn covers(
        &self,
        reads: &Reads,
        copies: &[CopyDocument],
    ) -> Result<HashMap<EditionId, WebUrl>, Problem> {
        let keys: BTreeSet<String> = copies
            .iter()
            .filter_map(|copy| Some(copy.edition_id?.to_string()))
            .collect();
        let keys: Vec<String> = keys.into_iter().collect();
        let editions: Vec<EditionDocument> = reads.all(&self.editions, &keys).await?;
        let covers = editions.into_iter();
        Ok(covers
            .filter_map(|edition| Some((edition.id, edition.cover?)))
            .collect())
    }
}

fn located(
    copy: CopyId,
    place_id: PlaceId,
    tree: Option<&PlacesDocument>,
    shelf: Option<&ShelfDocument>,
) -> Location {
    let path = tree.map(|tree| tree.path(place_id)).unwrap_or_default();
    let at = shelf.and_then(|shelf| shelf.copies.iter().position(|there| *there == copy));
    Location {
        place_id,
        slot: at.map(|at| at + 1),
        path: path.iter().map(|place| place.name.to_string()).collect(),
    }
}

fn view(
    copy: CopyDocument,
    title: Option<TitleOfCopy>,
    location: Option<Location>,
    inside: bool,
) -> CopyView {
    CopyView {
        id: copy.id,
        title,
        edition_id: copy.edition_id,
        barcode: copy.barcode,
        condition: copy.condition,
        state: copy.state,
        lent: copy.loan_id.is_some(),
        location,
        tags: copy.tags,
        inside: inside.then_some(InsideView {
            acquisition: copy.acquisition,
            owner: copy.owner,
            notes: copy.notes,
            loan_id: copy.loan_id,
        }),
        version: copy.version,
        added_at: copy.added_at,
        updated_at: copy.updated_at,
    }
}
