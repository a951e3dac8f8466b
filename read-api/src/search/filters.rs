//! Filters and orders that lists and search have in common, out of the parameters of a request.
//!
//! Never answers; what cannot be understood becomes a problem that says what was expected.

use accession_search::{EntryKind, Filter, Sort, years};
use accession_service::problem::Problem;
use sha2::{Digest as _, Sha256};

use super::entries::STATUSES;
use crate::asking::{Asked, bad, excerpt};

/// Parameters that filter; each takes several values, with commas or sent again.
pub(crate) const FILTERS: [&str; 6] = ["kind", "genre", "language", "status", "author", "year"];

/// Values that one parameter may have.
const MOST_VALUES: usize = 50;
/// Characters of one value: longer than any name.
const LONGEST_VALUE: usize = 500;

/// Orders of lists: a noun counts up, with a minus down; the others say themselves which way.
const SORTS: [(&str, Sort); 11] = [
    ("newest", Sort::Newest),
    ("oldest", Sort::Oldest),
    ("title", Sort::Name),
    ("-title", Sort::NameDescending),
    ("year", Sort::Year),
    ("-year", Sort::YearDescending),
    ("rating", Sort::Rating),
    ("-rating", Sort::RatingDescending),
    ("popularity", Sort::LeastPopular),
    ("-popularity", Sort::Popular),
    ("popular", Sort::Popular),
];
const RELEVANCE: &str = "relevance";

/// What filters of a request ask for, among titles of these kinds.
pub(super) fn filter(asked: &Asked, kinds: &[&str]) -> Result<Filter, Problem> {
    Ok(Filter {
        whats: vec![EntryKind::Title],
        kinds: some_of(asked, "kind", kinds)?,
        genres: values(asked, "genre")?,
        languages: values(asked, "language")?,
        statuses: some_of(asked, "status", &STATUSES)?,
        authors: values(asked, "author")?,
        years: spans(asked)?,
        ..Filter::default()
    })
}

/// The order that was asked for, or what is usual: by relevance only where words are asked for.
pub(super) fn sort(asked: &Asked, usual: Sort) -> Result<Sort, Problem> {
    let by_words = usual == Sort::Relevance;
    let Some(name) = asked.one("sort") else {
        return Ok(usual);
    };
    if by_words && name == RELEVANCE {
        return Ok(Sort::Relevance);
    }
    let known = SORTS.iter().find(|(known, _)| *known == name);
    known.map(|(_, sort)| *sort).ok_or_else(|| {
        let first = by_words.then_some(RELEVANCE).into_iter();
        let names: Vec<&str> = first.chain(SORTS.map(|(name, _)| name)).collect();
        let (found, names) = (excerpt(name), names.join(", "));
        bad(
            "sort",
            format!("`sort` is {found}; expected one of {names}"),
        )
    })
}

/// What decides on the order of a list, as a text for its cursors: a cursor of other parameters is refused.
pub(super) fn about(list: &str, asked: &Asked, parameters: &[&str]) -> String {
    let mut digest = Sha256::new();
    for name in parameters {
        let values: Vec<&str> = asked.each(name).collect();
        digest.update(values.len().to_be_bytes());
        for value in values {
            // With its length, so that no value can be taken for two.
            digest.update(value.len().to_be_bytes());
            digest.update(value);
        }
    }
    format!("{list}:{}", hex::encode(digest.finalize()))
}

/// The values of a parameter of which only some are known.
pub(super) fn some_of(asked: &Asked, name: &str, known: &[&str]) -> Result<Vec<String>, Problem> {
    let values = values(asked, name)?;
    match values.iter().find(|value| !known.contains(&value.as_str())) {
        None => Ok(values),
        Some(other) => {
            let found = excerpt(other);
            let message = format!("`{name}` is {found}; expected some of {}", known.join(", "));
            Err(bad(name, message))
        }
    }
}

fn spans(asked: &Asked) -> Result<Vec<(i16, i16)>, Problem> {
    let span = |value: &String| {
        years(value).ok_or_else(|| {
            let found = excerpt(value);
            let message = format!("`year` is {found}; expected a year, or two as in 1980..1990");
            bad("year", message)
        })
    };
    values(asked, "year")?.iter().map(span).collect()
}

/// The values of a parameter: apart by commas, but for those in double quotes.
pub(super) fn values(asked: &Asked, name: &str) -> Result<Vec<String>, Problem> {
    let mut values: Vec<String> = asked.each(name).flat_map(apart).collect();
    values.sort_unstable();
    values.dedup();
    if values.len() > MOST_VALUES {
        let count = values.len();
        let message = format!("`{name}` has {count} values; at most {MOST_VALUES} are read");
        return Err(bad(name, message));
    }
    let long = values
        .iter()
        .find(|value| value.chars().count() > LONGEST_VALUE);
    match long {
        None => Ok(values),
        Some(long) => {
            let (found, count) = (excerpt(long), long.chars().count());
            let message = format!(
                "`{name}` is {found} of {count} characters; at most {LONGEST_VALUE} are read"
            );
            Err(bad(name, message))
        }
    }
}

/// A quote that is never closed is no quote.
fn apart(text: &str) -> Vec<String> {
    let mut values = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let quoted = rest.strip_prefix('"').and_then(|rest| rest.split_once('"'));
        let (value, after) = match quoted {
            Some((value, after)) => (value, after.split_once(',').map_or("", |(_, after)| after)),
            None => rest.split_once(',').unwrap_or((rest, "")),
        };
        let value = value.trim();
        if !value.is_empty() {
            values.push(value.to_owned());
        }
        rest = after.trim();
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_part_values_but_not_in_quotes() {
        assert_eq!(apart("book, film,,"), ["book", "film"]);
        assert_eq!(
            apart("Umberto Eco,\"King, Jr., Martin Luther\",Homer"),
            ["Umberto Eco", "King, Jr., Martin Luther", "Homer"]
        );
        assert_eq!(apart("\"left, open"), ["\"left", "open"]);
        assert!(apart("").is_empty());
    }

    proptest::proptest! {
        #[test]
        fn no_text_of_values_goes_on_for_ever(text in "[\"a, ]{0,40}") {
            proptest::prop_assert!(apart(&text).len() <= text.len());
        }
    }
}
