//! What the catalog can take of a record: optional values that it would refuse are left out and noted, so that a wrong
//! language code does not cost a book. Never changes a value into another one.

use accession_events::ingestion::items::{EditionItem, TitleItem};
use accession_events::values::{
    Isbn, LanguageTag, LongText, PersonName, ShortText, SourceRecordId, TitleName, WebUrl, Year,
};

use crate::record::{Items, Note, Reject};

/// The longest list that the catalog takes.
const LONGEST_LIST: usize = 100;
/// More pages than any book has.
const MOST_PAGES: u32 = 100_000;
/// How much of a value is repeated in a note.
const EXCERPT: usize = 60;

/// The items as the catalog can take them.
pub(crate) fn fit(mut items: Items, notes: &mut Vec<Note>) -> Result<Items, Reject> {
    if let Some(title) = &mut items.title {
        fit_title(title, notes)?;
    }
    for edition in &mut items.editions {
        fit_edition(edition, notes)?;
    }
    for episode in &mut items.episodes {
        id("source_episode_id", &episode.source_episode_id)?;
        drop_bad(&mut episode.name, "name_left_out", notes, |text| {
            TitleName::parse(text).is_ok()
        });
    }
    items.sources.retain(|source| {
        let good = WebUrl::parse(&source.url).is_ok() && ShortText::parse(&source.name).is_ok();
        if !good {
            notes.push(note("source_left_out", &source.url));
        }
        good
    });
    Ok(items)
}

fn fit_title(title: &mut TitleItem, notes: &mut Vec<Note>) -> Result<(), Reject> {
    id("source_id", &title.source_id)?;
    TitleName::parse(&title.name).map_err(|error| Reject::new("bad_title", error.to_string()))?;
    let is_name = |text: &str| TitleName::parse(text).is_ok();
    drop_bad(&mut title.original_name, "name_left_out", notes, is_name);
    keep_good(
        &mut title.alternative_names,
        "name_left_out",
        notes,
        is_name,
    );
    keep_good(&mut title.authors, "author_left_out", notes, |text| {
        PersonName::parse(text).is_ok()
    });
    keep_good(&mut title.genres, "genre_left_out", notes, |text| {
        ShortText::parse(text).is_ok()
    });
    drop_bad(
        &mut title.description,
        "description_left_out",
        notes,
        |text| LongText::parse(text).is_ok(),
    );
    drop_bad(&mut title.language, "language_left_out", notes, is_language);
    drop_bad(&mut title.poster, "cover_left_out", notes, is_address);
    drop_year(&mut title.year, notes);
    Ok(())
}

fn fit_edition(edition: &mut EditionItem, notes: &mut Vec<Note>) -> Result<(), Reject> {
    id("source_id", &edition.source_id)?;
    id("title_source_id", &edition.title_source_id)?;
    if edition
        .isbn
        .as_deref()
        .is_some_and(|text| Isbn::parse(text).is_err())
    {
        let wrong = edition.isbn.take();
        notes.push(note(
            "isbn_unverified",
            wrong.as_deref().unwrap_or_default(),
        ));
        edition.unverified_isbn = edition.unverified_isbn.take().or(wrong);
    }
    let is_short = |text: &str| ShortText::parse(text).is_ok();
    drop_bad(
        &mut edition.unverified_isbn,
        "isbn_left_out",
        notes,
        is_short,
    );
    drop_bad(&mut edition.name, "name_left_out", notes, |text| {
        TitleName::parse(text).is_ok()
    });
    drop_bad(
        &mut edition.publisher,
        "publisher_left_out",
        notes,
        is_short,
    );
    drop_bad(&mut edition.format, "format_left_out", notes, is_short);
    drop_bad(
        &mut edition.language,
        "language_left_out",
        notes,
        is_language,
    );
    drop_bad(&mut edition.cover, "cover_left_out", notes, is_address);
    drop_year(&mut edition.published_year, notes);
    if let Some(count) = edition
        .page_count
        .filter(|count| *count == 0 || *count > MOST_PAGES)
    {
        edition.page_count = None;
        notes.push(note("pages_left_out", &count.to_string()));
    }
    Ok(())
}

