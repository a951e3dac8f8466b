//! Asking Shikimori: anime by id, fifty in one question of GraphQL; without ids everything, in windows of ids.
//!
//! Windows and not pages: a page's number means other titles when one is added, an id never does; so a run that stopped goes
//! on behind the last id it had. Everything ends when a thousand ids in a row are unknown.

use serde_json::{Value, json};

use super::super::asking::{Asked, Asking, Stop};
use super::super::document::{self, text};
use super::{items, titles_of};
use crate::record::{Record, Reject};
use crate::web::{Ask, Manners};

const WINDOW: u64 = 50;
const EMPTY_WINDOWS: u32 = 20;
const FIELDS: &str = "id name russian english japanese synonyms licenseNameRu kind status episodes episodesAired airedOn { year } \
                      genres { name russian } poster { originalUrl } description url";

pub(in crate::sources) const ASKED: Asked = Asked {
    manners: Manners::of("shikimori", 700),
    base: "https://shikimori.one",
    needs_token: false,
    needs: None,
    ask: |asking| {
        Box::pin(async move {
            let _ = all(asking).await;
        })
    },
};

async fn all(mut asking: Asking) -> Result<(), Stop> {
    let ids = asking.wishes.ids.clone();
    if ids.is_empty() {
        return windows(asking).await;
    }
    for window in ids.chunks(50) {
        let numbers: Vec<&str> = window
            .iter()
            .map(|id| id.trim_start_matches("anime:"))
            .collect();
        let found = titles(&mut asking, &numbers.join(",")).await?;
        let known: Vec<String> = found
            .iter()
            .filter_map(|title| title.get("id").and_then(text))
            .collect();
        for title in found {
            asking
                .send(document::record(&title, 0, "id", &items))
                .await?;
        }
        for number in numbers
            .iter()
            .filter(|number| !known.iter().any(|known| known == *number))
        {
            asking
                .reject(
                    number,
                    Reject::new("not_found", "the provider knows nothing of it"),
                )
                .await?;
        }
    }
    Ok(())
}

async fn windows(mut asking: Asking) -> Result<(), Stop> {
    let mut last = asking.start.byte;
    let mut empty = 0;
    while empty < EMPTY_WINDOWS {
        let ids: Vec<String> = (last + 1..=last + WINDOW)
            .map(|id| id.to_string())
            .collect();
        let mut found = titles(&mut asking, &ids.join(",")).await?;
        empty = if found.is_empty() { empty + 1 } else { 0 };
        let number = |title: &Value| {
            title
                .get("id")
                .and_then(text)
                .and_then(|id| id.parse::<u64>().ok())
        };
        found.sort_by_key(|title| number(title).unwrap_or(u64::MAX));
        for title in found {
            let record = document::record(&title, 0, "id", &items);
            let end = number(&title);
            asking.send(Record { end, ..record }).await?;
        }
        last += WINDOW;
    }
    Ok(())
}

async fn titles(asking: &mut Asking, ids: &str) -> Result<Vec<Value>, Stop> {
    let query = format!(
        "query($ids: String) {{ animes(ids: $ids, limit: {WINDOW}, censored: false) {{ {FIELDS} }} }}"
    );
    let body = json!({"query": query, "variables": {"ids": ids}});
    let ask = Ask::Post(asking.url("/api/graphql", &[]), body);
    let answer = asking.document(&ask, ids).await?;
    Ok(answer.map(titles_of).unwrap_or_default())
}
