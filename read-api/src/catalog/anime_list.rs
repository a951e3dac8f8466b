//! Which series and films are there? For clients of an older anime catalogue: a bare array, paged by offset.
//!
//! Never as good as `/api/read/titles`: an offset moves when titles come in between.

use std::sync::Arc;

use accession_read_store::IndexRange;
use accession_service::problem::Problem;
use axum::extract::State;
use axum::response::Response;
use bytes::{Bytes, BytesMut};

use super::anime::{AnimeCard, card_of};
use crate::answering::Answer;
use crate::asking::Asked;
use crate::browsing::{Browse, FILTERS, Part};
use crate::cache::{Held, Shape, Standing};
use crate::described::{AtLeast, NotModified, Problems};
use crate::models::Model;
use crate::pages::{put_array, tag};
use crate::reads::Reads;

const LONGEST: usize = 100;
const USUAL: usize = 20;
/// The store has to walk over what is skipped: further back, the list with cursors is the way.
const FURTHEST: usize = 20_000;

/// What counts as one here.
const KINDS: [&str; 2] = ["series", "film"];

/// Series and films, the newest first unless told otherwise, and only those that the filters name.
#[utoipa::path(get, path = "/api/read/anime", tag = "catalog",
    params(("skip" = Option<usize>, Query, maximum = 20000, description = "how many to pass over; 0 when left out"),
        ("limit" = Option<usize>, Query, minimum = 1, maximum = 100, description = "20 when left out"),
        ("year" = Option<String>, Query, description = "years, or spans as in `1980..1990`, with commas"),
        ("status" = Option<String>, Query, description = "`ongoing`, `completed`, `upcoming`, with commas"),
        ("genre" = Option<String>, Query, description = "genres, case and accents as you like, with commas"),
        ("kind" = Option<String>, Query, description = "`series` or `film`; both when left out"),
        ("language" = Option<String>, Query, description = "language tags, with commas; `en` finds `en-GB`, too"),
        ("author" = Option<String>, Query, description = "whole names, case and accents as you like, with commas"),
        ("sort" = Option<String>, Query, description = "as for `/api/read/titles`"), AtLeast),
    responses((status = 200, body = Vec<AnimeCard>), NotModified, Problems))]
pub(super) async fn anime_list(
    State(reads): State<Reads>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only_or_many(&["skip", "limit", "sort"], &FILTERS)?;
    let browse = Browse::asked(&asked, &KINDS)?;
    let part = Part {
        skip: asked.number("skip", 0..=FURTHEST, 0)?,
        limit: asked.number("limit", 1..=LONGEST, USUAL)?,
        after: None,
    };
    let standing = reads.standing(Model::TitleCard, &asked).await?;
    if let Some(list) = browse.stored("video") {
        let range = IndexRange {
            index: list.index,
            prefix: String::new(),
            after: None,
            descending: list.descending,
            skip: part.skip,
            limit: part.limit,
        };
        let entries = reads.entries(&standing, &range).await?;
        let shown = reads.shown(&standing, &entries).await?;
        return Ok(array(&reads, &standing, &shown).respond(&asked));
    }
    let browse = browse.within(&KINDS);
    let browsed = reads.browse(&asked, &standing, browse, part).await?;
    let answer = array(&reads, &standing, &browsed.shown).not_after(browsed.position);
    Ok(answer.respond(&asked))
}

fn array(reads: &Reads, standing: &Standing, shown: &[Arc<Held>]) -> Answer {
    let cards: Vec<Bytes> = shown
        .iter()
        .filter_map(|held| reads.hot().shape(Shape::AnimeCard, held, card_of))
        .map(|card| card.body().clone())
        .collect();
    let mut body =
        BytesMut::with_capacity(cards.iter().map(|card| card.len() + 1).sum::<usize>() + 2);
    put_array(&mut body, cards.iter().map(|card| &card[..]));
    Answer::new(body.freeze(), tag(standing, shown, false), standing)
}
