//! Which titles could be the same work as this one, and why?
//!
//! Never merges, and never says that two are one: a curator reads the reasons and decides.

use accession_events::catalog::TitleKind;
use accession_matching::{Band, Explained, Model as Comparison, Prepared, Record, Thresholds};
use accession_projector::catalog::TitlePageDocument;
use accession_search::{EntryKind, Filter, Likeness};
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::led_on::LedOn;
use crate::answering::Answer;
use crate::asking::{Asked, Segment};
use crate::browsing::away;
use crate::cache::Held;
use crate::described::{AtLeast, NotModified, Problems};
use crate::pages::tag;
use crate::reads::{Reads, unavailable};

/// Titles with names or people in common that are compared, at most.
const COMPARED: usize = 60;
const MOST: usize = 50;
const USUAL: usize = 10;

/// Titles that could be the same work.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PossibleDuplicates {
    /// The likeliest first.
    items: Vec<PossibleDuplicate>,
}

/// One of them.
#[derive(Debug, Serialize, ToSchema)]
struct PossibleDuplicate {
    /// Its id.
    #[schema(value_type = Uuid)]
    id: Uuid,
    /// Its present slug.
    slug: String,
    /// Its name.
    name: String,
    /// Its authors.
    authors: Vec<String>,
    /// Year of its first release.
    year: Option<i16>,
    /// Between 0 and 1.
    score: f32,
    /// `possible`, `likely` or `certain`; `certain` only if no rule asks for a person.
    #[schema(example = "likely")]
    band: &'static str,
    /// What was seen, the weightiest first.
    factors: Vec<DuplicateReason>,
    /// Why a person should look.
    doubts: Vec<&'static str>,
}

/// Something that speaks for or against it.
#[derive(Debug, Serialize, ToSchema)]
struct DuplicateReason {
    /// Stable, for programs.
    name: &'static str,
    /// How much of it was seen, between 0 and 1.
    value: f32,
    /// What it added to the logarithm of the odds; below 0 it spoke against.
    contribution: f32,
    /// In words.
    words: &'static str,
}

/// Titles that could be the same work as a title, compared by names, people, years, lengths and identifiers.
#[utoipa::path(get, path = "/api/read/titles/{id_or_slug}/duplicates", tag = "catalog",
    params(("id_or_slug" = String, Path, description = "the title's id, or any slug it ever had"),
        ("limit" = Option<usize>, Query, minimum = 1, maximum = 50, description = "10 when left out"), AtLeast),
    responses((status = 200, body = PossibleDuplicates), NotModified, LedOn, Problems,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "not a curator")))]
pub(super) async fn duplicates_of_title(
    State(reads): State<Reads>,
    Segment(id_or_slug): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&["limit"])?;
    let most = asked.number("limit", 1..=MOST, USUAL)?;
    let reader = asked.reader();
    let found = match reads.title(&asked, reader, &id_or_slug).await? {
        Ok(found) => found,
        Err(missing) => return Ok(missing),
    };
    let page = read(&found.held)?;
    let (index, reach) = reads.index(&asked).await?;
    let likeness = likeness(&page);
    let filter = Filter {
        whats: vec![EntryKind::Title],
        kinds: vec![page.kind.as_str().to_owned()],
        ..Filter::default()
    };
    let alike = away(move || index.similar(&likeness, &filter, COMPARED)).await?;
    let ids = alike.hits.iter().map(|hit| Uuid::from_u128(hit.id));
    let keys: Vec<String> = ids.map(|id| id.to_string()).collect();
    let held = reads.hot().documents(&found.standing, &keys).await;
    let held = held.map_err(|trouble| unavailable(&trouble))?;
    let mut shown: Vec<_> = (held.into_iter().flatten())
        .filter(|held| !held.hidden)
        .collect();
    let others = shown.iter().map(|held| read(held));
    let others: Vec<TitlePageDocument> = others.collect::<Result<_, _>>()?;
    let body = serde_json::to_vec(&PossibleDuplicates {
        items: compared(&page, &others, most),
    });
    let body = body.map_err(|error| {
        tracing::error!(%error, "an answer cannot be written");
        Problem::internal()
    })?;
    shown.push(found.held.clone());
    let answer = Answer::new(
        body.into(),
        tag(&found.standing, &shown, false),
        &found.standing,
    )
    .not_after(reach.position);
    Ok(answer.private(reader.known).respond(&asked))
}

