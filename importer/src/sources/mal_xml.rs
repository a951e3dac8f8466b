//! A person's anime or manga list as `MyAnimeList` exports it (`animelist.xml`, `mangalist.xml`).
//!
//! The file belongs to its owner; facts in it are attributed to `mal-xml`, and ids are those of `MyAnimeList`. A known
//! number of episodes becomes that many numbered episodes; 0 means unknown. What the person says about a title (status,
//! episodes watched, score, dates, tags, comments) is the journal's: counted, never taken.

use accession_events::catalog::TitleKind;
use accession_events::ingestion::items::TitleItem;
use accession_events::values::decode_entities;

use super::elements::records;
use super::video::{MOST_EPISODES, numbered};
use super::{Description, Given, Reading, UnreadableInput};
use crate::looks::Look;
use crate::record::{Items, Note, Reject};
use crate::xml::{Elements, Node};

pub(super) const SOURCE: Description = Description {
    name: "mal-xml",
    expects: "the XML file that MyAnimeList exports (animelist.xml or mangalist.xml)",
    looks: &[Look::Xml],
    built_in: None,
    asked: None,
    read,
};

/// What the person says, with the values that say nothing.
const PERSONAL: [(&str, &[&str]); 5] = [
    ("shelves_not_taken", &["my_status", "my_tags"]),
    (
        "progress_not_taken",
        &["my_watched_episodes", "my_read_chapters", "my_read_volumes"],
    ),
    ("rating_not_taken", &["my_score"]),
    ("dates_not_taken", &["my_start_date", "my_finish_date"]),
    ("private_notes_not_taken", &["my_comments"]),
];

fn read(given: Given) -> Result<Reading, UnreadableInput> {
    let source = given.provenance.clone();
    let elements = Elements::open(given.reader, &given.sample, |name| {
        matches!(name, "anime" | "manga")
    })?;
    if elements
        .root()
        .is_none_or(|root| root.name != "myanimelist")
    {
        return Err(UnreadableInput::new(format!(
            "the XML document is no `myanimelist`; mal-xml expects {}",
            SOURCE.expects
        )));
    }
    let name = |node: &Node| id_of(node).map(|id| format!("{}:{id}", node.name));
    Ok(records(elements, name, move |node, notes| {
        items(&source, node, notes)
    }))
}

fn id_of(node: &Node) -> Option<String> {
    node.text_in("series_animedb_id")
        .or_else(|| node.text_in("manga_mangadb_id"))
}

fn items(source: &str, node: &Node, notes: &mut Vec<Note>) -> Result<Items, Reject> {
    let missing = |field: &str| Reject::new("missing_field", format!("`{field}` is empty"));
    let id = id_of(node).ok_or_else(|| missing("series_animedb_id"))?;
    let id = format!("{}:{id}", node.name);
    let name = node
        .text_in("series_title")
        .or_else(|| node.text_in("manga_title"));
    let name = name.ok_or_else(|| missing("series_title"))?;
    let episode_count = episode_count(node)?;
    let title = TitleItem {
        source: source.into(),
        source_id: id.clone(),
        kind: Some(kind(node)),
        name: decode_entities(&name).into_owned(),
        episode_count,
        ..TitleItem::default()
    };
    note_personal(node, &id, notes);
    Ok(Items {
        title: Some(title),
        episodes: numbered(source, &id, episode_count.unwrap_or(0)),
        ..Items::default()
    })
}

fn kind(node: &Node) -> TitleKind {
    match (node.name.as_str(), node.text_in("series_type").as_deref()) {
        ("manga", _) => TitleKind::Book,
        (_, Some("Movie")) => TitleKind::Film,
        _ => TitleKind::Series,
    }
}

fn episode_count(node: &Node) -> Result<Option<u32>, Reject> {
    let Some(text) = node.text_in("series_episodes") else {
        return Ok(None);
    };
    match text.parse::<u32>() {
        Ok(0) => Ok(None),
        Ok(count) if count <= MOST_EPISODES => Ok(Some(count)),
        _ => Err(Reject::new(
            "bad_number",
            format!("`series_episodes` is `{text}`; expected 0 to {MOST_EPISODES}"),
        )),
    }
}

fn note_personal(node: &Node, id: &str, notes: &mut Vec<Note>) {
    for (code, fields) in PERSONAL {
        let said = fields.iter().filter_map(|field| node.text_in(field));
        if said
            .into_iter()
            .any(|text| text != "0" && text != "0000-00-00")
        {
            notes.push(Note {
                code,
                detail: id.to_owned(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::tests::{read_with, records_of};
    use crate::sources::{Source, Wishes};

    const LIST: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" ?><myanimelist><myinfo><user_name>x</user_name></myinfo>
        <anime><series_animedb_id>7</series_animedb_id><series_title><![CDATA[Made &amp; up]]></series_title>
          <series_type>TV</series_type><series_episodes>12</series_episodes><my_watched_episodes>3</my_watched_episodes>
          <my_score>0</my_score><my_start_date>0000-00-00</my_start_date><my_status>Dropped</my_status></anime>
        <anime><series_animedb_id>8</series_animedb_id><series_title>Film</series_title><series_type>Movie</series_type>
          <series_episodes>0</series_episodes></anime>
        <anime><series_title>No id</series_title></anime>
        <anime><series_animedb_id>9</series_animedb_id><series_title>Odd</series_title><series_episodes>many</series_episodes></anime>
        <manga><manga_mangadb_id>7</manga_mangadb_id><manga_title>A manga</manga_title><manga_volumes>3</manga_volumes></manga>
        </myanimelist>";

    #[test]
    fn a_list_becomes_titles_with_numbered_episodes_and_without_its_owner() {
        let records = records_of(Source::MalXml, LIST);
        let first = records[0].items.clone().unwrap();
        let title = first.title.unwrap();
        assert_eq!(
            (title.name.as_str(), title.source_id.as_str()),
            ("Made & up", "anime:7")
        );
        assert_eq!((first.episodes.len(), title.episode_count), (12, Some(12)));
        let codes: Vec<&str> = records[0].notes.iter().map(|note| note.code).collect();
        assert_eq!(codes, ["shelves_not_taken", "progress_not_taken"]);
        let film = records[1].items.clone().unwrap().title.unwrap();
        assert_eq!(
            (film.kind, film.episode_count),
            (Some(TitleKind::Film), None)
        );
        assert_eq!(records[2].items.as_ref().unwrap_err().code, "missing_field");
        assert_eq!(records[3].items.as_ref().unwrap_err().code, "bad_number");
        let manga = records[4].items.clone().unwrap().title.unwrap();
        assert_eq!(
            (manga.kind, manga.source_id.as_str()),
            (Some(TitleKind::Book), "manga:7")
        );
    }

    #[test]
    fn another_xml_file_is_refused_by_its_root() {
        let error =
            read_with(Source::MalXml, b"<feed><entry/></feed>", &Wishes::default()).unwrap_err();
        assert!(error.reason.contains("no `myanimelist`"), "{error}");
    }
}
