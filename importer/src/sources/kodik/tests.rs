//! Seasons, episodes and links as they really are, and as they sometimes are not.

use crate::record::Items;
use crate::sources::tests::{read_with, records_of};
use crate::sources::{Source, Wishes};

const ANSWER: &str = r#"{"time": "1ms", "total": 4, "results": [
  {"id": "serial-1", "type": "anime-serial", "link": "//kodik.example/serial/1", "title": "Выдумка", "title_orig": "Made up", "other_title": "MU / Выдумка / МУ",
   "translation": {"id": 609, "title": "One", "type": "voice"}, "year": 2015, "shikimori_id": "7",
   "seasons": {"1": {"link": "//kodik.example/season/1", "episodes": {"1": "//kodik.example/seria/11", "2": {"link": "//kodik.example/seria/12", "title": "Два"}}}}},
  {"id": "serial-2", "type": "anime-serial", "link": "//kodik.example/serial/2", "title": "Выдумка", "translation": {"id": 1, "title": "Two", "type": "subtitles"},
   "shikimori_id": "7", "seasons": {"1": {"episodes": {"1": "//kodik.example/seria/21", "x": "//kodik.example/seria/x"}}}},
  {"id": "movie-3", "type": "anime", "link": "//kodik.example/video/3", "title": "Фильм", "translation": {"id": 609, "title": "One", "type": "voice"}},
  {"id": "serial-4", "type": "anime-serial", "link": "//kodik.example/serial/4", "title": "Четыре", "shikimori_id": "8", "last_season": 2, "last_episode": 3,
   "seasons": {"2": {"link": "//kodik.example/season/4"}}},
  {"id": "serial-5", "type": "anime-serial"}]}"#;

fn items() -> Vec<Items> {
    records_of(Source::Kodik, ANSWER)
        .into_iter()
        .filter_map(|record| record.items.ok())
        .collect()
}

#[test]
fn translations_of_one_title_are_separate_sources_of_its_episodes() {
    let series = items().remove(0);
    let title = series.title.unwrap();
    assert_eq!(
        (title.source_id.as_str(), title.original_name.as_deref()),
        ("shikimori:7", Some("Made up"))
    );
    assert_eq!(title.alternative_names, ["MU", "МУ"]);
    let numbers: Vec<(u32, Option<&str>)> = series
        .episodes
        .iter()
        .map(|episode| (episode.number, episode.name.as_deref()))
        .collect();
    assert_eq!(numbers, [(1, None), (2, Some("Два"))]);
    let players: Vec<(&str, &str, i32)> = series
        .sources
        .iter()
        .map(|source| {
            (
                source.source_episode_id.as_str(),
                source.name.as_str(),
                source.priority,
            )
        })
        .collect();
    assert_eq!(
        players,
        [
            ("shikimori:7:s1e1", "One", 200),
            ("shikimori:7:s1e2", "One", 200),
            ("shikimori:7:s1e1", "Two", 100)
        ]
    );
    assert_eq!(series.sources[1].url, "//kodik.example/seria/12");
}

#[test]
fn a_film_has_one_part_and_a_season_without_episodes_gives_no_player() {
    let all = items();
    assert_eq!(
        (all[1].episodes.len(), all[1].sources[0].url.as_str()),
        (1, "//kodik.example/video/3")
    );
    assert_eq!((all[2].episodes.len(), all[2].sources.len()), (3, 0));
    let records = records_of(Source::Kodik, ANSWER);
    assert_eq!(records[2].notes[0].code, "no_links_of_episodes");
    assert_eq!(records[3].items.as_ref().unwrap_err().code, "missing_field");
}

#[test]
fn numbers_go_on_from_season_to_season_and_specials_come_last() {
    let text = r#"{"results": [{"id": "serial-1", "type": "serial", "title": "Сериал", "seasons": {
        "0": {"episodes": {"1": "//k.example/0"}}, "1": {"episodes": {"1": "//k.example/1", "2": "//k.example/2"}}, "2": {"episodes": {"1": "//k.example/3"}}}}]}"#;
    let series = records_of(Source::Kodik, text).remove(0).items.unwrap();
    let numbers: Vec<(&str, u32)> = series
        .episodes
        .iter()
        .map(|episode| (episode.source_episode_id.as_str(), episode.number))
        .collect();
    assert_eq!(
        numbers,
        [
            ("serial-1:s0e1", 4),
            ("serial-1:s1e1", 1),
            ("serial-1:s1e2", 2),
            ("serial-1:s2e1", 3)
        ]
    );
}

#[test]
fn another_answer_is_refused() {
    let error =
        read_with(Source::Kodik, b"{\"error\": \"token\"}", &Wishes::default()).unwrap_err();
    assert!(error.reason.contains("no answer of Kodik"), "{error}");
}
