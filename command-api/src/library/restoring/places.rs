//! The places of a file, set up in its order: each comes behind those that are there.
//!
//! Never one by one: hundreds are one step, and a step that was taken before sets nothing up.

// tidy: allow wall because a library is kept as a whole: its places, its copies, what they are copies of, and who has them

use accession_events::ids::LibraryId;
use accession_service::problem::Problem;

use super::going::Going;
use crate::holdings::desk::HoldingsError;
use crate::holdings::drafts::{Drafts, Drawn, Plan, carry_out_part};
use crate::holdings::places::add_place::AddPlace;
use crate::holdings::places::{PlacesCommand, PlacesError};
use crate::http::answer::Reply;

struct SetUp {
    library: LibraryId,
    places: Vec<AddPlace>,
}

impl Plan for SetUp {
    async fn draw(&self, drafts: &mut Drafts) -> Result<Drawn, HoldingsError> {
        drafts.places.load([self.library]).await?;
        for place in &self.places {
            let command = PlacesCommand::Add(place.clone());
            match drafts.places.decide(self.library, &command) {
                Ok(_) | Err(PlacesError::AlreadyAdded(_)) => {}
                Err(refusal) => return Err(refusal.into()),
            }
        }
        Ok(Drawn {
            reply: Reply::changed(self.library),
            version: None,
        })
    }
}

impl Going<'_> {
    /// Sets up the places that wait for it.
    pub(super) async fn set_up_places(&mut self) -> Result<(), Problem> {
        if self.places.is_empty() {
            return Ok(());
        }
        let lines = std::mem::take(&mut self.places);
        let ids = self.ids;
        let set_up = SetUp {
            library: ids.library(),
            places: lines
                .into_iter()
                .map(|(_, place)| AddPlace {
                    place_id: ids.place(place.id),
                    kind: place.kind,
                    name: place.name,
                    under: place.under.map(|under| ids.place(under)),
                    at: None,
                    description: place.description,
                    photo: place.photo,
                })
                .collect(),
        };
        carry_out_part(&self.to.holdings, &self.asked.metadata, &set_up).await?;
        self.report.restored.places += set_up.places.len() as u64;
        Ok(())
    }
}
