//! What somebody wishes to find, out of the parameters of a request.
//!
//! Never answers; a wish that cannot be understood becomes a problem that says what was expected.

use accession_events::catalog::TitleKind;
use accession_search::{EntryKind, FacetName, Filter, Place, Question, Search, Sort};
use accession_service::problem::Problem;

use super::filters::{FILTERS, about, filter, sort};
use crate::asking::{Asked, Cursor, bad, excerpt};

/// Parameters of a search besides filters.
const KNOWN: [&str; 6] = ["q", "what", "sort", "facets", "cursor", "limit"];
/// Parameters of a search for titles by what a library has of them.
pub(super) const HELD: [&str; 2] = ["library", "availability"];
/// What the order of what is found depends on, besides filters.
const ORDERING: [&str; 5] = ["q", "what", "sort", "library", "availability"];
/// What can be counted of titles and editions.
const COUNTED: [FacetName; 6] = [
    FacetName::Kind,
    FacetName::Genre,
    FacetName::Language,
    FacetName::Status,
    FacetName::Author,
    FacetName::Year,
];

/// What is searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Title,
    Edition,
    Person,
    Copy,
}

const WHATS: [(&str, What); 4] = [
    ("title", What::Title),
    ("edition", What::Edition),
    ("person", What::Person),
    ("copy", What::Copy),
];

/// What is searched for: titles unless told.
pub(super) fn what(asked: &Asked) -> Result<What, Problem> {
    let Some(name) = asked.one("what") else {
        return Ok(What::Title);
    };
    let known = WHATS.iter().find(|(known, _)| *known == name);
    known.map(|(_, what)| *what).ok_or_else(|| {
        let found = excerpt(name);
        let message = format!("`what` is {found}; expected one of title, edition, person, copy");
        bad("what", message)
    })
}

/// A wish with what its cursors belong to.
pub(super) struct Wish {
    pub(super) search: Search,
    /// Everything that decides on the order: a cursor of other parameters is refused.
    pub(super) about: String,
}

/// What was typed.
pub(super) fn question(asked: &Asked) -> Result<Question, Problem> {
    Question::parse(asked.one("q").unwrap_or_default()).map_err(|error| bad("q", error.to_string()))
}

/// All of it, among entries of one kind; of titles also by what a library has of them.
pub(super) fn wish(asked: &Asked, entries: EntryKind) -> Result<Wish, Problem> {
    let of_a_library = asked.one("library").is_some();
    let (known, counted) = match entries {
        EntryKind::Title if of_a_library => (
            [&KNOWN[..], &HELD].concat(),
            [&COUNTED[..], &[FacetName::Availability]].concat(),
        ),
        EntryKind::Title => {
            without_a_library(asked)?;
            ([&KNOWN[..], &HELD].concat(), COUNTED.to_vec())
        }
        _ => (KNOWN.to_vec(), COUNTED.to_vec()),
    };
    asked.only_or_many(&known, &FILTERS)?;
    let filter = Filter {
        whats: vec![entries],
        ..filter(asked, &TitleKind::NAMES)?
    };
    let about = about("search", asked, &[&ORDERING[..], &FILTERS].concat());
    let search = Search {
        question: question(asked)?,
        sort: sort(asked, Sort::Relevance)?,
        most: asked.limit()?,
        after: place(asked, &about)?,
        facets: facets(asked, &counted)?,
        filter,
        skip: 0,
    };
    Ok(Wish { search, about })
}

/// The cursor behind a place.
pub(super) fn cursor(about: &str, place: &Place) -> Cursor {
    let key = format!("{:032x}", place.id);
    let sort = format!("{}/{}", place.rank, place.text);
    Cursor {
        index: about.to_owned(),
        sort,
        key,
    }
}

/// The place that a cursor of the request names; it must be one of this list.
pub(super) fn place(asked: &Asked, about: &str) -> Result<Option<Place>, Problem> {
    let Some((sort, key)) = asked.cursor(about)? else {
        return Ok(None);
    };
    let read = || {
        let (rank, text) = sort.split_once('/')?;
        Some(Place {
            rank: rank.parse().ok()?,
            text: text.to_owned(),
            id: u128::from_str_radix(&key, 16).ok()?,
        })
    };
    let place = read().ok_or_else(|| {
        bad(
            "cursor",
            "the cursor is not one that this server gave out".to_owned(),
        )
    });
    place.map(Some)
}

/// Whether copies can be had is asked of a library.
fn without_a_library(asked: &Asked) -> Result<(), Problem> {
    if asked.one("availability").is_none() {
        return Ok(());
    }
    let message = "`availability` is of a library's copies: send `library`, too";
    Err(bad("availability", message.to_owned()))
}

/// What is to be counted, of what can be.
pub(super) fn facets(asked: &Asked, known: &[FacetName]) -> Result<Vec<FacetName>, Problem> {
    let text = asked.one("facets").unwrap_or_default();
    let names = text.split(',').filter(|name| !name.is_empty());
    let facet = |name: &str| {
        let facet = FacetName::named(name).filter(|facet| known.contains(facet));
        facet.ok_or_else(|| {
            let names: Vec<&str> = known.iter().map(|facet| facet.as_str()).collect();
            let (found, names) = (excerpt(name), names.join(", "));
            bad(
                "facets",
                format!("there is no facet {found} here; expected some of {names}"),
            )
        })
    };
    names.map(facet).collect()
}
