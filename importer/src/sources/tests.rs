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
