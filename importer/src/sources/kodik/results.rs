//! From results of Kodik to a title, its episodes and the players of each translation.
//!
//! The service answers seasons by number, each with episodes by number, each with a link of its own; or seasons without
//! episodes; or, for a film, one link. Only an episode's own link is an episode's player: a season's is not.

use std::collections::BTreeMap;

use accession_events::catalog::{PlayerKind, TitleKind};
use accession_events::ingestion::items::{EpisodeItem, SourceItem, TitleItem};
use serde_json::Value;

use super::super::book::squeezed;
use super::super::document::text;
use super::super::video::MOST_EPISODES;
use super::SOURCE;
use crate::fit::note;
use crate::record::{Items, Note, Reject};

/// Voices come before subtitles; a curator may rank them anew.
const VOICE: i32 = 200;
const SUBTITLES: i32 = 100;

/// What the results of one title say.
pub(super) fn items(id: &str, results: &[Value], notes: &mut Vec<Note>) -> Result<Items, Reject> {
    let missing =
        |field: &str| Reject::new("missing_field", format!("`{field}` is missing or empty"));
    let first = results
        .first()
        .filter(|_| !id.is_empty())
        .ok_or_else(|| missing("id"))?;
    let name = first
        .get("title")
        .and_then(text)
        .map(|name| squeezed(&name))
        .ok_or_else(|| missing("title"))?;
    let is_film = is_film(first);
    let mut episodes = Episodes::new();
    let mut players: Vec<(Place, &Value, String)> = Vec::new();
    for result in results {
        collect(result, is_film, &mut episodes, &mut players, notes);
    }
    let title = TitleItem {
        source: SOURCE.name.into(),
        source_id: id.to_owned(),
        kind: Some(if is_film {
            TitleKind::Film
        } else {
            TitleKind::Series
        }),
        alternative_names: other_names(first, &name),
        original_name: first
            .get("title_orig")
            .and_then(text)
            .filter(|original| *original != name),
        name,
        year: first
            .get("year")
            .and_then(Value::as_i64)
            .and_then(|year| i32::try_from(year).ok()),
        ..TitleItem::default()
    };
    let player = |(place, result, link): &(Place, &Value, String)| {
        source(id, &own_id(id, *place), result, link)
    };
    Ok(Items {
        title: Some(title),
        sources: players.iter().map(player).collect(),
        episodes: episode_items(id, &episodes),
        ..Items::default()
    })
}

fn own_id(id: &str, (season, number): Place) -> String {
    format!("{id}:s{season}e{number}")
}

fn episode_items(id: &str, episodes: &Episodes) -> Vec<EpisodeItem> {
    let numbers = numbered(episodes);
    let item = |(place, name): (&Place, &Option<String>)| {
        Some(EpisodeItem {
            source: SOURCE.name.into(),
            title_source_id: id.to_owned(),
            source_episode_id: own_id(id, *place),
            number: *numbers.get(place)?,
            name: name.clone(),
            is_available: Some(true),
        })
    };
    episodes.iter().filter_map(item).collect()
}

fn is_film(result: &Value) -> bool {
    let kind = result.get("type").and_then(text).unwrap_or_default();
    !kind.ends_with("-serial") && kind != "serial"
}

/// Season and number.
type Place = (u32, u32);
/// Episodes with their names.
type Episodes = BTreeMap<Place, Option<String>>;

fn collect<'a>(
    result: &'a Value,
    is_film: bool,
    episodes: &mut Episodes,
    players: &mut Vec<(Place, &'a Value, String)>,
    notes: &mut Vec<Note>,
) {
    let mut found = 0;
    let seasons = result.get("seasons").and_then(Value::as_object);
    for (season, of_season) in seasons.into_iter().flatten() {
        let list = of_season.get("episodes").and_then(Value::as_object);
        for (number, episode) in list.into_iter().flatten() {
            let Some(place) = place(season, number) else {
                notes.push(note("episode_without_a_number", number));
                continue;
            };
            found += 1;
            let name = episode
                .get("title")
                .and_then(text)
                .filter(|name| !name.is_empty());
            let known = episodes.entry(place).or_default();
            *known = known.take().or(name);
            let link = text(episode).or_else(|| episode.get("link").and_then(text));
            players.extend(link.map(|link| (place, result, link)));
        }
    }
    if found > 0 {
        return;
    }
    if is_film {
        episodes.entry((1, 1)).or_default();
        let link = result.get("link").and_then(text);
        players.extend(link.map(|link| ((1, 1), result, link)));
        return;
    }
    notes.push(note(
        "no_links_of_episodes",
        result.get("id").and_then(Value::as_str).unwrap_or_default(),
    ));
    let number = |field: &str| {
        result
            .get(field)
            .and_then(Value::as_u64)
            .and_then(|number| u32::try_from(number).ok())
    };
    let season = number("last_season").unwrap_or(1);
    // The last season's episodes are known by their count; those of seasons before are not.
    for episode in 1..=number("last_episode").unwrap_or(0).min(MOST_EPISODES) {
        episodes.entry((season, episode)).or_default();
    }
}

fn place(season: &str, number: &str) -> Option<Place> {
    let (season, number) = (season.parse().ok()?, number.parse().ok()?);
    (number <= MOST_EPISODES).then_some((season, number))
}

/// Numbers within the title: those of the season when there is one, otherwise counted on from season to season, with
/// season 0 (specials) at the end.
fn numbered(episodes: &Episodes) -> BTreeMap<Place, u32> {
    let mut seasons: BTreeMap<(bool, u32), u32> = BTreeMap::new();
    for (season, number) in episodes.keys() {
        let most = seasons.entry((*season == 0, *season)).or_default();
        *most = (*most).max(*number);
    }
    let mut before = BTreeMap::new();
    let mut total = 0;
    for ((_, season), most) in seasons {
        before.insert(season, total);
        total += most;
    }
    let number = |place: &(u32, u32)| before.get(&place.0).copied().unwrap_or(0) + place.1;
    episodes
        .keys()
        .map(|place| (*place, number(place)))
        .collect()
}

fn source(id: &str, episode: &str, result: &Value, link: &str) -> SourceItem {
    let translation = |field: &str| {
        result
            .pointer(&format!("/translation/{field}"))
            .and_then(text)
    };
    let is_voice = translation("type").as_deref() != Some("subtitles");
    SourceItem {
        source: SOURCE.name.into(),
        source_episode_id: episode.to_owned(),
        title_source_id: id.to_owned(),
        kind: PlayerKind::Iframe,
        url: link.to_owned(),
        name: translation("title").unwrap_or_else(|| "Kodik".into()),
        priority: if is_voice { VOICE } else { SUBTITLES },
        is_active: None,
    }
}

fn other_names(result: &Value, name: &str) -> Vec<String> {
    let names = result.get("other_title").and_then(text).unwrap_or_default();
    let mut others: Vec<String> = Vec::new();
    for other in names.split(" / ").map(squeezed) {
        if !other.is_empty() && other != name && !others.contains(&other) {
            others.push(other);
        }
    }
    others
}
