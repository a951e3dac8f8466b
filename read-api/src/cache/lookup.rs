//! What was made from a document and holds as long as that very value does: the way to it by slug or ISBN, and other
//! shapes of it.
//!
//! Never has to be dropped by hand: it names the document's id, and a changed document has another one.

use std::sync::Arc;

use accession_read_store::IndexRange;
use bytes::Bytes;

use super::packed::{Kept, Packed};
use super::{Fetched, Held, HotDocuments, Standing, Trouble, locked};

/// Kinds of what is kept here: two look-ups, two shapes.
pub(super) const ROOMS: usize = 4;
const OVERHEAD: usize = 200;

/// A way to a document by another name than its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LookUp {
    /// A title page by any of its slugs.
    Slug,
    /// An edition by its thirteen digits.
    Isbn,
}

/// Another shape of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A title card as an entry of the anime list.
    AnimeCard,
    /// A title page as an anime with its episodes.
    AnimePage,
}

/// What is kept.
#[derive(Debug, Clone)]
pub(super) enum Side {
    Way {
        key: Arc<str>,
        made_from: u64,
    },
    Shape {
        body: Option<Bytes>,
        packed: Arc<Packed>,
        made_from: u64,
    },
}

impl LookUp {
    const fn index(self) -> &'static str {
        match self {
            Self::Slug => "slug",
            Self::Isbn => "isbn",
        }
    }

    const fn room(self) -> usize {
        self as usize
    }
}

impl Shape {
    const fn room(self) -> usize {
        2 + self as usize
    }
}

impl HotDocuments {
    /// The document that another name leads to.
    pub(crate) async fn resolve(&self, standing: &Standing, by: LookUp, name: &str) -> Fetched {
        if let Some(held) = self.known_way(standing, by, name) {
            self.numbers.hit();
            return Ok(Some(held));
        }
        let Some(key) = self.way(standing, by, name).await? else {
            return Ok(None);
        };
        let Some(held) = self.document(standing, &key).await? else {
            return Ok(None);
        };
        if self.is_kept(standing, &key, &held) {
            // Asked once more now that the document is kept: if the way still leads there, any later change of it
            // changes the document, too, and the way is forgotten with it.
            if self.way(standing, by, name).await?.as_ref() == Some(&key) {
                let way = Side::Way {
                    key: key.as_str().into(),
                    made_from: held.id,
                };
                let weight = name.len() + key.len() + OVERHEAD;
                locked(&self.side).put(by.room(), name, way, weight);
            }
        }
        Ok(Some(held))
    }

    /// A shape of a document, made at most once while the document is kept; none when it has no such shape.
    pub(crate) fn shape(
        &self,
        shape: Shape,
        held: &Arc<Held>,
        make: impl FnOnce(&[u8]) -> Option<Vec<u8>>,
    ) -> Option<Kept> {
        let kept = |body, packed| Kept::shape(shape, held, body, packed);
        let key = &*held.key;
        if let Some(Side::Shape {
            body,
            packed,
            made_from,
        }) = locked(&self.side).get(shape.room(), key)
            && *made_from == held.id
        {
            return body.clone().map(|body| kept(body, Arc::clone(packed)));
        }
        let body = make(&held.body).map(Bytes::from);
        let weight = key.len() + OVERHEAD + body.as_ref().map_or(0, Bytes::len);
        let packed = Arc::<Packed>::default();
        let new = Side::Shape {
            body: body.clone(),
            packed: Arc::clone(&packed),
            made_from: held.id,
        };
        locked(&self.side).put(shape.room(), key, new, weight);
        body.map(|body| kept(body, packed))
    }

    /// A compressed form was made of a shape: it counts while the shape is kept.
    pub(super) fn shape_grown(&self, shape: Shape, key: &str, id: u64, bytes: usize) {
        let is_meant =
            |side: &Side| matches!(side, Side::Shape { made_from, .. } if *made_from == id);
        locked(&self.side).grow(shape.room(), key, bytes, is_meant);
    }

    fn known_way(&self, standing: &Standing, by: LookUp, name: &str) -> Option<Arc<Held>> {
        let (key, made_from) = match locked(&self.side).get(by.room(), name)? {
            Side::Way { key, made_from } => (Arc::clone(key), *made_from),
            Side::Shape { .. } => return None,
        };
        let held = self.peek(standing, &key)?;
        (held.id == made_from).then_some(held)
    }

    fn is_kept(&self, standing: &Standing, key: &str, held: &Held) -> bool {
        let kept = self.peek(standing, key);
        kept.is_some_and(|kept| kept.id == held.id)
    }

    async fn way(
        &self,
        standing: &Standing,
        by: LookUp,
        name: &str,
    ) -> Result<Option<String>, Trouble> {
        let range = IndexRange {
            index: by.index().to_owned(),
            prefix: format!("{name}/"),
            after: None,
            descending: false,
            skip: 0,
            limit: 1,
        };
        let found = self.scan(standing, &range).await?;
        Ok(found.into_iter().next().map(|entry| entry.key))
    }
}
