//! A copy comes into the library, and perhaps at once onto a shelf.
//!
//! Never a second copy of a title unawares: who takes one in all the same has said so.

use accession_events::holdings::{CopyDetail, HeldEvent};
use accession_events::ids::{CopyId, LibraryId, PlaceId, TitleId};
use serde_json::{Value, json};

use super::HoldingsError;
use super::moving::{Destination, Found};
use crate::holdings::copy::CopyCommand;
use crate::holdings::copy::add_copy::AddCopy;
use crate::holdings::drafts::{Drafts, Drawn, Plan};
use crate::holdings::held::HeldCommand;
use crate::http::answer::Reply;

/// Take a copy in.
#[derive(Debug, Clone)]
pub struct Enter {
    /// Whose it is.
    pub library: LibraryId,
    /// Its id.
    pub copy: CopyId,
    /// What it is a copy of.
    pub title: TitleId,
    /// The titles for which that one stands: a copy of one of them is a copy of the same work.
    pub stands_for: Vec<TitleId>,
    /// What is said of it.
    pub details: Vec<CopyDetail>,
    /// Where it is to stand; none for nowhere.
    pub to: Option<Destination>,
    /// Whether it is welcome also when the library has one like it.
    pub welcome_twice: bool,
    /// What the library has that may be the same, to be told.
    pub resembles: Vec<Resembles>,
}

/// A copy that the library has, of a title that may be the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Resembles {
    /// The copy.
    pub copy: CopyId,
    /// Of which title.
    pub title: TitleId,
    /// What that is called.
    pub name: String,
    /// How alike they are, from 0 to 1.
    pub likeness: f64,
}

impl Plan for Enter {
    async fn draw(&self, drafts: &mut Drafts) -> Result<Drawn, HoldingsError> {
        let besides = drafts
            .already_held(self.library, self.title, &self.stands_for)
            .await?;
        if let Some(copy) = besides
            && !self.welcome_twice
        {
            return Err(drafts.duplicate(self, copy).await?);
        }
        if let Some(to) = self.to {
            drafts.tree(self.library).await?.place(to.place)?;
        }
        let add = CopyCommand::Add(AddCopy {
            library_id: self.library,
            title_id: self.title,
            details: self.details.clone(),
            besides,
        });
        let copy = self.copy;
        let refused = |refusal| HoldingsError::Copy { copy, refusal };
        drafts.copies.decide(copy, &add).map_err(refused)?;
        drafts.list(self.library, self.title, copy, true).await?;
        if self.to.is_some() {
            let found = Found { copy, stands: None };
            drafts.relocate(self.library, &[found], self.to).await?;
        }
        let location = format!("/api/read/libraries/{}/copies/{copy}", self.library);
        let reply = Reply::created(copy, location).with("title_id", self.title.to_string());
        Ok(Drawn {
            reply: if self.resembles.is_empty() {
                reply
            } else {
                reply.with("resembles", told(&self.resembles))
            },
            version: Some(drafts.copies.version(copy)),
        })
    }
}

impl Drafts {
    /// The first copy of this title that the library lists, or of one for which it stands.
    async fn already_held(
        &mut self,
        library: LibraryId,
        title: TitleId,
        stands_for: &[TitleId],
    ) -> Result<Option<CopyId>, HoldingsError> {
        let same_work = std::iter::once(&title).chain(stands_for);
        let ids: Vec<String> = same_work
            .map(|title| HeldEvent::stream_id(library, *title))
            .collect();
        self.held.load(&ids).await?;
        let first = |id| self.held.of(id).copies().first().copied();
        Ok(ids.iter().find_map(first))
    }

    /// Notes that the library lists this copy, or does no longer.
    pub(super) async fn list(
        &mut self,
        library_id: LibraryId,
        title_id: TitleId,
        copy_id: CopyId,
        listed: bool,
    ) -> Result<(), HoldingsError> {
        let id = HeldEvent::stream_id(library_id, title_id);
        self.held.load([&id]).await?;
        let command = HeldCommand {
            library_id,
            title_id,
            copy_id,
            listed,
        };
        match self.held.decide(&id, &command) {
            Ok(_) => Ok(()),
            Err(never) => match never {},
        }
    }

    /// Says which copy is like it, and where that one stands.
    async fn duplicate(
        &mut self,
        enter: &Enter,
        copy: CopyId,
    ) -> Result<HoldingsError, HoldingsError> {
        let (place, path) = self.where_it_stands(enter.library, copy).await?;
        let edition = enter.details.iter().find_map(|detail| match detail {
            CopyDetail::Edition(edition) => *edition,
            _ => None,
        });
        let of = self.copies.of(copy).known().ok();
        let of = of.and_then(|known| known.edition_id);
        Ok(HoldingsError::Duplicate {
            copy,
            place,
            path,
            known_by: if edition.is_some() && edition == of {
                "isbn_match"
            } else {
                "title_author_match"
            },
        })
    }

    /// The same of a copy of a title that is as good as certainly the same.
    pub(in crate::holdings) async fn lookalike(
        &mut self,
        library: LibraryId,
        like: &Resembles,
    ) -> Result<HoldingsError, HoldingsError> {
        let (place, path) = self.where_it_stands(library, like.copy).await?;
        Ok(HoldingsError::LooksTheSame {
            copy: like.copy,
            place,
            path,
            name: like.name.clone(),
            likeness: like.likeness,
        })
    }

    async fn where_it_stands(
        &mut self,
        library: LibraryId,
        copy: CopyId,
    ) -> Result<(Option<PlaceId>, Option<String>), HoldingsError> {
        self.copies.load([copy]).await?;
        let known = self.copies.of(copy).known().ok();
        let place = known.and_then(|copy| copy.place_id);
        let tree = self.tree(library).await?;
        let path = place.map(|place| tree.path(place).join(" › "));
        Ok((place, path))
    }
}

fn told(resembles: &[Resembles]) -> Vec<Value> {
    let told = resembles.iter().map(|like| {
        json!({
            "copy_id": like.copy,
            "title_id": like.title,
            "title": like.name,
            "likeness": hundredths(like.likeness),
        })
    });
    told.collect()
}

/// As it is told: nobody is helped by more digits.
fn hundredths(likeness: f64) -> f64 {
    (likeness * 100.0).round() / 100.0
}
