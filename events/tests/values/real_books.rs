//! Ten thousand real books whose columns a spreadsheet has damaged; never more is recovered than the digits prove.

use std::collections::{BTreeMap, BTreeSet};

use accession_events::values::{
    FloatIsbnError, Isbn, IsbnError, LanguageTag, PersonName, Slug, TitleName, WebUrl, Year,
};
use serde::Deserialize;

use super::shared_data::{rows, text};

#[derive(Debug, Deserialize)]
struct Book {
    isbn: String,
    isbn13: String,
    authors: String,
    original_publication_year: String,
    title: String,
    language_code: String,
}

fn books() -> Option<Vec<Book>> {
    rows("goodbooks/books.csv.gz")
}

fn outcome_of_isbn10(book: &Book) -> &'static str {
    match Isbn::recover_isbn10_beside_float13(&book.isbn, &book.isbn13) {
        Ok(recovered) if book.isbn13.is_empty() => {
            if recovered.zeros_restored > 0 {
                "zeros restored, no float"
            } else {
                "whole, no float"
            }
        }
        Ok(recovered) if !recovered.isbn.agrees_with_float13(&book.isbn13) => "float disagrees",
        Ok(recovered) if recovered.zeros_restored > 0 => "zeros restored, float agrees",
        Ok(_) => "whole, float agrees",
        Err(IsbnError::Empty) => "absent",
        Err(IsbnError::BadChecksum { .. }) => "check digit wrong",
        Err(_) => "other",
    }
}

fn outcome_of_float(float: &str) -> &'static str {
    match Isbn::recover_from_float13(float) {
        Ok(_) => "recovered",
        Err(FloatIsbnError::Empty) => "absent",
        Err(FloatIsbnError::Ambiguous { .. }) => "ambiguous",
        Err(FloatIsbnError::Impossible { .. }) => "impossible",
        Err(FloatIsbnError::NotEnoughDigits { .. }) => "too few digits",
        Err(FloatIsbnError::NotThirteenDigits { .. }) => "not thirteen digits",
    }
}

fn counted<'a>(outcomes: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    outcomes.fold(BTreeMap::new(), |mut counts, outcome| {
        *counts.entry(outcome).or_default() += 1;
        counts
    })
}

#[test]
fn the_isbns_of_ten_thousand_books_are_recovered_as_far_as_the_digits_go() {
    let Some(books) = books() else { return };
    let tens = counted(books.iter().map(outcome_of_isbn10));
    let without_ten = books
        .iter()
        .filter(|book| Isbn::recover_isbn10_beside_float13(&book.isbn, &book.isbn13).is_err());
    let floats = counted(without_ten.map(|book| outcome_of_float(&book.isbn13)));
    assert_eq!(
        tens,
        BTreeMap::from([
            ("absent", 700),
            ("check digit wrong", 5),
            ("float disagrees", 20),
            ("whole, float agrees", 2674),
            ("whole, no float", 16),
            ("zeros restored, float agrees", 6582),
            ("zeros restored, no float", 3),
        ])
    );
    assert_eq!(
        floats,
        BTreeMap::from([
            ("absent", 566),
            ("ambiguous", 69),
            ("impossible", 27),
            ("not thirteen digits", 1),
            ("recovered", 41),
            ("too few digits", 1),
        ])
    );
}

#[test]
fn a_float_alone_never_gives_another_isbn_than_the_isbn10_beside_it() {
    let Some(books) = books() else { return };
    let (mut same, mut differing) = (0, Vec::new());
    for book in &books {
        let Ok(known) = Isbn::recover_isbn10(&book.isbn) else {
            continue;
        };
        if !known.isbn.agrees_with_float13(&book.isbn13) {
            continue;
        }
        match Isbn::recover_from_float13(&book.isbn13) {
            Ok(found) if found == known.isbn => same += 1,
            Err(FloatIsbnError::Ambiguous {
                candidates: (one, other),
                ..
            }) if [one, other].contains(&known.isbn) => {}
            Err(FloatIsbnError::NotEnoughDigits { .. }) => {}
            found => differing.push((&book.isbn, &book.isbn13, found)),
        }
    }
    eprintln!("{same} floats give the known ISBN; differing: {differing:?}");
    assert!(differing.is_empty());
}

#[test]
fn every_title_author_year_and_language_of_ten_thousand_books_is_a_value() {
    let Some(books) = books() else { return };
    let mut slugs = BTreeSet::new();
    for book in &books {
        let title = TitleName::parse(&book.title).unwrap();
        let slug = Slug::from_title(title.as_str());
        assert_eq!(Slug::parse(slug.as_str()).unwrap(), slug);
        slugs.insert(slug);
        for author in book.authors.split(',') {
            PersonName::parse(author).unwrap();
        }
        if !book.original_publication_year.is_empty() {
            Year::parse_float_text(&book.original_publication_year).unwrap();
        }
        if !book.language_code.is_empty() {
            LanguageTag::parse(&book.language_code).unwrap();
        }
    }
    eprintln!("{} slugs for {} titles", slugs.len(), books.len());
    assert!(
        slugs.len() > 9_900,
        "{} slugs for {} titles",
        slugs.len(),
        books.len()
    );
}

#[test]
fn every_link_of_a_video_provider_is_an_https_address() {
    let answers = [
        "search_filters_episodes",
        "search_id_serial",
        "search_title",
    ];
    let mut links = 0;
    for name in answers {
        let Some(answer) = text(&format!("kodik/{name}.json")) else {
            return;
        };
        // Only the links matter here, wherever they stand in the answer.
        for line in answer.lines() {
            if let Some(link) = line.split('"').find(|part| part.starts_with("//")) {
                let url = WebUrl::parse(link).unwrap();
                assert_eq!(url.as_str(), format!("https:{link}"));
                links += 1;
            }
        }
    }
    assert_eq!(links, 9);
}

#[derive(Debug, Deserialize)]
struct Anime {
    name: String,
    genre: String,
}

#[test]
fn every_title_and_genre_of_the_anime_list_is_a_value() {
    let Some(list) = rows::<Anime>("anime/anime_cooperunion.csv.gz") else {
        return;
    };
    let mut hashed = Vec::new();
    for anime in &list {
        let name = accession_events::values::decode_entities(&anime.name);
        let title = TitleName::parse(&name).unwrap();
        if Slug::from_title(title.as_str())
            .as_str()
            .starts_with("title-")
        {
            hashed.push(title);
        }
        for genre in anime
            .genre
            .split(',')
            .filter(|genre| !genre.trim().is_empty())
        {
            accession_events::values::ShortText::parse(genre).unwrap();
        }
    }
    eprintln!(
        "{} of {} titles have no word: {hashed:?}",
        hashed.len(),
        list.len()
    );
    assert!(hashed.len() < 10, "{hashed:?}");
}
