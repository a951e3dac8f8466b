//! What somebody wishes to find among the copies of a library, out of the parameters of a request.
//!
//! Never without whose copies: that is decided before, by who asks.

use accession_events::catalog::TitleKind;
use accession_events::ids::LibraryId;
use accession_search::{EntryKind, FacetName, Filter, Reach, Search, Sort, fold};
use accession_service::problem::Problem;

use super::copy_entries::{AVAILABILITIES, reach};
use super::filters::{FILTERS, about, filter, some_of, values};
use super::wishes::{Wish, facets, place, question};
use crate::asking::{Asked, bad, excerpt};

/// Filters of copies besides those that lists of titles know, too.
const OWN: [&str; 3] = ["availability", "place", "tag"];
/// Parameters of the question besides filters.
const KNOWN: [&str; 5] = ["q", "sort", "facets", "cursor", "limit"];

/// Orders of copies.
const SORTS: [(&str, Sort); 9] = [
    ("relevance", Sort::Relevance),
    ("newest", Sort::Newest),
    ("oldest", Sort::Oldest),
    ("title", Sort::Name),
    ("-title", Sort::NameDescending),
    ("author", Sort::Author),
    ("-author", Sort::AuthorDescending),
    ("year", Sort::Year),
    ("-year", Sort::YearDescending),
];

/// Every copy that this reach allows.
pub(super) fn of_library(reach: Reach) -> Filter {
    Filter {
        whats: vec![EntryKind::Copy],
        reach,
        ..Filter::default()
    }
}

/// All of it, among the copies of a library; `more` are parameters that the question knows besides.
pub(super) fn wish(asked: &Asked, library: LibraryId, more: &[&str]) -> Result<Wish, Problem> {
    let filters = [&FILTERS[..], &OWN].concat();
    asked.only_or_many(&[&KNOWN[..], more].concat(), &filters)?;
    let filter = Filter {
        asked: vec![
            ("availability".to_owned(), ways(asked)?),
            ("place".to_owned(), values(asked, "place")?),
            ("tag".to_owned(), folded(&values(asked, "tag")?)),
        ],
        ..filter(asked, &TitleKind::NAMES)?
    };
    let filter = Filter {
        whats: vec![EntryKind::Copy],
        reach: reach(library),
        ..filter
    };
    let ordering = [&["q", "sort"][..], &filters].concat();
    let about = about(&format!("copies/{library}"), asked, &ordering);
    let search = Search {
        question: question(asked)?,
        sort: sort(asked, Sort::Relevance)?,
        most: asked.limit()?,
        after: place(asked, &about)?,
        facets: facets(asked, &FacetName::ALL)?,
        filter,
        skip: 0,
    };
    Ok(Wish { search, about })
}

/// The ways in which copies have to be had.
pub(super) fn ways(asked: &Asked) -> Result<Vec<String>, Problem> {
    some_of(asked, "availability", &AVAILABILITIES)
}

fn folded(values: &[String]) -> Vec<String> {
    values.iter().map(|value| fold(value)).collect()
}

/// The order that was asked for, or what is usual.
pub(crate) fn sort(asked: &Asked, usual: Sort) -> Result<Sort, Problem> {
    let Some(name) = asked.one("sort") else {
        return Ok(usual);
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
