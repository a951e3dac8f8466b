//! From a row of goodbooks to a title and its edition. Never guesses: what is damaged is recovered or named.

use accession_events::catalog::TitleKind;
use accession_events::ingestion::items::{EditionItem, RatingItem, TitleItem};
use accession_events::values::{Isbn, Year};

use super::super::columns::Row;
use super::NAME;
use crate::record::{Items, Note, Reject};

/// Parts of a name that a comma separates without starting another person.
const SUFFIXES: [&str; 8] = ["Jr.", "Jr", "Sr.", "II", "III", "Ph.D.", "M.D.", "Inc."];

pub(super) fn items(row: &Row, notes: &mut Vec<Note>) -> Result<Items, Reject> {
    let work = row.needed("work_id")?;
    let book = row.needed("goodreads_book_id")?;
    let full_name = row.needed("title")?;
    let year = year(row)?;
    let name = without_series(full_name);
    let poster = row
        .filled("image_url")
        .filter(|url| !url.contains("nophoto"))
        .map(str::to_owned);
    let title = TitleItem {
        source: NAME.into(),
        source_id: work.into(),
        kind: Some(TitleKind::Book),
        name: name.into(),
        original_name: row
            .filled("original_title")
            .filter(|original| *original != name)
            .map(str::to_owned),
        authors: people(row.field("authors")),
        year,
        poster: poster.clone(),
        rating: rating(row)?,
        ..TitleItem::default()
    };
    let mut edition = EditionItem {
        source: NAME.into(),
        source_id: book.into(),
        title_source_id: work.into(),
        name: Some(full_name.into()),
        language: row.filled("language_code").map(str::to_owned),
        cover: poster,
        ..EditionItem::default()
    };
    set_isbn(&mut edition, row, notes);
    Ok(Items::book(title, edition))
}

fn year(row: &Row) -> Result<Option<i32>, Reject> {
    let Some(text) = row.filled("original_publication_year") else {
        return Ok(None);
    };
    let year = Year::parse_float_text(text)
        .map_err(|error| Reject::new("bad_year", format!("line {}: {error}", row.line)))?;
    // The list writes an unknown year as 0; our era has none.
    Ok(Some(i32::from(i16::from(year))).filter(|year| *year != 0))
}

/// `The Hunger Games (The Hunger Games, #1)` is the edition's name; the work is called `The Hunger Games`.
fn without_series(name: &str) -> &str {
    let Some(open) = name.rfind('(') else {
        return name;
    };
    let (head, tail) = name.split_at(open);
    let is_series = tail.ends_with(')') && tail.contains('#') && !head.trim().is_empty();
    if is_series { head.trim_end() } else { name }
}

fn people(text: &str) -> Vec<String> {
    let mut people: Vec<String> = Vec::new();
    for part in text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        match people.last_mut() {
            Some(last) if SUFFIXES.contains(&part) => {
                last.push_str(", ");
                last.push_str(part);
            }
            _ => people.push(part.to_owned()),
        }
    }
    people
}

fn rating(row: &Row) -> Result<Option<RatingItem>, Reject> {
    let (Some(mean), Some(votes)) = (row.filled("average_rating"), row.filled("ratings_count"))
    else {
        return Ok(None);
    };
    let hundredths = hundredths(mean).ok_or_else(|| {
        Reject::new(
            "bad_number",
            format!(
                "line {}: `average_rating` is `{mean}`; expected 0 to 5",
                row.line
            ),
        )
    })?;
    let votes = votes.parse().map_err(|_| {
        Reject::new(
            "bad_number",
            format!(
                "line {}: `ratings_count` is `{votes}`; expected a whole number",
                row.line
            ),
        )
    })?;
    Ok(Some(RatingItem { hundredths, votes }))
}

/// `4.34` → 434, without a detour through floating point.
fn hundredths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction: String = fraction.chars().chain("00".chars()).take(2).collect();
    let value = whole
        .parse::<u16>()
        .ok()?
        .checked_mul(100)?
        .checked_add(fraction.parse().ok()?)?;
    (value <= 500).then_some(value)
}

