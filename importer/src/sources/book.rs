//! What files about books have in common: ISBNs side by side, years inside dates, lists in one cell, ids for the nameless.
//!
//! Nothing here guesses: what cannot be read stays away.

use accession_events::ingestion::items::EditionItem;
use accession_events::values::Isbn;
use sha2::{Digest as _, Sha256};

use crate::fit::note;
use crate::record::Note;

/// The first of several texts that is an ISBN goes into the index; when none is, the first text is kept apart.
pub(super) fn set_isbn<'a>(
    edition: &mut EditionItem,
    candidates: impl IntoIterator<Item = &'a str>,
    notes: &mut Vec<Note>,
) {
    let mut first_bad: Option<String> = None;
    let mut found: Option<Isbn> = None;
    for text in candidates {
        let text = text
            .trim()
            .trim_matches(|sign| "=\"[]".contains(sign))
            .trim();
        if text.is_empty() {
            continue;
        }
        match (Isbn::parse(text), found) {
            (Ok(isbn), None) => found = Some(isbn),
            (Ok(isbn), Some(first)) if isbn != first => {
                notes.push(note("more_isbns_left_out", text));
            }
            (Ok(_), Some(_)) => {}
            (Err(_), _) => {
                first_bad.get_or_insert_with(|| text.to_owned());
            }
        }
    }
    if let Some(bad) = &first_bad {
        let code = if found.is_some() {
            "more_isbns_left_out"
        } else {
            "isbn_unverified"
        };
        notes.push(note(code, bad));
    }
    edition.isbn = found.map(|isbn| isbn.to_string());
    edition.unverified_isbn = first_bad.filter(|_| found.is_none());
}

/// The first run of four digits that is a plausible year: `July 1997`, `2014/04/05`, `c1986`, `1997-01`.
pub(super) fn year_in(text: &str) -> Option<i32> {
    let runs = text.split(|sign: char| !sign.is_ascii_digit());
    let mut years = runs.filter(|run| run.len() == 4 || run.len() == 8);
    let year = years.find_map(|run| {
        run.get(..4)?
            .parse::<i32>()
            .ok()
            .filter(|year| (1000..=2100).contains(year))
    });
    year.or_else(|| text.trim().parse().ok().filter(|year| *year != 0))
}

/// The first whole number in a text: `356 p.`, `xii, 356 pages` would give 356.
pub(super) fn count_in(text: &str) -> Option<u32> {
    let run = text
        .split(|sign: char| !sign.is_ascii_digit())
        .find(|run| !run.is_empty())?;
    run.parse().ok().filter(|count| *count > 0)
}

/// The parts of a cell that holds a list.
pub(super) fn parts(text: &str, separators: &[char]) -> Vec<String> {
    let parts = text.split(separators).map(str::trim);
    let mut list: Vec<String> = Vec::new();
    for part in parts.filter(|part| !part.is_empty()) {
        if !list.iter().any(|known| known == part) {
            list.push(part.to_owned());
        }
    }
    list
}

/// Blanks in a row become one: exports pad names to line up columns.
pub(super) fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An id for a record that has none: the same words make the same id wherever the file lies.
pub(super) fn id_of(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(squeezed(part).to_lowercase().as_bytes());
        hasher.update([0]);
    }
    let digest = hex::encode(hasher.finalize());
    format!("h{}", digest.get(..24).unwrap_or(&digest))
}

/// `Le Guin, Ursula K.` becomes `Ursula K. Le Guin`; a name with no comma, or with more than one, stays.
pub(super) fn forename_first(name: &str) -> String {
    let name = name.trim().trim_end_matches(',');
    match name.split_once(',') {
        Some((family, given)) if !given.contains(',') && !given.trim().is_empty() => {
            squeezed(&format!("{given} {family}"))
        }
        _ => squeezed(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_found_inside_dates() {
        for (text, year) in [
            ("July 1997", Some(1997)),
            ("2014/04/05", Some(2014)),
            ("20140405", Some(2014)),
            ("c1986.", Some(1986)),
            ("-50", Some(-50)),
            ("n.d.", None),
            ("0", None),
            ("197-?", None),
        ] {
            assert_eq!(year_in(text), year, "{text}");
        }
    }

    #[test]
    fn the_first_good_isbn_is_taken_and_a_bad_one_is_kept_apart() {
        let mut edition = EditionItem::default();
        let mut notes = Vec::new();
        set_isbn(
            &mut edition,
            ["", "=\"9780439023481\"", "0439023483"],
            &mut notes,
        );
        assert_eq!(edition.isbn.as_deref(), Some("9780439023481"));
        assert_eq!(notes, []);
        set_isbn(&mut edition, ["9780439023480"], &mut notes);
        assert_eq!(
            (edition.isbn.as_deref(), edition.unverified_isbn.as_deref()),
            (None, Some("9780439023480"))
        );
        assert_eq!(notes[0].code, "isbn_unverified");
    }

    #[test]
    fn the_same_words_make_the_same_id() {
        assert_eq!(id_of(&["A  Book", "Ann"]), id_of(&["a book", "ann"]));
        assert_ne!(id_of(&["A Book", "Ann"]), id_of(&["A BookAnn", ""]));
    }

    #[test]
    fn names_turn_round_only_when_it_is_clear_how() {
        assert_eq!(forename_first("Le Guin, Ursula K."), "Ursula K. Le Guin");
        assert_eq!(
            forename_first("King, Martin Luther, Jr."),
            "King, Martin Luther, Jr."
        );
        assert_eq!(forename_first("Plato"), "Plato");
    }
}
