//! The sample collection: some well-known books, series and films, written by hand for `accession demo`.
//!
//! It goes through the same pipeline as every other source; nothing about it is special but that it is built in.

use std::io::Read;

use accession_events::catalog::{ReleaseStatus, TitleKind};
use accession_events::ingestion::items::{EditionItem, EpisodeItem, TitleItem};
use serde::Deserialize;

use super::columns::{self, Row};
use super::{Records, UnreadableInput};
use crate::record::{Items, Record, Reject};

/// Name on the command line and in provenance.
pub(super) const NAME: &str = "sample";

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
pub(super) fn content() -> Vec<u8> {
    [BOOKS, VIDEO].concat().into_bytes()
}

/// The records; the input is the built-in one, whatever is passed.
pub(super) fn read(
    _input: Box<dyn Read + Send>,
) -> Result<(Vec<String>, Records), UnreadableInput> {
    let (header, rows) = columns::read(Box::new(BOOKS.as_bytes()), &COLUMNS)?;
    let videos: Vec<Video> = serde_json::from_str(VIDEO).map_err(|error| UnreadableInput {
        reason: error.to_string(),
    })?;
    let books = rows.map(|row| match row {
        Ok(row) => (row.field("id").to_owned(), row.raw(), book(&row)),
        Err(bad) => (
            format!("line {}", bad.line),
            Vec::new(),
            Err(Reject::new("bad_row", bad.reason)),
        ),
    });
    let videos = videos
        .into_iter()
        .map(|video| (video.id.clone(), Vec::new(), Ok(series(video))));
    let records = books
        .chain(videos)
        .zip(1..)
        .map(|((name, raw, items), number)| {
            Ok(Record {
                number,
                name,
                raw,
                items,
                notes: Vec::new(),
            })
        });
    Ok((header, Box::new(records)))
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
    Ok(Items {
        title,
        editions: vec![edition],
        episodes: Vec::new(),
    })
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
        title,
        editions: Vec::new(),
        episodes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use accession_events::values::Isbn;

    #[test]
    fn every_record_of_the_sample_can_be_read_and_every_isbn_is_one() {
        let (_, records) = read(Box::new(std::io::empty())).unwrap();
        let items: Vec<Items> = records
            .map(|record| record.unwrap().items.unwrap())
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
