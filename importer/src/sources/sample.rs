//! The sample collection: some well-known books, series and films, written by hand for `accession demo`.
//!
//! It goes through the same pipeline as every other source; nothing about it is special but that it is built in.

use accession_events::catalog::{ReleaseStatus, TitleKind};
use accession_events::ingestion::items::{EditionItem, EpisodeItem, TitleItem};
use serde::Deserialize;

use super::columns::{self, Dialect, Row};
use super::{Description, Given, Reading, UnreadableInput};
use crate::looks::Look;
use crate::record::{Items, Record, Reject};

/// Name on the command line and in provenance.
const NAME: &str = "sample";

const BOOKS: &str = include_str!("sample/books.csv");
const VIDEO: &str = include_str!("sample/video.json");
const COLUMNS: [&str; 11] = [
    "id",
    "name",
    "original_name",
    "authors",
    "year",
    "language",
    "genres",
    "isbn",
    "publisher",
    "pages",
    "description",
];

#[derive(Deserialize)]
struct Video {
    id: String,
    kind: TitleKind,
    name: String,
    original_name: Option<String>,
    #[serde(default)]
    alternative_names: Vec<String>,
    year: i32,
    status: ReleaseStatus,
    language: String,
    genres: Vec<String>,
    description: String,
    episode_count: u32,
    episodes: Vec<String>,
}

/// Everything that decides what is imported: a changed sample is another input.
fn content() -> Vec<u8> {
    [BOOKS, VIDEO].concat().into_bytes()
}

pub(super) const SOURCE: Description = Description {
    name: NAME,
    expects: "no file: the collection is built in",
    looks: &[Look::Text],
    built_in: Some(content),
    asked: None,
    read,
};

/// The books are read from the input, which is the built-in one; the videos come behind them.
fn read(given: Given) -> Result<Reading, UnreadableInput> {
    let books = Given {
        reader: Box::new(BOOKS.as_bytes()),
        ..given
    };
    let rows = columns::read(books, Dialect::CSV, &COLUMNS)?;
    let name = |row: &Row| row.filled("id").map(str::to_owned);
    let books = columns::records(rows, name, |row, _| book(row));
    let videos: Vec<Video> =
        serde_json::from_str(VIDEO).map_err(|error| UnreadableInput::new(error.to_string()))?;
    let videos = videos.into_iter().map(|video| {
        Ok(Record {
            number: 0,
            name: video.id.clone(),
            raw: Vec::new(),
            items: Ok(series(video)),
            notes: Vec::new(),
            end: None,
        })
    });
    let records = books.records.chain(videos).zip(1..);
    let records = records.map(|(record, number)| record.map(|record| Record { number, ..record }));
    Ok(Reading {
        columns: books.columns,
        records: Box::new(records),
    })
}

fn book(row: &Row) -> Result<Items, Reject> {
    let id = row.field("id");
    let number = |column: &str| {
        let parsed = row.filled(column).map(str::parse).transpose();
        parsed.map_err(|_| {
            Reject::new(
                "bad_number",
                format!("line {}: `{column}` is not a number", row.line),
            )
        })
    };
    let year: Option<i32> = number("year")?;
    let pages = number("pages")?.and_then(|pages| u32::try_from(pages).ok());
    let list = |column: &str| {
        row.field(column)
            .split(';')
            .map(|part| part.trim().to_owned())
            .collect::<Vec<_>>()
    };
    let title = TitleItem {
        source: NAME.into(),
        source_id: id.into(),
        kind: Some(TitleKind::Book),
        name: row.field("name").into(),
        original_name: row.filled("original_name").map(str::to_owned),
        authors: list("authors"),
        genres: list("genres"),
        description: row.filled("description").map(str::to_owned),
        year,
        language: row.filled("language").map(str::to_owned),
        ..TitleItem::default()
    };
    let edition = EditionItem {
        source: NAME.into(),
        source_id: format!("{id}:1"),
        title_source_id: id.into(),
        isbn: row.filled("isbn").map(str::to_owned),
        name: Some(row.field("name").into()),
        publisher: row.filled("publisher").map(str::to_owned),
        language: Some("en".into()),
        page_count: pages,
        ..EditionItem::default()
    };
    Ok(Items::book(title, edition))
}

fn series(video: Video) -> Items {
    let episodes = (1..=video.episode_count).map(|number| EpisodeItem {
        source: NAME.into(),
        title_source_id: video.id.clone(),
        source_episode_id: format!("{}:{number}", video.id),
        number,
        name: usize::try_from(number - 1)
            .ok()
            .and_then(|index| video.episodes.get(index))
            .cloned(),
        is_available: Some(true),
    });
    let episodes = episodes.collect();
    let title = TitleItem {
        source: NAME.into(),
        source_id: video.id,
        kind: Some(video.kind),
        name: video.name,
        original_name: video.original_name,
        alternative_names: video.alternative_names,
        genres: video.genres,
        description: Some(video.description),
        year: Some(video.year),
        status: Some(video.status),
        language: Some(video.language),
        episode_count: Some(video.episode_count),
        ..TitleItem::default()
    };
    Items {
        title: Some(title),
        episodes,
        ..Items::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::Source;
    use crate::sources::tests::records_of;
    use accession_events::values::Isbn;

    #[test]
    fn every_record_of_the_sample_can_be_read_and_every_isbn_is_one() {
        let text = String::from_utf8(content()).unwrap();
        let records = records_of(Source::Sample, &text);
        let items: Vec<Items> = records
            .into_iter()
            .map(|record| record.items.unwrap())
            .collect();
        let (books, videos): (Vec<_>, Vec<_>) = items
            .into_iter()
            .partition(|items| !items.editions.is_empty());
        assert!(books.len() >= 60, "{} books", books.len());
        assert_eq!(videos.len(), 10);
        for book in &books {
            Isbn::parse(book.editions[0].isbn.as_ref().unwrap()).unwrap();
        }
        assert!(videos.iter().all(|video| !video.episodes.is_empty()));
    }
}
