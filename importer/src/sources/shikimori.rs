//! Shikimori: anime, manga and light novels, as its REST and GraphQL interfaces answer them, over HTTP or as files.
//!
//! The service asks for a User-Agent that names the application and for at most 5 requests a second and 90 a minute; its
//! texts belong to their writers and are attributed to `shikimori`. Posters are linked, never copied. Scores come without
//! numbers of votes and are not taken. Ids are those of the service with `anime:` or `manga:` in front.

mod asked;

use accession_events::catalog::{ReleaseStatus, TitleKind};
use accession_events::ingestion::items::TitleItem;
use serde_json::Value;

use super::book::{squeezed, year_in};
use super::document::{self, list, text};
use super::video::numbered;
use super::{Description, Given, Reading, UnreadableInput};
use crate::looks::Look;
use crate::record::{Items, Note, Reject};

/// Where addresses without a host begin.
const HOME: &str = "https://shikimori.one";

pub(super) const SOURCE: Description = Description {
    name: "shikimori",
    expects: "a JSON answer of Shikimori's API about anime or manga (REST or GraphQL, one document or JSON lines)",
    looks: &[Look::Json],
    built_in: None,
    asked: Some(&asked::ASKED),
    read,
};

fn read(given: Given) -> Result<Reading, UnreadableInput> {
    let titles: Vec<Value> = document::read_all(given)?
        .into_iter()
        .flat_map(titles_of)
        .collect();
    if titles.is_empty() {
        return Err(UnreadableInput::new(format!(
            "the JSON holds no anime or manga; shikimori expects {}",
            SOURCE.expects
        )));
    }
    Ok(document::records(titles, "id", items))
}

/// The titles of an answer of either interface.
pub(super) fn titles_of(mut answer: Value) -> Vec<Value> {
    match answer.get_mut("data").map(Value::take) {
        Some(Value::Object(data)) => {
            let lists = data
                .into_iter()
                .filter(|(name, _)| matches!(name.as_str(), "animes" | "mangas"));
            return lists
                .flat_map(|(name, list)| with_medium(list, &name))
                .collect();
        }
        Some(_) => return Vec::new(),
        None => {}
    }
    match answer {
        Value::Array(values) => values.into_iter().filter(is_title).collect(),
        value if is_title(&value) => vec![value],
        _ => Vec::new(),
    }
}

/// GraphQL tells the medium by the list and nowhere else.
fn with_medium(list: Value, medium: &str) -> Vec<Value> {
    let Value::Array(mut titles) = list else {
        return Vec::new();
    };
    for title in titles.iter_mut().filter_map(Value::as_object_mut) {
        title
            .entry("url")
            .or_insert_with(|| Value::String(format!("/{medium}/")));
    }
    titles
}

/// Genres, people and characters have ids and names too, but no episodes, volumes or times.
fn is_title(value: &Value) -> bool {
    let has = |field: &str| value.get(field).is_some();
    has("name") && (has("episodes") || has("volumes") || has("aired_on") || has("airedOn"))
}

/// What an anime or a manga says.
pub(super) fn items(title: &Value, _notes: &mut Vec<Note>) -> Result<Items, Reject> {
    let missing =
        |field: &str| Reject::new("missing_field", format!("`{field}` is missing or empty"));
    let field = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| title.get(*name).and_then(text))
    };
    let number = field(&["id"]).ok_or_else(|| missing("id"))?;
    let name = squeezed(&field(&["name"]).ok_or_else(|| missing("name"))?);
    let kind = kind(title);
    let medium = if kind == TitleKind::Book {
        "manga"
    } else {
        "anime"
    };
    let id = format!("{medium}:{number}");
    let count = |names: &[&str]| {
        field(names)
            .and_then(|count| count.parse::<u32>().ok())
            .filter(|count| *count > 0)
    };
    let status = status(field(&["status"]).as_deref());
    let total = count(&["episodes"]);
    let out = if status == Some(ReleaseStatus::Completed) {
        total
    } else {
        count(&["episodes_aired", "episodesAired"])
    };
    let item = TitleItem {
        source: SOURCE.name.into(),
        source_id: id.clone(),
        kind: Some(kind),
        name: name.clone(),
        original_name: original_name(title),
        alternative_names: alternative_names(title, &name),
        genres: genres(title),
        description: field(&["description", "description_ru"]).map(|text| without_marks(&text)),
        year: year(title),
        status,
        language: None,
        poster: poster(title),
        episode_count: total.filter(|_| kind != TitleKind::Book),
        ..TitleItem::default()
    };
    let episodes = if kind == TitleKind::Book {
        0
    } else {
        out.unwrap_or(0)
    };
    Ok(Items {
        title: Some(item),
        episodes: numbered(SOURCE.name, &id, episodes),
        ..Items::default()
    })
}

fn kind(title: &Value) -> TitleKind {
    let url = title.get("url").and_then(text).unwrap_or_default();
    let kind = title.get("kind").and_then(text).unwrap_or_default();
    let is_printed = [
        "manga",
        "manhwa",
        "manhua",
        "novel",
        "light_novel",
        "one_shot",
        "doujin",
        "ranobe",
    ]
    .contains(&kind.as_str());
    if is_printed
        || url.contains("/mangas")
        || url.contains("/ranobe")
        || title.get("volumes").is_some()
    {
        TitleKind::Book
    } else if kind == "movie" {
        TitleKind::Film
    } else {
        TitleKind::Series
    }
}

