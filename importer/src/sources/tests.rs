//! What holds for every source: wrong files are told apart, right ones are read.

use super::*;

/// Reads a text as this source would.
pub(super) fn records_of(source: Source, text: &str) -> Vec<Record> {
    read_with(source, text.as_bytes(), &Wishes::default()).unwrap()
}

/// Reads bytes as this source would, with wishes.
pub(super) fn read_with(
    source: Source,
    bytes: &[u8],
    wishes: &Wishes,
) -> Result<Vec<Record>, UnreadableInput> {
    let input = Box::new(io::Cursor::new(bytes.to_vec()));
    source
        .read(input, wishes, Place::default())?
        .records
        .collect()
}

#[test]
fn a_file_of_another_kind_is_one_sentence_that_says_what_is_expected() {
    let files: [(&[u8], &str); 4] = [
        (b"%PDF-1.7\n", "a PDF document"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"<!DOCTYPE html><html></html>", "a web page"),
        (b"", "an empty file"),
    ];
    for source in Source::ALL
        .into_iter()
        .filter(|source| !source.is_built_in())
    {
        for (bytes, words) in files {
            let error = read_with(source, bytes, &Wishes::default()).unwrap_err();
            let reason = &error.reason;
            assert!(reason.contains(words), "{}: {reason}", source.name());
            assert!(reason.contains(source.expects()), "{reason}");
        }
    }
}

#[test]
fn every_source_is_found_by_its_name_and_no_two_share_one() {
    for source in Source::ALL {
        assert_eq!(Source::named(source.name()), Some(source));
    }
    assert_eq!(Source::named("nothing"), None);
}

#[test]
fn a_file_that_breaks_off_is_an_error_and_not_a_short_file() {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder
        .write_all(b"anime_id,name,genre,type,episodes\n1,One,,TV,1\n")
        .unwrap();
    for number in 0..5_000 {
        encoder
            .write_all(format!("{number},Name {number},,TV,1\n").as_bytes())
            .unwrap();
    }
    let packed = encoder.finish().unwrap();
    let half = packed[..packed.len() / 2].to_vec();
    let input = Box::new(flate2::read::MultiGzDecoder::new(io::Cursor::new(half)));
    let reading = Source::AnimeList
        .read(input, &Wishes::default(), Place::default())
        .unwrap();
    let records: Vec<_> = reading.records.collect();
    let error = records.last().unwrap().as_ref().unwrap_err();
    assert!(error.reason.contains("to its end"), "{error}");
    assert_eq!(records.iter().filter(|record| record.is_err()).count(), 1);
}

#[test]
fn rows_in_windows_1252_are_read_and_noted() {
    let rows = b"anime_id,name,genre,type,episodes\n1,Caf\xe9,,TV,1\n2,Plain,,TV,1\n";
    let records = read_with(Source::AnimeList, rows, &Wishes::default()).unwrap();
    let name = |record: &Record| record.items.clone().unwrap().title.unwrap().name;
    assert_eq!(name(&records[0]), "Café");
    assert_eq!(records[0].notes[0].code, "read_as_windows_1252");
    assert_eq!(records[1].notes, []);
}

/// What a source with rows reads, as its users send it.
const ROWS: [(Source, &str); 6] = [
    (
        Source::Goodreads,
        "Book Id,Title,Author,Author l-f,Additional Authors,ISBN,ISBN13,My Rating,Average Rating,Publisher,Binding,Number of Pages,\
         Year Published,Original Publication Year,Date Read,Date Added,Bookshelves,Bookshelves with positions,Exclusive Shelf,\
         My Review,Spoiler,Private Notes,Read Count,Owned Copies\n\
         7,\"A  Made-up Book (Made-up, #1)\",Ann   Author,\"Author, Ann\",\"Bo Other, Ann Author\",\"=\"\"0439023483\"\"\",\
         \"=\"\"9780439023481\"\"\",4,4.26,Some Press,ebook,688,2009,2001,2014/04/05,2010/12/02,\"to-read, mine\",,read,\
         \"Good.\nVery.\",,secret,1,0\n",
    ),
    (
        Source::Storygraph,
        "Title,Authors,Contributors,ISBN/UID,Format,Read Status,Star Rating,Owned?\n\
         One,\"Ann Author, Bo Other\",,0439023483,paperback,read,4.0,No\n",
    ),
    (
        Source::Librarything,
        "Book Id\tTitle\tPrimary Author\tSecondary Author\tPublication\tDate\tISBN\tISBNs\tWork id\n\
         17\tA \"Made-up\" Book,\tAuthor, Ann\tOther, Bo\tSome Press (2000), Paperback\t2000\t[0439023483]\t0439023483, 9780439023481\t163\n",
    ),
    (
        Source::Csv,
        "title;authors;isbn;pages\n\"A Book; or not\";Ann Author;9780439023481;12\n",
    ),
    (
        Source::AnimeList,
        "anime_id,name,genre,type,episodes\n1,\"One, two\",Drama,TV,2\n",
    ),
    (
        Source::Goodbooks,
        "goodreads_book_id,work_id,isbn,isbn13,authors,original_publication_year,original_title,title,language_code,average_rating,ratings_count,image_url\n\
         2767052,2792775,439023483,9.78043902348e+12,Suzanne Collins,2008.0,The Hunger Games,\"The Hunger Games (The Hunger Games, #1)\",eng,4.34,4780653,https://example.org/2767052.jpg\n",
    ),
];

#[test]
fn rejected_rows_of_every_source_with_rows_are_read_again_as_they_came() {
    for (source, file) in ROWS {
        let reading = source
            .read(
                Box::new(io::Cursor::new(file.as_bytes())),
                &Wishes::default(),
                Place::default(),
            )
            .unwrap();
        let columns = reading.columns;
        let record = reading.records.last().unwrap().unwrap();
        let came = record.items.clone().unwrap();
        // As the importer writes them: the columns and the fields as they came, and behind them why.
        let mut writer = ::csv::WriterBuilder::new()
            .flexible(true)
            .from_writer(Vec::new());
        let why = ["rejected_code".to_owned(), "rejected_detail".to_owned()];
        writer.write_record(columns.iter().chain(&why)).unwrap();
        let reason = ["isbn_taken".to_owned(), "it belongs, to another".to_owned()];
        writer
            .write_record(record.raw.iter().chain(&reason))
            .unwrap();
        let rejected = String::from_utf8(writer.into_inner().unwrap()).unwrap();
        let again = records_of(source, &rejected).remove(0);
        assert_eq!(again.items, Ok(came), "{}: {rejected}", source.name());
    }
}
