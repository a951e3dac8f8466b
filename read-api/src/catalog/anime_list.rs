//! Which series and films are there? For clients of an older anime catalogue: a bare array, paged by offset.
//!
//! Never as good as `/api/read/titles`: an offset moves when titles come in between.

use accession_read_store::IndexRange;
use accession_service::problem::Problem;
use axum::extract::State;
use axum::response::Response;
use bytes::{Bytes, BytesMut};

use super::anime::{AnimeCard, card_of};
use crate::answering::Answer;
use crate::asking::Asked;
use crate::cache::Shape;
use crate::described::{AtLeast, NotModified, Problems};
use crate::models::Model;
use crate::pages::{put_array, tag};
use crate::reads::Reads;

const LONGEST: usize = 100;
const USUAL: usize = 20;
/// The store has to walk over what is skipped: further back, the list with cursors is the way.
const FURTHEST: usize = 20_000;

/// Series and films, the newest first.
#[utoipa::path(get, path = "/api/read/anime", tag = "catalog",
    params(("skip" = Option<usize>, Query, maximum = 20000, description = "how many to pass over; 0 when left out"),
        ("limit" = Option<usize>, Query, minimum = 1, maximum = 100, description = "20 when left out"), AtLeast),
    responses((status = 200, body = Vec<AnimeCard>), NotModified, Problems))]
pub(super) async fn anime_list(
    State(reads): State<Reads>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&["skip", "limit"])?;
    let range = IndexRange {
        index: "video:newest".to_owned(),
        prefix: String::new(),
        after: None,
        descending: true,
        skip: asked.number("skip", 0..=FURTHEST, 0)?,
        limit: asked.number("limit", 1..=LONGEST, USUAL)?,
    };
    let standing = reads.standing(Model::TitleCard, &asked).await?;
    let entries = reads.entries(&standing, &range).await?;
    let shown = reads.shown(&standing, &entries).await?;
    let cards: Vec<Bytes> = shown
        .iter()
        .filter_map(|held| reads.hot().shape(Shape::AnimeCard, held, card_of))
        .map(|card| card.body().clone())
        .collect();
    let mut body =
        BytesMut::with_capacity(cards.iter().map(|card| card.len() + 1).sum::<usize>() + 2);
    put_array(&mut body, cards.iter().map(|card| &card[..]));
    let answer = Answer::new(body.freeze(), tag(&standing, &shown, false), &standing);
    Ok(answer.respond(&asked))
}
