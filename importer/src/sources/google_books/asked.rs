//! Asking Google Books: a volume by ISBN or by its id, or the volumes that match some words.
//!
//! Without a key the service answers about once a second and a thousand times a day.

use accession_events::values::Isbn;

use super::super::asking::{Asked, Asking, Stop};
use super::super::document;
use super::{items, volumes_of};
use crate::record::Reject;
use crate::web::{Ask, Manners};

pub(in crate::sources) const ASKED: Asked = Asked {
    manners: Manners::of("google-books", 1000),
    base: "https://www.googleapis.com/books/v1",
    needs_token: false,
    needs: Some("--id with an ISBN or a volume id, or --query with words"),
    ask: |asking| {
        Box::pin(async move {
            let _ = all(asking).await;
        })
    },
};

async fn all(mut asking: Asking) -> Result<(), Stop> {
    let ids = asking.wishes.ids.clone();
    let query = asking.wishes.query.clone();
    for id in ids {
        let isbn = Isbn::parse(&id).ok();
        let (path, words) = match isbn {
            Some(isbn) => ("/volumes".to_owned(), Some(format!("isbn:{isbn}"))),
            None => (format!("/volumes/{id}"), None),
        };
        one(&mut asking, &path, words.as_deref(), &id).await?;
    }
    if let Some(query) = query {
        one(&mut asking, "/volumes", Some(&query), &query).await?;
    }
    Ok(())
}

async fn one(asking: &mut Asking, path: &str, words: Option<&str>, what: &str) -> Result<(), Stop> {
    let key = asking.wishes.token.clone();
    let mut query: Vec<(&str, &str)> = words
        .map(|words| vec![("q", words), ("maxResults", "40")])
        .unwrap_or_default();
    query.extend(key.as_deref().map(|key| ("key", key)));
    let ask = Ask::Get(asking.url(path, &query));
    let Some(answer) = asking.document(&ask, what).await? else {
        return Ok(());
    };
    let Some(volumes) = volumes_of(answer) else {
        return asking
            .reject(
                what,
                Reject::new("unreadable_answer", "no answer of Google Books"),
            )
            .await;
    };
    if volumes.is_empty() {
        return asking
            .reject(
                what,
                Reject::new("not_found", "the provider knows nothing of it"),
            )
            .await;
    }
    for volume in volumes {
        asking
            .send(document::record(&volume, 0, "id", &items))
            .await?;
    }
    Ok(())
}