fn read(held: &Held) -> Result<TitlePageDocument, Problem> {
    serde_json::from_slice(&held.body).map_err(|error| {
        tracing::error!(%error, "a document cannot be read back; rebuild its read model");
        Problem::internal()
    })
}

/// Names and people: what two descriptions of one work are likely to share.
fn likeness(page: &TitlePageDocument) -> Likeness {
    let record = record(page);
    Likeness {
        id: page.id.as_uuid().as_u128(),
        texts: record.titles,
        people: record.creators,
        ..Likeness::default()
    }
}

/// Those that could be the same work, the likeliest first.
fn compared(
    page: &TitlePageDocument,
    others: &[TitlePageDocument],
    most: usize,
) -> Vec<PossibleDuplicate> {
    let model = Comparison::standard(Thresholds::default());
    let own = Prepared::of(&record(page));
    let explained = others
        .iter()
        .filter(|other| other.kind == page.kind)
        .map(|other| {
            let explained = model.explain(&own, &Prepared::of(&record(other)));
            (other, explained)
        });
    let mut found: Vec<PossibleDuplicate> = explained
        .filter_map(|(other, explained)| possible(other, &explained))
        .collect();
    found.sort_by(|one, two| two.score.total_cmp(&one.score).then(one.id.cmp(&two.id)));
    found.truncate(most);
    found
}

fn possible(page: &TitlePageDocument, explained: &Explained) -> Option<PossibleDuplicate> {
    let band = match explained.compared.band {
        Band::Different => return None,
        Band::Possible => "possible",
        Band::Likely => "likely",
        Band::Certain => "certain",
    };
    let reason = |factor: &accession_matching::Factor| DuplicateReason {
        name: factor.name,
        value: factor.value,
        contribution: factor.contribution,
        words: factor.words,
    };
    Some(PossibleDuplicate {
        id: page.id.as_uuid(),
        slug: page.slug.clone(),
        name: page.name.clone(),
        authors: page
            .authors
            .iter()
            .map(|name| name.as_str().to_owned())
            .collect(),
        year: page.year.and_then(|year| year.to_string().parse().ok()),
        score: explained.compared.score,
        band,
        factors: explained.factors.iter().map(reason).collect(),
        doubts: explained.doubts.iter().map(|doubt| doubt.words()).collect(),
    })
}

/// A page as it is compared; length and publisher are an edition's, so only those of a book's first one are known.
fn record(page: &TitlePageDocument) -> Record {
    let others = page.original_name.iter().chain(&page.alternative_names);
    let others = others.map(|name| name.as_str().to_owned());
    let first = page
        .editions
        .first()
        .filter(|_| page.kind == TitleKind::Book);
    let isbns = page
        .editions
        .iter()
        .filter_map(|edition| edition.isbn13.as_ref());
    Record {
        titles: std::iter::once(page.name.clone()).chain(others).collect(),
        creators: page
            .authors
            .iter()
            .map(|name| name.as_str().to_owned())
            .collect(),
        year: page.year.and_then(|year| year.to_string().parse().ok()),
        extent: first.and_then(|edition| edition.page_count),
        publisher: first.and_then(|edition| Some(edition.publisher.as_ref()?.as_str().to_owned())),
        language: page.language.as_ref().map(|tag| tag.as_str().to_owned()),
        isbns: isbns.map(ToString::to_string).collect(),
        ..Record::default()
    }
}
