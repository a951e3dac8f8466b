//! A person's library as Goodreads exports it ("My Books", "Import and export"): one CSV row a book on a shelf.
//!
//! The file belongs to its owner, who may import it; the bibliographic facts in it are Goodreads' and are attributed to
//! `goodreads`. What a person says about a book (shelves, dates, stars, review, copies owned) is not the catalog's: it is
//! never taken here, and the report counts how many rows carried it.
//!
//! A row names an edition and no work, so each book id becomes a title with one edition.

use accession_events::catalog::TitleKind;
use accession_events::ingestion::items::{EditionItem, TitleItem};

use super::book::{count_in, parts, set_isbn, squeezed, year_in};
use super::columns::{self, Dialect, Row};
use super::personal::{Personal, note_personal};
use super::{Description, Given, Reading, UnreadableInput};
use crate::looks::Look;
use crate::record::{Items, Note, Reject};

pub(super) const SOURCE: Description = Description {
    name: "goodreads",
    expects: "the CSV file that Goodreads exports (My Books, Import and export)",
    looks: &[Look::Text],
    built_in: None,
    asked: None,
    read,
};

const NEEDED: [&str; 6] = [
    "Book Id",
    "Title",
    "Author",
    "ISBN",
    "ISBN13",
    "Exclusive Shelf",
];

/// What a person says, and what an empty value of it looks like.
const PERSONAL: [Personal; 8] = [
    Personal::of("shelves_not_taken", &["Bookshelves", "Exclusive Shelf"]),
    Personal::of("dates_not_taken", &["Date Read", "Date Added"]),
    Personal::number("rating_not_taken", &["My Rating"]),
    Personal::of("review_not_taken", &["My Review"]),
    Personal::of("private_notes_not_taken", &["Private Notes"]),
    Personal::number("read_count_not_taken", &["Read Count"]),
    Personal::number("copies_not_taken", &["Owned Copies"]),
    Personal::of(
        "purchase_not_taken",
        &[
            "Original Purchase Date",
            "Original Purchase Location",
            "Condition",
            "Condition Description",
            "BCID",
        ],
    ),
];

fn read(given: Given) -> Result<Reading, UnreadableInput> {
    let source = given.provenance.clone();
    let rows = columns::read(given, Dialect::CSV, &NEEDED)?;
    let name = |row: &Row| row.filled("Book Id").map(str::to_owned);
    Ok(columns::records(rows, name, move |row, notes| {
        items(&source, row, notes)
    }))
}

fn items(source: &str, row: &Row, notes: &mut Vec<Note>) -> Result<Items, Reject> {
    let id = row.needed("Book Id")?;
    let full_name = squeezed(row.needed("Title")?);
    let mut authors = vec![squeezed(row.field("Author"))];
    for more in parts(row.field("Additional Authors"), &[',']) {
        let more = squeezed(&more);
        if !authors.contains(&more) {
            authors.push(more);
        }
    }
    let published = row.filled("Year Published").and_then(year_in);
    let title = TitleItem {
        source: source.into(),
        source_id: id.into(),
        kind: Some(TitleKind::Book),
        name: without_series(&full_name).to_owned(),
        authors,
        year: row
            .filled("Original Publication Year")
            .and_then(year_in)
            .or(published),
        ..TitleItem::default()
    };
    let mut edition = EditionItem {
        source: source.into(),
        source_id: id.into(),
        title_source_id: id.into(),
        name: Some(full_name),
        publisher: row.filled("Publisher").map(squeezed),
        published_year: published,
        page_count: row.filled("Number of Pages").and_then(count_in),
        format: row.filled("Binding").map(str::to_owned),
        ..EditionItem::default()
    };
    set_isbn(
        &mut edition,
        [row.field("ISBN13"), row.field("ISBN")],
        notes,
    );
    note_personal(row, &PERSONAL, notes);
    Ok(Items::book(title, edition))
}

/// `Warbreaker (Warbreaker, #1)` is the edition's name; the work is called `Warbreaker`.
fn without_series(name: &str) -> &str {
    let Some((head, tail)) = name.rsplit_once('(') else {
        return name;
    };
    let is_series = tail.ends_with(')') && tail.contains('#') && !head.trim().is_empty();
    if is_series { head.trim_end() } else { name }
}

#[cfg(test)]
mod tests {
    use crate::record::Record;
    use crate::sources::Source;
    use crate::sources::tests::records_of;

    const HEADER: &str = "Book Id,Title,Author,Author l-f,Additional Authors,ISBN,ISBN13,My Rating,Average Rating,Publisher,Binding,\
        Number of Pages,Year Published,Original Publication Year,Date Read,Date Added,Bookshelves,Bookshelves with positions,\
        Exclusive Shelf,My Review,Spoiler,Private Notes,Read Count,Owned Copies";

    fn read_row(row: &str) -> Record {
        records_of(Source::Goodreads, &format!("{HEADER}\n{row}\n")).remove(0)
    }

    #[test]
    fn a_row_becomes_a_title_and_its_edition_and_what_is_personal_stays_behind() {
        let record = read_row(
            "7,\"A  Made-up Book (Made-up, #1)\",Ann   Author,\"Author, Ann\",\"Bo Other, Ann Author\",\"=\"\"0439023483\"\"\",\
             \"=\"\"9780439023481\"\"\",4,4.26,Some Press,ebook,688,2009,2001,2014/04/05,2010/12/02,\"to-read, mine\",,read,Good.,,secret,1,0",
        );
        let items = record.items.unwrap();
        let title = items.title.unwrap();
        assert_eq!(title.name, "A Made-up Book");
        assert_eq!(title.authors, ["Ann Author", "Bo Other"]);
        assert_eq!((title.year, title.rating), (Some(2001), None));
        let edition = &items.editions[0];
        assert_eq!(edition.isbn.as_deref(), Some("9780439023481"));
        assert_eq!(
            (edition.published_year, edition.page_count),
            (Some(2009), Some(688))
        );
        let codes: Vec<&str> = record.notes.iter().map(|note| note.code).collect();
        assert_eq!(
            codes,
            [
                "shelves_not_taken",
                "dates_not_taken",
                "rating_not_taken",
                "review_not_taken",
                "private_notes_not_taken",
                "read_count_not_taken"
            ]
        );
        assert!(
            record
                .notes
                .iter()
                .all(|note| !note.detail.contains("secret")),
            "a private text in a note"
        );
    }

    #[test]
    fn an_empty_isbn_in_its_wrapping_is_no_isbn() {
        let record =
            read_row("8,Plain,Ann,,,\"=\"\"\"\"\",\"=\"\"\"\"\",0,,,,,,,,,,,to-read,,,,0,0");
        let edition = &record.items.unwrap().editions[0];
        assert_eq!(
            (edition.isbn.as_ref(), edition.unverified_isbn.as_ref()),
            (None, None)
        );
        assert_eq!(record.notes.len(), 1, "{:?}", record.notes);
    }

    #[test]
    fn a_row_without_a_title_is_rejected_with_its_line() {
        let reject = read_row("9,,Ann,,,,,0,,,,,,,,,,,read,,,,0,0")
            .items
            .unwrap_err();
        assert!(
            reject.code == "missing_field" && reject.detail.contains("line 2"),
            "{reject:?}"
        );
    }

    #[test]
    fn another_csv_file_is_refused_by_its_header() {
        let error = crate::sources::tests::read_with(
            Source::Goodreads,
            b"title,author\nx,y\n",
            &crate::sources::Wishes::default(),
        )
        .unwrap_err();
        assert!(error.reason.contains("lacks Book Id"), "{error}");
    }
}
