//! Every document of a kind, fetched page by page, in a form that can be compared between two systems.

use serde_json::Value;

use crate::system::json;

/// All cards of a kind in the order of the list.
pub(crate) async fn cards(url: &str, kind: &str, sort: &str) -> Vec<Value> {
    let mut cards = Vec::new();
    let mut next = format!("{url}/api/read/titles?kind={kind}&sort={sort}&limit=200");
    loop {
        let page = json(&next).await;
        cards.extend(page["items"].as_array().unwrap().iter().cloned());
        let Some(cursor) = page["next_cursor"].as_str() else {
            return cards;
        };
        next = format!("{url}/api/read/titles?kind={kind}&sort={sort}&limit=200&cursor={cursor}");
    }
}

/// The page of every title of a kind, without what two runs cannot have in common: ids, positions and times.
pub(crate) async fn pages(url: &str, kind: &str) -> Vec<Value> {
    let mut pages = Vec::new();
    for card in cards(url, kind, "title").await {
        let mut page = json(&format!(
            "{url}/api/read/titles/{}",
            card["id"].as_str().unwrap()
        ))
        .await;
        without_chance(&mut page);
        pages.push(page);
    }
    pages.sort_by_key(|page| page["slug"].as_str().unwrap().to_owned());
    pages
}

fn without_chance(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for key in [
                "id",
                "position",
                "added_at",
                "updated_at",
                "title_id",
                "import_run",
            ] {
                fields.remove(key);
            }
            fields.values_mut().for_each(without_chance);
        }
        Value::Array(items) => items.iter_mut().for_each(without_chance),
        _ => {}
    }
}
