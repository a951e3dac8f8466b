//! Asking Kodik: the translations of a title by its id at Shikimori, or everything, page by page.
//!
//! Pages follow each other by the address that each gives for the next, never by number.

use serde_json::Value;

use super::super::asking::{Asked, Asking, Stop};
use super::super::document::text;
use super::{groups_of, record};
use crate::record::Reject;
use crate::web::{Ask, Manners};

pub(in crate::sources) const ASKED: Asked = Asked {
    manners: Manners::of("kodik", 500),
    base: "https://kodikapi.com",
    needs_token: true,
    needs: None,
    ask: |asking| {
        Box::pin(async move {
            let _ = all(asking).await;
        })
    },
};

async fn all(mut asking: Asking) -> Result<(), Stop> {
    let token = asking.wishes.token.clone().unwrap_or_default();
    let common = [
        ("token", token.as_str()),
        ("with_episodes_data", "true"),
        ("with_seasons", "true"),
        ("limit", "100"),
    ];
    let ids = asking.wishes.ids.clone();
    if ids.is_empty() {
        let everything = [
            ("types", "anime,anime-serial"),
            ("sort", "updated_at"),
            // What changed last comes first when the rest is not wanted.
            (
                "order",
                if asking.wishes.since.is_some() {
                    "desc"
                } else {
                    "asc"
                },
            ),
        ];
        let first = asking.url("/list", &[common.as_slice(), &everything].concat());
        return pages(&mut asking, Ask::Get(first), "the list").await;
    }
    for id in ids {
        let of_title = [("shikimori_id", id.trim_start_matches("shikimori:"))];
        let first = asking.url("/search", &[common.as_slice(), &of_title].concat());
        pages(&mut asking, Ask::Get(first), &id).await?;
    }
    Ok(())
}

async fn pages(asking: &mut Asking, first: Ask, what: &str) -> Result<(), Stop> {
    let mut next = Some(first);
    let mut count = 0;
    while let Some(ask) = next.take() {
        let Some(answer) = asking.document(&ask, what).await? else {
            return Ok(());
        };
        let address = answer.get("next_page").and_then(text);
        let Some(groups) = groups_of(answer) else {
            return asking
                .reject(what, Reject::new("unreadable_answer", "no answer of Kodik"))
                .await;
        };
        let mut older = 0;
        for group in &groups {
            let changes = group.1.iter().map(|result| result.get("updated_at"));
            let last = changes
                .filter_map(|time| time.and_then(Value::as_str))
                .max();
            older += usize::from(asking.wishes.is_older(last));
        }
        count += groups.len();
        if older > 0 && older == groups.len() && asking.wishes.ids.is_empty() {
            return Ok(());
        }
        for group in groups {
            asking.send(record(group, 0)).await?;
        }
        if let Some(address) = address {
            let Some(url) = asking.next_page(&address) else {
                return asking
                    .reject(
                        what,
                        Reject::new(
                            "foreign_page",
                            "the next page lies on another host and is not asked",
                        ),
                    )
                    .await;
            };
            next = Some(Ask::Get(url));
        }
    }
    if count == 0 {
        return asking
            .reject(
                what,
                Reject::new("not_found", "the provider knows nothing of it"),
            )
            .await;
    }
    Ok(())
}
