//! `PATCH /api/v1/episodes/{id}`: say something about an episode, and give it another number.
//!
//! Both parts or none; a field that is left out stays as it was said.

use accession_event_log::Repository;
use accession_events::catalog::EpisodeField;
use accession_events::ids::EpisodeId;
use accession_events::values::Provenance;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::catalog::episode::assert_facts::AssertFacts;
use crate::catalog::episode::renumber::Renumber;
use crate::catalog::episode::{EditEpisode, Episode, EpisodeCommand};
use crate::catalog::http::refusals::unreadable;
use crate::catalog::reading::{Fault, Reading, episode};
use crate::http::answer::{Answer, Changed};
use crate::http::body::{Body, present};
use crate::http::call::CuratorCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::change;
use crate::http::paths::Id;

/// What is said about an episode. A field that is left out stands; null takes your own word back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(
    clippy::option_option,
    reason = "left out, null and a value are three different things in a change"
)]
pub(super) struct EpisodeChanges {
    /// Its number under its title.
    #[serde(default)]
    number: Option<u32>,
    /// Its own name.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    name: Option<Option<String>>,
    /// Whether it can be watched at all.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<bool>)]
    is_available: Option<Option<bool>>,
}

impl EpisodeChanges {
    fn read(&self, by: Provenance) -> Result<EditEpisode, Vec<Fault>> {
        let mut reading = Reading::default();
        reading.change("name", EpisodeField::Name, self.name.as_ref(), |text| {
            episode::name(text)
        });
        reading.change(
            "is_available",
            EpisodeField::Available,
            self.is_available.as_ref(),
            |available| episode::is_available(*available),
        );
        let (facts, withdrawn) = reading.done()?;
        let renumber = self.number.map(|number| Renumber { number });
        Ok(EditEpisode {
            renumber,
            facts: AssertFacts {
                by,
                facts,
                withdrawn,
            },
        })
    }
}

/// Say something about an episode, take your own word back, or give it another number.
#[utoipa::path(patch, path = "/api/v1/episodes/{id}", tag = "catalog", params(("id" = String, Path), Conditions),
    request_body = EpisodeChanges,
    responses((status = 200, description = "It is so.", body = Changed), CommandProblems))]
pub(super) async fn edit_episode(
    CuratorCall(call): CuratorCall,
    Id(id): Id<EpisodeId>,
    State(episodes): State<Repository<Episode>>,
    Body { value, digest }: Body<EpisodeChanges>,
) -> Result<Answer, Problem> {
    let command = EpisodeCommand::Edit(value.read(call.curator()?).map_err(unreadable)?);
    change(&episodes, id, &call, &digest, &command).await
}
