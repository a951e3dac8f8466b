//! What could I mean, while I type?
//!
//! Never looks further than a search box shows.

use accession_search::{EntryKind, Filter};
use accession_service::problem::Problem;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::hits::{FoundTitle, away};
use super::wishes::question;
use crate::answering::Answer;
use crate::asking::Asked;
use crate::described::{AtLeast, NotModified, Problems};
use crate::models::Model;
use crate::reads::Reads;

/// The most that is offered of each.
const MOST: usize = 20;
const USUAL: usize = 8;

/// What is offered.
#[derive(Serialize, ToSchema)]
pub(crate) struct Offered {
    /// Titles, likeliest first.
    titles: Vec<FoundTitle>,
    /// Authors, with most titles first.
    authors: Vec<OfferedAuthor>,
    /// What was meant, if what was typed has typos.
    did_you_mean: Option<String>,
}

/// An author that is offered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct OfferedAuthor {
    /// The name.
    name: String,
    /// How many titles are theirs.
    titles: u64,
}

/// Titles and authors that a search box offers.
#[utoipa::path(get, path = "/api/read/suggest", tag = "search",
    params(("q" = String, Query, description = "what was typed so far, 500 characters at most", max_length = 500),
        ("limit" = Option<usize>, Query, description = "8 unless told, 20 at most", minimum = 1, maximum = 20), AtLeast),
    responses((status = 200, body = Offered), NotModified, Problems))]
pub(super) async fn suggest(State(reads): State<Reads>, asked: Asked) -> Result<Response, Problem> {
    asked.only(&["q", "limit"])?;
    let most = asked.number("limit", 1..=MOST, USUAL)?;
    let typed = question(&asked)?;
    let standing = reads.standing(Model::TitleCard, &asked).await?;
    let (index, reach) = reads.index(&asked).await?;
    let filter = Filter {
        whats: vec![EntryKind::Title],
        ..Filter::default()
    };
    let asking = typed.clone();
    let offered = away(move || index.suggest(&asking, &filter, most)).await?;
    let authors = offered.people.into_iter().map(|person| OfferedAuthor {
        name: person.name,
        titles: person.titles,
    });
    let body = Offered {
        titles: reads.cards(&standing, &offered.titles, &typed).await?,
        authors: authors.collect(),
        did_you_mean: offered.correction,
    };
    Ok(Answer::made(&body, &standing)?
        .not_after(reach.position)
        .respond(&asked))
}
