//! `PUT /api/v1/titles/{id}/slug`: give a title another slug.
//!
//! The former slug keeps leading here for ever.

use accession_event_log::Repository;
use accession_events::ids::TitleId;
use accession_events::values::Slug;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::catalog::http::refusals::unreadable;
use crate::catalog::reading::Unreadable;
use crate::catalog::title::change_slug::ChangeSlug;
use crate::catalog::title::{Title, TitleCommand};
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::Body;
use crate::http::call::CuratorCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::{Subject, carry_out};
use crate::http::paths::Id;

/// A slug.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSlug {
    /// Lowercase words joined by hyphens.
    #[schema(example = "emma-1815")]
    slug: String,
}

/// Give a title another slug; the former one keeps leading to it.
#[utoipa::path(put, path = "/api/v1/titles/{id}/slug", tag = "catalog", params(("id" = String, Path), Conditions),
    request_body = NewSlug,
    responses((status = 200, description = "It has this slug.", body = Changed), CommandProblems))]
pub(super) async fn change_slug(
    CuratorCall(call): CuratorCall,
    Id(id): Id<TitleId>,
    State(titles): State<Repository<Title>>,
    Body { value, digest }: Body<NewSlug>,
) -> Result<Answer, Problem> {
    let id = id.to_string();
    let slug = Slug::parse(&value.slug)
        .map_err(|error| unreadable(vec![Unreadable::from(error).of("slug")]))?;
    let reply = Reply::changed(&id).with("slug", slug.as_str());
    let command = TitleCommand::ChangeSlug(ChangeSlug { slug });
    carry_out(
        &titles,
        Subject::Existing(&id),
        &call,
        &digest,
        &command,
        reply,
    )
    .await
}
