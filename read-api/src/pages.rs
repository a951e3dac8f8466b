//! Lists: documents joined as they are, page by page.
//!
//! Never parses a document, and never shows one that is hidden but to those who may see it all.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use accession_read_store::{IndexRange, ListedEntry};
use accession_service::problem::Problem;
use bytes::{BufMut, Bytes, BytesMut};
use http::HeaderValue;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answering::Answer;
use crate::asking::{Asked, Cursor};
use crate::cache::{Held, Standing};
use crate::models::Model;
use crate::reads::{Reads, unavailable};

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Page<T> {
    /// The documents of this page, in order.
    pub(crate) items: Vec<T>,
    /// Send it as `cursor` for the next page; null on the last one.
    pub(crate) next_cursor: Option<String>,
}

/// Which list.
pub(crate) struct List {
    /// The index of the model.
    pub(crate) index: String,
    /// From the highest to the lowest.
    pub(crate) descending: bool,
}

impl List {
    /// What a cursor in it belongs to: two models may have indexes of one name, and the direction is part of it, too.
    pub(crate) fn question(&self, model: Model) -> String {
        let direction = if self.descending { ">" } else { "<" };
        format!("{}:{}{direction}", model.name(), self.index)
    }
}

impl Reads {
    /// The page of a list that was asked for by `cursor` and `limit`.
    pub(crate) async fn page(
        &self,
        asked: &Asked,
        standing: &Standing,
        list: List,
    ) -> Result<Answer, Problem> {
        let (entries, next) = self.entries_of(asked, standing, list).await?;
        self.page_of(standing, &entries, next).await
    }

    /// The entries of the page that was asked for, and where the list goes on.
    pub(crate) async fn entries_of(
        &self,
        asked: &Asked,
        standing: &Standing,
        list: List,
    ) -> Result<(Vec<ListedEntry>, Option<Cursor>), Problem> {
        let question = list.question(standing.model);
        let after = asked.cursor(&question)?;
        let (entries, more) = self.entries_behind(asked, standing, list, after).await?;
        let next = entries.last().filter(|_| more);
        let next = next.map(|last| Cursor::behind(question, last));
        Ok((entries, next))
    }

    /// The entries of a page that begins behind this one, and whether the list goes on.
    pub(crate) async fn entries_behind(
        &self,
        asked: &Asked,
        standing: &Standing,
        list: List,
        after: Option<(String, String)>,
    ) -> Result<(Vec<ListedEntry>, bool), Problem> {
        let limit = asked.limit()?;
        let range = IndexRange {
            after,
            index: list.index,
            prefix: String::new(),
            descending: list.descending,
            skip: 0,
            limit: limit + 1,
        };
        let mut entries = self.entries(standing, &range).await?;
        let more = entries.len() > limit;
        entries.truncate(limit);
        Ok((entries, more))
    }

    /// The page that these entries make.
    pub(crate) async fn page_of(
        &self,
        standing: &Standing,
        entries: &[ListedEntry],
        next: Option<Cursor>,
    ) -> Result<Answer, Problem> {
        let shown = self.shown(standing, entries).await?;
        Ok(page(standing, &shown, next))
    }

    /// The same with what is hidden from everyone else: for callers who have made sure that the one who asks may see it.
    pub(crate) async fn page_with_hidden(
        &self,
        standing: &Standing,
        entries: &[ListedEntry],
        next: Option<Cursor>,
    ) -> Result<Answer, Problem> {
        let found = self.found(standing, entries).await?;
        Ok(page(standing, &found, next))
    }

    /// Entries of an index.
    pub(crate) async fn entries(
        &self,
        standing: &Standing,
        range: &IndexRange,
    ) -> Result<Vec<ListedEntry>, Problem> {
        let found = self.hot().scan(standing, range).await;
        found.map_err(|trouble| unavailable(&trouble))
    }

    /// The documents of these entries that everyone may see. One that was hidden or went away after the index was
    /// read is left out.
    pub(crate) async fn shown(
        &self,
        standing: &Standing,
        entries: &[ListedEntry],
    ) -> Result<Vec<Arc<Held>>, Problem> {
        let mut found = self.found(standing, entries).await?;
        found.retain(|held| !held.hidden);
        Ok(found)
    }

    /// The documents of these entries, hidden or not.
    async fn found(
        &self,
        standing: &Standing,
        entries: &[ListedEntry],
    ) -> Result<Vec<Arc<Held>>, Problem> {
        let keys: Vec<String> = entries.iter().map(|entry| entry.key.clone()).collect();
        let found = self.hot().documents(standing, &keys).await;
        let found = found.map_err(|trouble| unavailable(&trouble))?;
        Ok(found.into_iter().flatten().collect())
    }
}

/// A page of these documents.
pub(crate) fn page(standing: &Standing, shown: &[Arc<Held>], next: Option<Cursor>) -> Answer {
    let etag = tag(standing, shown, next.is_some());
    let next = next.map(|cursor| cursor.text());
    Answer::new(joined(shown, next.as_deref()), etag, standing)
}

/// A list that holds the same versions of the same documents has the same tag.
pub(crate) fn tag(standing: &Standing, shown: &[Arc<Held>], more: bool) -> HeaderValue {
    let mut hasher = DefaultHasher::new();
    more.hash(&mut hasher);
    for held in shown {
        (&held.key, held.etag.as_bytes()).hash(&mut hasher);
    }
    let text = format!("\"g{}-{:016x}\"", standing.generation(), hasher.finish());
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("\"\""))
}

/// `{"items":[…],"next_cursor":…}` of bodies as they are.
fn joined(shown: &[Arc<Held>], next_cursor: Option<&str>) -> Bytes {
    const ROOM: usize = 64;
    let bodies: usize = shown.iter().map(|held| held.body.len() + 1).sum();
    let cursor = next_cursor.map_or(0, str::len);
    let mut page = BytesMut::with_capacity(bodies + cursor + ROOM);
    page.put_slice(b"{\"items\":");
    put_array(&mut page, shown.iter().map(|held| &held.body[..]));
    page.put_slice(b",\"next_cursor\":");
    match next_cursor {
        // base64url needs no escapes.
        Some(cursor) => {
            page.put_u8(b'"');
            page.put_slice(cursor.as_bytes());
            page.put_u8(b'"');
        }
        None => page.put_slice(b"null"),
    }
    page.put_u8(b'}');
    page.freeze()
}

/// `[…]` of bodies as they are.
pub(crate) fn put_array<'a>(page: &mut BytesMut, bodies: impl Iterator<Item = &'a [u8]>) {
    page.put_u8(b'[');
    for (place, body) in bodies.enumerate() {
        if place > 0 {
            page.put_u8(b',');
        }
        page.put_slice(body);
    }
    page.put_u8(b']');
}