fn status(word: Option<&str>) -> Option<ReleaseStatus> {
    match word? {
        "released" => Some(ReleaseStatus::Completed),
        "ongoing" => Some(ReleaseStatus::Ongoing),
        "anons" => Some(ReleaseStatus::Upcoming),
        _ => None,
    }
}

fn original_name(title: &Value) -> Option<String> {
    title
        .get("japanese")
        .and_then(|value| list(value).into_iter().next())
}

fn alternative_names(title: &Value, name: &str) -> Vec<String> {
    let fields = [
        "russian",
        "english",
        "synonyms",
        "license_name_ru",
        "licenseNameRu",
    ];
    let mut names: Vec<String> = Vec::new();
    for other in fields
        .iter()
        .filter_map(|field| title.get(*field))
        .flat_map(list)
    {
        if other != name && !names.contains(&other) {
            names.push(other);
        }
    }
    names
}

/// In English where the service says so.
fn genres(title: &Value) -> Vec<String> {
    let entries = title
        .get("genres")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    entries
        .filter_map(|genre| {
            genre
                .get("name")
                .or_else(|| genre.get("russian"))
                .and_then(text)
        })
        .collect()
}

fn year(title: &Value) -> Option<i32> {
    let aired = title.get("aired_on").or_else(|| title.get("airedOn"))?;
    let year = aired.get("year").and_then(text).or_else(|| text(aired))?;
    year_in(&year)
}

fn poster(title: &Value) -> Option<String> {
    let address = title
        .pointer("/poster/originalUrl")
        .or_else(|| title.pointer("/image/original"))
        .and_then(text)?;
    if address.contains("missing") {
        return None;
    }
    Some(if address.starts_with('/') {
        format!("{HOME}{address}")
    } else {
        address
    })
}

/// The text without the service's own marks such as `[character=73935]…[/character]`.
fn without_marks(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('[') {
        words.push_str(before);
        let mark = behind.split_once(']').filter(|(mark, _)| is_mark(mark));
        rest = mark.map_or(behind, |(_, after)| after);
        if mark.is_none() {
            words.push('[');
        }
    }
    words.push_str(rest);
    words
}

fn is_mark(mark: &str) -> bool {
    let word = mark.trim_start_matches('/');
    let word = word.split(['=', ' ']).next().unwrap_or_default();
    [
        "character",
        "person",
        "anime",
        "manga",
        "ranobe",
        "i",
        "b",
        "u",
        "s",
        "url",
        "br",
        "quote",
        "spoiler",
        "source",
        "h3",
        "center",
        "size",
    ]
    .contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::tests::{read_with, records_of};
    use crate::sources::{Source, Wishes};

    const SHOW: &str = r#"{"id": 7, "name": "Made up", "russian": "Выдумка", "english": ["Made up"], "japanese": ["作り話"], "synonyms": ["MU"], "kind": "tv",
        "url": "/animes/7-made-up", "status": "ongoing", "episodes": 12, "episodes_aired": 3, "aired_on": "2015-10-05", "score": "8.5",
        "image": {"original": "/system/animes/original/7.jpg?1"}, "description": "Герой [character=1]Имя[/character] [не знак].", "genres": [{"id": 1, "name": "Action", "russian": "Экшен"}]}"#;

    #[test]
    fn an_anime_comes_with_the_episodes_that_are_out() {
        let items = records_of(Source::Shikimori, SHOW).remove(0).items.unwrap();
        let title = items.title.unwrap();
        assert_eq!(
            (title.source_id.as_str(), title.status, title.year),
            ("anime:7", Some(ReleaseStatus::Ongoing), Some(2015))
        );
        assert_eq!((title.episode_count, items.episodes.len()), (Some(12), 3));
        assert_eq!(title.alternative_names, ["Выдумка", "MU"]);
        assert_eq!(title.original_name.as_deref(), Some("作り話"));
        assert_eq!(title.description.as_deref(), Some("Герой Имя [не знак]."));
        assert_eq!(
            title.poster.as_deref(),
            Some("https://shikimori.one/system/animes/original/7.jpg?1")
        );
    }

    #[test]
    fn graphql_answers_and_lines_of_json_are_read_too() {
        let graphql = r#"{"data": {"animes": [{"id": "8", "name": "Film", "kind": "movie", "status": "released", "episodes": 1, "airedOn": {"year": 2001}, "poster": {"originalUrl": "https://example.org/p.jpg"}}]}}"#;
        let film = records_of(Source::Shikimori, graphql)
            .remove(0)
            .items
            .unwrap();
        assert_eq!(
            (film.title.as_ref().unwrap().kind, film.episodes.len()),
            (Some(TitleKind::Film), 1)
        );
        let lines = format!(
            "{}\n{{\"id\": 9, \"name\": \"Manga\", \"kind\": \"manga\", \"volumes\": 3, \"status\": \"anons\"}}\n",
            SHOW.replace('\n', " ")
        );
        let manga = records_of(Source::Shikimori, &lines)
            .remove(1)
            .items
            .unwrap();
        assert_eq!(
            (
                manga.title.unwrap().source_id.as_str(),
                manga.episodes.len()
            ),
            ("manga:9", 0)
        );
    }

    #[test]
    fn an_answer_about_something_else_is_refused() {
        let error = read_with(
            Source::Shikimori,
            b"[{\"id\": 1, \"name\": \"Action\"}]",
            &Wishes::default(),
        )
        .unwrap_err();
        assert!(error.reason.contains("no anime or manga"), "{error}");
    }
}
