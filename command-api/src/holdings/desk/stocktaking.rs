//! Stock-takings: begun over a place, told what was scanned, asked to move what was found, and ended.
//!
//! Never moves anything that nobody confirmed.

mod judging;
mod looking_up;
pub mod scanning;
pub mod shelving;

use std::collections::BTreeSet;

use accession_events::holdings::{CopyState, ExpectedThere};
use accession_events::ids::{CopyId, LibraryId, PlaceId, StocktakingId};

use super::{Holdings, HoldingsError};
use crate::holdings::copy::Copy;
use crate::holdings::drafts::{Drafts, Drawn, Plan};
use crate::holdings::stocktaking::{KnownStocktaking, MOST_EXPECTED, StocktakingCommand};
use crate::http::answer::Reply;

/// How many copies are looked at in one question to the log.
const AT_ONCE: usize = 500;

/// Begin a stock-taking.
#[derive(Debug, Clone, Copy)]
pub struct Begin {
    /// Whose it is.
    pub library: LibraryId,
    /// Its id.
    pub stocktaking: StocktakingId,
    /// Over which place.
    pub place: PlaceId,
}

/// Be done with a stock-taking, and tell what is missing.
#[derive(Clone)]
pub struct Close {
    /// Where copies are looked up.
    pub holdings: Holdings,
    /// Whose it is.
    pub library: LibraryId,
    /// Which.
    pub stocktaking: StocktakingId,
    /// The version of it that the caller has seen.
    pub expected: Option<u64>,
}

/// Give a stock-taking up.
#[derive(Debug, Clone, Copy)]
pub struct Abandon {
    /// Whose it is.
    pub library: LibraryId,
    /// Which.
    pub stocktaking: StocktakingId,
    /// The version of it that the caller has seen.
    pub expected: Option<u64>,
}

impl Plan for Begin {
    async fn draw(&self, drafts: &mut Drafts) -> Result<Drawn, HoldingsError> {
        let tree = drafts.tree(self.library).await?;
        tree.place(self.place)?;
        let places = tree.with_all_in_it(self.place);
        drafts.shelves.load(&places).await?;
        let expected: Vec<ExpectedThere> = places
            .into_iter()
            .map(|place_id| ExpectedThere {
                place_id,
                copies: drafts.shelves.of(place_id).order().to_vec(),
            })
            .collect();
        let copies = expected.iter().map(|there| there.copies.len()).sum();
        if copies > MOST_EXPECTED {
            return Err(HoldingsError::TooManyToCount {
                copies,
                most: MOST_EXPECTED,
            });
        }
        let open = StocktakingCommand::Open {
            library_id: self.library,
            place_id: self.place,
            expected,
        };
        drafts.stocktakings.decide(self.stocktaking, &open)?;
        let (library, id) = (self.library, self.stocktaking);
        let location = format!("/api/read/libraries/{library}/stocktakings/{id}");
        Ok(Drawn {
            reply: Reply::created(id, location).with("expected", copies),
            version: Some(drafts.stocktakings.version(id)),
        })
    }
}

impl Plan for Close {
    async fn draw(&self, drafts: &mut Drafts) -> Result<Drawn, HoldingsError> {
        let id = self.stocktaking;
        let known = drafts.stocktaking(self.library, id, self.expected).await?;
        let (unseen, places) = (known.unseen(), places_of(&known));
        drafts.shelves.load(&places).await?;
        let mut there = BTreeSet::new();
        for place in places {
            there.extend(drafts.shelves.of(place).order().iter().copied());
        }
        let unseen: Vec<CopyId> = unseen.into_iter().map(|(_, copy)| copy).collect();
        let standing = unseen.into_iter().filter(|copy| there.contains(copy));
        let missing = self.ought_to_be_there(standing.collect()).await?;
        let reply = Reply::changed(id).with("missing", missing.len());
        let close = StocktakingCommand::Close { missing };
        drafts.stocktakings.decide(id, &close)?;
        Ok(Drawn {
            reply,
            version: Some(drafts.stocktakings.version(id)),
        })
    }
}

impl Close {
    /// Those that are neither out nor known to be elsewhere. They are read as the log has them now; a loan that is made in
    /// this very moment may still be told as missing.
    async fn ought_to_be_there(&self, copies: Vec<CopyId>) -> Result<Vec<CopyId>, HoldingsError> {
        let repository = self.holdings.copies();
        let mut missing = Vec::new();
        for some in copies.chunks(AT_ONCE) {
            let ids: Vec<String> = some.iter().map(ToString::to_string).collect();
            for id in &ids {
                repository.forget(id);
            }
            let loaded = repository.load_many(&ids).await?;
            let with_states = some.iter().zip(loaded);
            missing.extend(
                with_states
                    .filter(|(_, loaded)| ought(&loaded.state))
                    .map(|(copy, _)| *copy),
            );
        }
        Ok(missing)
    }
}

fn ought(copy: &Copy) -> bool {
    copy.known().is_ok_and(|known| {
        known.loan_id.is_none() && matches!(known.state, CopyState::Present | CopyState::Damaged)
    })
}

fn places_of(known: &KnownStocktaking) -> Vec<PlaceId> {
    known.expected.iter().map(|there| there.place_id).collect()
}

impl Plan for Abandon {
    async fn draw(&self, drafts: &mut Drafts) -> Result<Drawn, HoldingsError> {
        let id = self.stocktaking;
        drafts.stocktaking(self.library, id, self.expected).await?;
        drafts
            .stocktakings
            .decide(id, &StocktakingCommand::Abandon)?;
        Ok(Drawn {
            reply: Reply::changed(id),
            version: Some(drafts.stocktakings.version(id)),
        })
    }
}

impl Drafts {
    /// A stock-taking of this library, in the version that the caller has seen.
    async fn stocktaking(
        &mut self,
        library: LibraryId,
        id: StocktakingId,
        expected: Option<u64>,
    ) -> Result<KnownStocktaking, HoldingsError> {
        self.stocktakings.load([id]).await?;
        let known = self.stocktakings.of(id).of(library)?.clone();
        self.stocktakings.seen(id, expected)?;
        Ok(known)
    }
}
