//! Labels to print: for the copies that are named or that stand at a place, or for places themselves.
//!
//! For editors and admins. Never more than a bounded number, and nothing on them but what everybody may see who takes the book in hand.

mod printing;

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use accession_events::ids::{CopyId, PlaceId};
use accession_labels::{Label, LabelError, Sheet, Symbol};
use accession_projector::library::LibraryDocument;
use accession_service::access::MemberRole;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use http::HeaderValue;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};

use super::joined::Sources;
use crate::answering::Answer;
use crate::asking::{Asked, Segment, bad, excerpt};
use crate::cache::Standing;
use crate::described::{AtLeast, NotModified, Problems};
use crate::models::Model;
use crate::reads::Reads;
use printing::Printing;

/// The most ids that are named in an address.
const MOST_NAMED: usize = 200;
const NAMES: [&str; 7] = [
    "code", "copies", "format", "place", "places", "sheet", "start",
];

/// Which labels, and how.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by the description of the API only")]
pub(super) struct LabelWishes {
    /// Ids of copies, with commas, 200 at most: a label for each, in this order.
    copies: Option<String>,
    /// A place's id: a label for every copy that stands at it or in it, in the order in which they stand, 1,000 at most.
    place: Option<String>,
    /// Ids of places, with commas, 200 at most: a label for each of these places.
    places: Option<String>,
    /// `pdf` (usual) for sheets, or `svg` for a single label.
    format: Option<String>,
    /// `a4-24` (3 × 8 of 70 × 37 mm; usual), `a4-21` (3 × 7 of 63.5 × 38.1 mm) or `letter-30` (3 × 10 of 2⅝ × 1 inch).
    sheet: Option<String>,
    /// The first label of the first sheet that is still there, counted from 1.
    start: Option<usize>,
    /// `barcode` (usual): Code 128 of the number on a copy, and a QR code where there is none or no room; `qr`: a QR code always.
    /// What has no number carries `urn:uuid:` with its id.
    code: Option<String>,
}

/// Labels to print. Text is Latin, Greek or Cyrillic as it is written, and other scripts in Latin letters.
#[utoipa::path(get, path = "/api/read/libraries/{id}/labels", tag = "holdings", security(("bearer" = [])),
    params(("id" = String, Path, description = "the library's id"), LabelWishes, AtLeast),
    responses((status = 200, description = "the labels", content((String = "application/pdf"), (String = "image/svg+xml"))), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "neither an editor nor an admin"),
        Problems))]
pub(super) async fn labels(
    State(reads): State<Reads>,
    Segment(id): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&NAMES)?;
    let visit = asked.visit(&id, MemberRole::Editor)?;
    let wishes = Wishes::of(&asked)?;
    let sources = Sources::of(&reads, &asked).await?;
    let libraries = reads.standing(Model::Library, &asked).await?;
    let library: Option<LibraryDocument> =
        reads.one(&libraries, &visit.library.to_string()).await?;
    let owner = library.map(|library| library.name.to_string());
    let printing = Printing {
        reads: &reads,
        sources: &sources,
        visit: &visit,
        tree: sources.tree(&reads, &visit).await?,
        owner: owner.unwrap_or_default(),
        symbol: wishes.symbol,
    };
    let labels = match &wishes.what {
        What::Copies(copies) => printing.of_copies(copies).await?,
        What::StandingAt(place) => {
            let copies = printing.standing_at(*place).await?;
            printing.of_copies(&copies).await?
        }
        What::Places(places) => printing.of_places(places)?,
    };
    let mut standings = vec![libraries];
    standings.extend(sources.all());
    let (drawn, kind) = wishes.draw(labels).await?;
    answered(&asked, drawn, kind, &standings)
}

/// What is printed.
enum What {
    Copies(Vec<CopyId>),
    StandingAt(PlaceId),
    Places(Vec<PlaceId>),
}

struct Wishes {
    what: What,
    svg: bool,
    sheet: Sheet,
    start: usize,
    symbol: Symbol,
}