fn set_isbn(edition: &mut EditionItem, row: &Row, notes: &mut Vec<Note>) {
    let (ten, thirteen) = (row.filled("isbn"), row.filled("isbn13"));
    let recovered = match (ten, thirteen) {
        (None, None) => return,
        (Some(ten), Some(thirteen)) => Isbn::recover_isbn10_beside_float13(ten, thirteen)
            .map(|found| found.isbn)
            .map_err(|error| error.to_string()),
        (Some(ten), None) => Isbn::recover_isbn10(ten)
            .map(|found| found.isbn)
            .map_err(|error| error.to_string()),
        (None, Some(thirteen)) => {
            Isbn::recover_from_float13(thirteen).map_err(|error| error.to_string())
        }
    };
    match recovered {
        Ok(isbn) => {
            if ten != Some(isbn.to_string().as_str()) {
                notes.push(Note {
                    code: "isbn_recovered",
                    detail: format!("line {}: {isbn}", row.line),
                });
            }
            edition.isbn = Some(isbn.to_string());
        }
        Err(reason) => {
            notes.push(Note {
                code: "isbn_unverified",
                detail: format!("line {}: {reason}", row.line),
            });
            edition.unverified_isbn = ten.or(thirteen).map(str::to_owned);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Record;
    use crate::sources::Source;
    use crate::sources::tests::records_of;

    const HEADER: &str = "goodreads_book_id,work_id,isbn,isbn13,authors,original_publication_year,original_title,title,\
                          language_code,average_rating,ratings_count,image_url";

    fn read(row: &str) -> Record {
        let text = format!("{HEADER}\n{row}\n");
        records_of(Source::Goodbooks, &text).remove(0)
    }

    #[test]
    fn an_isbn_that_lost_its_leading_zero_is_recovered() {
        let record = read(
            "2767052,2792775,439023483,9.78043902348e+12,Suzanne Collins,2008.0,The Hunger Games,\
             \"The Hunger Games (The Hunger Games, #1)\",eng,4.34,4780653,https://example.org/2767052.jpg",
        );
        let items = record.items.unwrap();
        let title = items.title.unwrap();
        assert_eq!(title.name, "The Hunger Games");
        assert_eq!(title.original_name, None);
        assert_eq!(title.year, Some(2008));
        assert_eq!(
            title.rating,
            Some(RatingItem {
                hundredths: 434,
                votes: 4_780_653
            })
        );
        assert_eq!(items.editions[0].isbn.as_deref(), Some("9780439023481"));
        assert_eq!(
            items.editions[0].name.as_deref(),
            Some("The Hunger Games (The Hunger Games, #1)")
        );
        assert_eq!(record.notes[0].code, "isbn_recovered");
    }

    #[test]
    fn an_isbn_that_cannot_be_recovered_is_kept_apart_and_noted() {
        let record = read("1,2,439023484,9.78e+12,Somebody,,,Something,,,,");
        let items = record.items.unwrap();
        assert_eq!(items.editions[0].isbn, None);
        assert_eq!(
            items.editions[0].unverified_isbn.as_deref(),
            Some("439023484")
        );
        assert_eq!(record.notes[0].code, "isbn_unverified");
    }

    #[test]
    fn a_row_without_a_title_is_rejected_with_its_line() {
        let reject = read("1,2,,,Somebody,,,,,,,").items.unwrap_err();
        assert_eq!(reject.code, "missing_field");
        assert!(
            reject.detail.contains("line 2") && reject.detail.contains("`title`"),
            "{}",
            reject.detail
        );
    }

    #[test]
    fn a_suffix_after_a_comma_stays_with_its_person() {
        assert_eq!(
            people("Martin Luther King, Jr., Coretta Scott King"),
            ["Martin Luther King, Jr.", "Coretta Scott King"]
        );
    }

    #[test]
    fn only_a_numbered_series_is_cut_off_a_name() {
        assert_eq!(without_series("Twilight (Twilight, #1)"), "Twilight");
        assert_eq!(
            without_series("Kafka on the Shore (novel)"),
            "Kafka on the Shore (novel)"
        );
        assert_eq!(without_series("(#1)"), "(#1)");
    }

    #[test]
    fn a_mean_rating_becomes_hundredths() {
        assert_eq!(hundredths("4.3"), Some(430));
        assert_eq!(hundredths("5"), Some(500));
        assert_eq!(hundredths("5.01"), None);
        assert_eq!(hundredths("x"), None);
    }
}
