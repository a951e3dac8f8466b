//! What somebody wishes to find, out of the parameters of a request.
//!
//! Never answers; a wish that cannot be understood becomes a problem that says what was expected.

use accession_events::catalog::TitleKind;
use accession_search::{EntryKind, FacetName, Filter, Place, Question, Search, Sort, years};
use accession_service::problem::Problem;
use sha2::{Digest as _, Sha256};

use super::entries::STATUSES;
use crate::asking::{Asked, Cursor, bad, excerpt};

/// Parameters of a search.
pub(super) const KNOWN: [&str; 11] = [
    "q", "kind", "genre", "language", "status", "author", "year", "sort", "facets", "cursor",
    "limit",
];
const SORTS: [(&str, Sort); 6] = [
    ("relevance", Sort::Relevance),
    ("newest", Sort::Newest),
    ("year", Sort::Year),
    ("-year", Sort::YearDescending),
    ("popular", Sort::Popular),
    ("title", Sort::Name),
];

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

/// All of it.
pub(super) fn wish(asked: &Asked) -> Result<Wish, Problem> {
    asked.only(&KNOWN)?;
    let filter = filter(asked)?;
    let about = about(asked);
    let search = Search {
        question: question(asked)?,
        sort: sort(asked)?,
        most: asked.limit()?,
        after: place(asked, &about)?,
        facets: facets(asked)?,
        filter,
    };
    Ok(Wish { search, about })
}

/// The cursor behind a place.
pub(super) fn cursor(about: &str, place: &Place) -> String {
    let key = format!("{:032x}", place.id);
    let sort = format!("{}/{}", place.rank, place.text);
    Cursor {
        index: about.to_owned(),
        sort,
        key,
    }
    .text()
}

fn place(asked: &Asked, about: &str) -> Result<Option<Place>, Problem> {
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

fn about(asked: &Asked) -> String {
    let mut digest = Sha256::new();
    for name in KNOWN
        .iter()
        .filter(|name| !["cursor", "limit", "facets"].contains(name))
    {
        let value = asked.one(name).unwrap_or_default();
        // With its length, so that no value can be taken for two.
        digest.update(value.len().to_be_bytes());
        digest.update(value);
    }
    format!("search:{}", hex::encode(digest.finalize()))
}

/// The values of a parameter of which only some are known.
fn some_of(asked: &Asked, name: &str, known: &[&str]) -> Result<Vec<String>, Problem> {
    let values = values(asked, name);
    match values.iter().find(|value| !known.contains(&value.as_str())) {
        None => Ok(values),
        Some(other) => {
            let found = excerpt(other);
            let message = format!("`{name}` is {found}; expected some of {}", known.join(", "));
            Err(bad(name, message))
        }
    }
}

fn values(asked: &Asked, name: &str) -> Vec<String> {
    let text = asked.one(name).unwrap_or_default();
    let values = text.split(',').map(str::trim);
    values
        .filter(|value| !value.is_empty())
        .map(str::to_owned)
        .collect()
}

fn filter(asked: &Asked) -> Result<Filter, Problem> {
    let mut filter = Filter {
        whats: vec![EntryKind::Title],
        kinds: some_of(asked, "kind", &TitleKind::NAMES)?,
        genres: values(asked, "genre"),
        languages: values(asked, "language"),
        statuses: some_of(asked, "status", &STATUSES)?,
        authors: values(asked, "author"),
        ..Filter::default()
    };
    if let Some(year) = asked.one("year") {
        filter.years = Some(years(year).ok_or_else(|| {
            bad(
                "year",
                format!(
                    "`year` is {}; expected a year, or two as in 1980..1990",
                    excerpt(year)
                ),
            )
        })?);
    }
    Ok(filter)
}

fn sort(asked: &Asked) -> Result<Sort, Problem> {
    let Some(name) = asked.one("sort") else {
        return Ok(Sort::Relevance);
    };
    let known = SORTS.iter().find(|(known, _)| *known == name);
    known.map(|(_, sort)| *sort).ok_or_else(|| {
        let names = SORTS.map(|(name, _)| name).join(", ");
        bad(
            "sort",
            format!("`sort` is {}; expected one of {names}", excerpt(name)),
        )
    })
}

fn facets(asked: &Asked) -> Result<Vec<FacetName>, Problem> {
    let text = asked.one("facets").unwrap_or_default();
    let names = text.split(',').filter(|name| !name.is_empty());
    let facet = |name: &str| {
        FacetName::named(name).ok_or_else(|| {
            let known = FacetName::ALL.map(FacetName::as_str).join(", ");
            bad(
                "facets",
                format!(
                    "there is no facet {}; expected some of {known}",
                    excerpt(name)
                ),
            )
        })
    };
    names.map(facet).collect()
}