impl Wishes {
    fn of(asked: &Asked) -> Result<Self, Problem> {
        let what = match (asked.one("copies"), asked.one("place"), asked.one("places")) {
            (Some(copies), None, None) => What::Copies(ids("copies", copies)?),
            (None, Some(place), None) => What::StandingAt(parsed("place", place)?),
            (None, None, Some(places)) => What::Places(ids("places", places)?),
            _ => {
                return Err(bad(
                    "copies",
                    "say which labels: by exactly one of `copies`, `place` and `places`".to_owned(),
                ));
            }
        };
        let sheet = asked.one("sheet").map(str::parse::<Sheet>).transpose();
        let sheet = sheet.map_err(|error| bad("sheet", error.to_string()))?;
        let sheet = sheet.unwrap_or_default();
        Ok(Self {
            what,
            svg: word(asked, "format", ["pdf", "svg"])?,
            sheet,
            start: asked.number("start", 1..=sheet.labels(), 1)?,
            symbol: if word(asked, "code", ["barcode", "qr"])? {
                Symbol::Qr
            } else {
                Symbol::Barcode
            },
        })
    }

    /// The bytes, and what they are. Drawing takes a while: it is done beside the requests.
    async fn draw(&self, labels: Vec<Label>) -> Result<(Vec<u8>, &'static str), Problem> {
        let (svg, sheet, start) = (self.svg, self.sheet, self.start);
        if svg && labels.len() != 1 {
            let found = labels.len();
            let message =
                format!("there are {found} labels, and `svg` is for a single one: ask for `pdf`");
            return Err(bad("format", message));
        }
        let drawn = tokio::task::spawn_blocking(move || match labels.first().filter(|_| svg) {
            Some(label) => accession_labels::svg(label, sheet).map(String::into_bytes),
            None => accession_labels::pdf(&labels, sheet, start),
        });
        let drawn = drawn.await.map_err(|error| {
            tracing::error!(%error, "labels could not be drawn to their end");
            Problem::internal()
        })?;
        let kind = if svg {
            "image/svg+xml"
        } else {
            "application/pdf"
        };
        drawn
            .map(|drawn| (drawn, kind))
            .map_err(|error| match error {
                LabelError::TooLong(_) | LabelError::NoSuchLabel { .. } => {
                    bad("start", error.to_string())
                }
                LabelError::Font => Problem::internal(),
            })
    }
}

/// Whether the second of two words was said; the first is usual.
fn word(asked: &Asked, name: &str, [usual, other]: [&str; 2]) -> Result<bool, Problem> {
    match asked.one(name) {
        None => Ok(false),
        Some(word) if word == usual => Ok(false),
        Some(word) if word == other => Ok(true),
        Some(word) => Err(bad(
            name,
            format!("`{name}` is {}; expected {usual} or {other}", excerpt(word)),
        )),
    }
}

fn ids<T: std::str::FromStr>(name: &str, text: &str) -> Result<Vec<T>, Problem> {
    let ids: Result<Vec<T>, Problem> = text.split(',').map(|id| parsed(name, id)).collect();
    let ids = ids?;
    if ids.len() > MOST_NAMED {
        let message = format!("{} ids are named; {MOST_NAMED} at most", ids.len());
        return Err(bad(name, message));
    }
    Ok(ids)
}

fn parsed<T: std::str::FromStr>(name: &str, text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| {
        bad(
            name,
            format!("`{name}` has {}; expected ids", excerpt(text)),
        )
    })
}

fn answered(
    asked: &Asked,
    drawn: Vec<u8>,
    kind: &'static str,
    standings: &[Arc<Standing>],
) -> Result<Response, Problem> {
    let Some((first, others)) = standings.split_first() else {
        return Err(Problem::internal());
    };
    let mut hasher = DefaultHasher::new();
    drawn.hash(&mut hasher);
    let tag = format!("\"g{}-{:016x}\"", first.generation(), hasher.finish());
    let tag = HeaderValue::from_str(&tag).unwrap_or(HeaderValue::from_static("\"\""));
    let answer = Answer::new(Bytes::from(drawn), tag, first).private(true);
    let answer = others.iter().fold(answer, |answer, other| answer.at(other));
    let mut response = answer.respond(asked);
    let headers = response.headers_mut();
    if headers.contains_key(CONTENT_TYPE) {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        let inline = HeaderValue::from_static("inline; filename=\"labels\"");
        headers.insert(CONTENT_DISPOSITION, inline);
    }
    Ok(response)
}