fn id(field: &str, text: &str) -> Result<(), Reject> {
    SourceRecordId::parse(text)
        .map(|_| ())
        .map_err(|error| Reject::new("bad_id", format!("`{field}`: {error}")))
}

fn is_language(text: &str) -> bool {
    LanguageTag::parse(text).is_ok()
}

fn is_address(text: &str) -> bool {
    WebUrl::parse(text).is_ok()
}

fn drop_bad(
    field: &mut Option<String>,
    code: &'static str,
    notes: &mut Vec<Note>,
    good: impl Fn(&str) -> bool,
) {
    if field.as_deref().is_some_and(|text| text.trim().is_empty()) {
        *field = None;
    }
    if let Some(text) = field.take_if(|text| !good(text)) {
        notes.push(note(code, &text));
    }
}

fn keep_good(
    list: &mut Vec<String>,
    code: &'static str,
    notes: &mut Vec<Note>,
    good: impl Fn(&str) -> bool,
) {
    list.retain(|text| {
        let blank = text.trim().is_empty();
        let keep = !blank && good(text);
        if !keep && !blank {
            notes.push(note(code, text));
        }
        keep
    });
    if list.len() > LONGEST_LIST {
        notes.push(note(
            code,
            &format!("{} entries; the first {LONGEST_LIST} are taken", list.len()),
        ));
        list.truncate(LONGEST_LIST);
    }
}

fn drop_year(year: &mut Option<i32>, notes: &mut Vec<Note>) {
    if let Some(bad) = year.take_if(|year| *year == 0 || Year::new(i64::from(*year)).is_err()) {
        notes.push(note("year_left_out", &bad.to_string()));
    }
}

/// A note about a value.
pub(crate) fn note(code: &'static str, value: &str) -> Note {
    Note {
        code,
        detail: value.chars().take(EXCERPT).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn book() -> Items {
        Items {
            title: Some(TitleItem {
                source_id: "1".into(),
                name: "A book".into(),
                ..TitleItem::default()
            }),
            editions: vec![EditionItem {
                source_id: "1".into(),
                title_source_id: "1".into(),
                ..EditionItem::default()
            }],
            ..Items::default()
        }
    }

    #[test]
    fn optional_values_that_would_be_refused_are_left_out_and_named() {
        let mut items = book();
        let title = items.title.as_mut().unwrap();
        title.language = Some("klingonish".into());
        title.year = Some(20_240);
        title.authors = vec![" ".into(), "Ann".into(), "x".repeat(300)];
        let edition = &mut items.editions[0];
        edition.isbn = Some("9780439023480".into());
        edition.cover = Some("javascript:alert(1)".into());
        edition.page_count = Some(0);
        let mut notes = Vec::new();
        let fitted = fit(items, &mut notes).unwrap();
        let title = fitted.title.unwrap();
        assert_eq!((title.language, title.year), (None, None));
        assert_eq!(title.authors, ["Ann"]);
        let edition = &fitted.editions[0];
        assert_eq!(edition.isbn, None);
        assert_eq!(edition.unverified_isbn.as_deref(), Some("9780439023480"));
        assert_eq!((edition.cover.as_ref(), edition.page_count), (None, None));
        let codes: Vec<&str> = notes.iter().map(|note| note.code).collect();
        assert_eq!(
            codes,
            [
                "author_left_out",
                "language_left_out",
                "year_left_out",
                "isbn_unverified",
                "cover_left_out",
                "pages_left_out"
            ]
        );
    }

    #[test]
    fn a_record_without_a_usable_name_or_id_is_refused() {
        let mut nameless = book();
        nameless.title.as_mut().unwrap().name = "  ".into();
        assert_eq!(
            fit(nameless, &mut Vec::new()).unwrap_err().code,
            "bad_title"
        );
        let mut odd = book();
        odd.editions[0].source_id = "a\u{7}b".into();
        assert_eq!(fit(odd, &mut Vec::new()).unwrap_err().code, "bad_id");
    }
}
