//! A person's library as `StoryGraph` exports it ("Manage Your Data", "Export `StoryGraph` Library"): one CSV row a book.
//!
//! The file belongs to its owner; facts in it are attributed to `storygraph`. There is no id of a work or an edition: the
//! column `ISBN/UID` holds an ISBN, an Amazon number or the service's own id, and names the record when it is filled;
//! otherwise title and authors do. What a person says (status, dates, stars, moods, review, tags) is counted, never taken.

use accession_events::catalog::TitleKind;
use accession_events::ingestion::items::{EditionItem, TitleItem};
use accession_events::values::Isbn;

use super::book::{id_of, parts, set_isbn, squeezed};
use super::columns::{self, Dialect, Row};
use super::personal::{Personal, note_personal};
use super::{Description, Given, Reading, UnreadableInput};
use crate::looks::Look;
use crate::record::{Items, Note, Reject};

pub(super) const SOURCE: Description = Description {
    name: "storygraph",
    expects: "the CSV file that StoryGraph exports (Manage Your Data, Export StoryGraph Library)",
    looks: &[Look::Text],
    built_in: None,
    asked: None,
    read,
};

const NEEDED: [&str; 4] = ["Title", "Authors", "ISBN/UID", "Read Status"];

const PERSONAL: [Personal; 7] = [
    Personal::of("shelves_not_taken", &["Read Status", "Tags"]),
    Personal::of(
        "dates_not_taken",
        &["Date Added", "Last Date Read", "Dates Read"],
    ),
    Personal::number("rating_not_taken", &["Star Rating"]),
    Personal::of(
        "review_not_taken",
        &["Review", "Content Warnings", "Content Warning Description"],
    ),
    Personal::number("read_count_not_taken", &["Read Count"]),
    Personal::number("copies_not_taken", &["Owned?"]),
    Personal::of(
        "moods_not_taken",
        &["Moods", "Pace", "Character- or Plot-Driven?"],
    ),
];

fn read(given: Given) -> Result<Reading, UnreadableInput> {
    let source = given.provenance.clone();
    let rows = columns::read(given, Dialect::CSV, &NEEDED)?;
    let name = |row: &Row| row.filled("ISBN/UID").map(str::to_owned);
    Ok(columns::records(rows, name, move |row, notes| {
        items(&source, row, notes)
    }))
}

fn items(source: &str, row: &Row, notes: &mut Vec<Note>) -> Result<Items, Reject> {
    let name = squeezed(row.needed("Title")?);
    let authors = parts(row.field("Authors"), &[',']);
    let uid = row.field("ISBN/UID");
    let isbn = Isbn::parse(uid).ok();
    let id = match isbn {
        Some(isbn) => isbn.to_string(),
        None if uid.is_empty() => id_of(&[&name, row.field("Authors")]),
        None => uid.to_owned(),
    };
    let title = TitleItem {
        source: source.into(),
        source_id: id.clone(),
        kind: Some(TitleKind::Book),
        name: name.clone(),
        authors,
        ..TitleItem::default()
    };
    let mut edition = EditionItem {
        source: source.into(),
        source_id: id.clone(),
        title_source_id: id,
        name: Some(name),
        format: row.filled("Format").map(str::to_owned),
        ..EditionItem::default()
    };
    // Anything else in this column is an id of somebody and was never meant to be an ISBN.
    if isbn.is_some() || looks_like_isbn(uid) {
        set_isbn(&mut edition, [uid], notes);
    }
    if row.filled("Contributors").is_some() {
        notes.push(Note {
            code: "contributors_not_taken",
            detail: format!("line {}: {}", row.line, row.field("Contributors")),
        });
    }
    note_personal(row, &PERSONAL, notes);
    Ok(Items::book(title, edition))
}

fn looks_like_isbn(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    digits + 1 >= text.chars().count() && matches!(text.len(), 10 | 13)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Record;
    use crate::sources::Source;
    use crate::sources::tests::records_of;

    fn read_rows(rows: &str) -> Vec<Record> {
        let header = "Title,Authors,Contributors,ISBN/UID,Format,Read Status,Star Rating,Owned?";
        records_of(Source::Storygraph, &format!("{header}\n{rows}\n"))
    }

    #[test]
    fn an_isbn_names_the_record_in_either_length() {
        let records = read_rows(
            "One,\"Ann Author, Bo Other\",,0439023483,paperback,read,4.0,No\nOne,Ann Author,,9780439023481,paperback,read,,No",
        );
        let items: Vec<Items> = records
            .iter()
            .map(|record| record.items.clone().unwrap())
            .collect();
        assert_eq!(items[0].editions[0].isbn.as_deref(), Some("9780439023481"));
        assert_eq!(
            items[0].editions[0].source_id,
            items[1].editions[0].source_id
        );
        assert_eq!(
            items[0].title.as_ref().unwrap().authors,
            ["Ann Author", "Bo Other"]
        );
        let codes: Vec<&str> = records[0].notes.iter().map(|note| note.code).collect();
        assert_eq!(codes, ["shelves_not_taken", "rating_not_taken"]);
    }

    #[test]
    fn an_id_that_is_no_isbn_names_the_record_and_nothing_else() {
        let records =
            read_rows("Two,Ann,,B00ABCDEFG,digital,to-read,,No\nThree,Ann,,,digital,to-read,,No");
        let two = records[0].items.as_ref().unwrap();
        assert_eq!(two.editions[0].source_id, "B00ABCDEFG");
        assert_eq!(
            (
                two.editions[0].isbn.as_ref(),
                two.editions[0].unverified_isbn.as_ref()
            ),
            (None, None)
        );
        let three = records[1].items.as_ref().unwrap();
        assert!(three.editions[0].source_id.starts_with('h'));
    }

    #[test]
    fn a_mistyped_isbn_is_kept_apart() {
        let record = read_rows("Four,Ann,,9780439023480,hardcover,read,,No").remove(0);
        let edition = &record.items.unwrap().editions[0];
        assert_eq!(edition.unverified_isbn.as_deref(), Some("9780439023480"));
        assert_eq!(record.notes[0].code, "isbn_unverified");
    }
}
