//! Which copies does this library have? Filtered, page by page, each with its title and where it stands.
//!
//! Lists of the read store are read from there, everything else is asked of the search index. Never reads a whole library for one
//! page: without an index a page that has looked at enough is told as it is, with where to go on.

use accession_projector::holdings::{CopyDocument, PlacesDocument};
use accession_read_store::{IndexRange, ListedEntry};
use accession_service::access::MemberRole;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;

use super::filter::{Filter, NAMES};
use super::joined::{CopyView, Sources};
use crate::asking::{Asked, Cursor, Segment};
use crate::described::{NotModified, Paging, Problems};
use crate::models::Model;
use crate::pages::{List, Page};
use crate::reads::Reads;
use crate::visiting::{Visit, made, made_up_to};

/// The most copies that are looked at for one page.
const LOOKED_AT: usize = 1_000;
/// How many are read at a time.
const STRETCH: usize = 200;

/// The parameters by which copies are chosen.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by the description of the API only")]
pub(super) struct Wishes {
    /// A place's id: copies at it and at the places in it; `none` for those that stand nowhere.
    place: Option<String>,
    /// Words of title, author, publisher, tags, barcode and of the places on the way to it, typos forgiven; fields, "phrases"
    /// and -without as for `/api/read/search`.
    #[param(max_length = 500)]
    q: Option<String>,
    /// A title's id, or words of its name, the last one perhaps half typed.
    title: Option<String>,
    /// Words of an author's name, the last one perhaps half typed.
    author: Option<String>,
    /// `present`, `lost`, `damaged` or `withdrawn`.
    status: Option<String>,
    /// A tag.
    tag: Option<String>,
    /// An account's id; not for patrons and children.
    owner: Option<String>,
    /// A barcode.
    barcode: Option<String>,
    /// Whether it is out.
    lent: Option<bool>,
    /// `newest` (unless told) or `oldest`: by when they were taken in; `title`, `-title`, `author`, `-author`, `year`, `-year`;
    /// `relevance` (with `q`, unless told).
    sort: Option<String>,
}

/// The copies of a library, filtered and in order. On a server without a search index a page may be shorter than asked for when
/// what is asked for is rare: go on with `next_cursor`.
#[utoipa::path(get, path = "/api/read/libraries/{id}/copies", tag = "holdings", security(("bearer" = [])),
    params(("id" = String, Path, description = "the library's id"), Wishes, Paging),
    responses((status = 200, body = Page<CopyView>), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "suspended, or a patron asks whose copies are"),
        Problems))]
pub(super) async fn copies(
    State(reads): State<Reads>,
    Segment(id): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&[&NAMES[..], &["cursor", "limit"]].concat())?;
    let visit = asked.visit(&id, MemberRole::Patron)?;
    let filter = Filter::of(&asked, &visit)?;
    let sources = Sources::of(&reads, &asked).await?;
    let filter = sources.of_one_work(&reads, filter).await?;
    let tree = sources.tree(&reads, &visit).await?;
    let is_indexed = !filter.is_of_documents() || reads.copies_finder().is_some();
    if is_indexed && !filter.is_a_list(tree.as_ref()) {
        let listed = reads.listed_copies(&asked, visit.library, filter.question(), &NAMES);
        let listed = listed.await?;
        let mut found: Vec<CopyDocument> = reads.all(&sources.copies, &listed.keys).await?;
        found.retain(|copy| copy.library_id == visit.library);
        let items = sources.shown(&reads, &visit, tree.as_ref(), found).await?;
        let next_cursor = listed.next;
        let page = Page { items, next_cursor };
        return made_up_to(&asked, &page, &sources.all(), Some(listed.position));
    }
    let search = Search {
        reads: &reads,
        sources: &sources,
        filter: &filter,
        tree: tree.as_ref(),
    };
    let (found, next) = search.page(&asked, &visit).await?;
    let items = sources.shown(&reads, &visit, tree.as_ref(), found).await?;
    let page = Page {
        items,
        next_cursor: next.map(|cursor| cursor.text()),
    };
    made(&asked, &page, &sources.all())
}

struct Search<'a> {
    reads: &'a Reads,
    sources: &'a Sources,
    filter: &'a Filter,
    tree: Option<&'a PlacesDocument>,
}

impl Search<'_> {
    async fn page(
        &self,
        asked: &Asked,
        visit: &Visit,
    ) -> Result<(Vec<CopyDocument>, Option<Cursor>), Problem> {
        let limit = asked.limit()?;
        let (index, prefix) = self.filter.index(visit.library, self.tree);
        let descending = self.filter.is_descending();
        let list = List {
            index: index.clone(),
            descending,
        };
        let question = list.question(Model::Copy);
        let mut after = asked.cursor(&question)?;
        let (mut found, mut looked_at) = (Vec::new(), 0);
        loop {
            let range = IndexRange {
                index: index.clone(),
                prefix: prefix.clone(),
                after: after.clone(),
                descending,
                skip: 0,
                limit: STRETCH,
            };
            let entries = self.reads.entries(&self.sources.copies, &range).await?;
            let whole = entries.len() == STRETCH;
            for (entry, copy) in self.taken(&entries).await? {
                found.push(copy);
                if found.len() == limit {
                    let more = whole || entries.last().is_some_and(|last| last.key != entry.key);
                    let next = more.then(|| Cursor::behind(question, &entry));
                    return Ok((found, next));
                }
            }
            looked_at += entries.len();
            let Some(end) = entries.last().filter(|_| whole) else {
                return Ok((found, None));
            };
            if looked_at >= LOOKED_AT {
                return Ok((found, Some(Cursor::behind(question, end))));
            }
            after = Some((end.sort.clone(), end.key.clone()));
        }
    }

    /// The copies of these entries that are asked for, each with its entry.
    async fn taken(
        &self,
        entries: &[ListedEntry],
    ) -> Result<Vec<(ListedEntry, CopyDocument)>, Problem> {
        let keys: Vec<String> = entries.iter().map(|entry| entry.key.clone()).collect();
        let copies: Vec<CopyDocument> = self.reads.all(&self.sources.copies, &keys).await?;
        let places = self.filter.places(self.tree);
        let mut copies = copies
            .into_iter()
            .filter(|copy| self.filter.takes(copy, &places))
            .peekable();
        let mut taken = Vec::new();
        for entry in entries {
            let of_it = |copy: &CopyDocument| copy.id.to_string() == entry.key;
            if let Some(copy) = copies.next_if(of_it) {
                taken.push((entry.clone(), copy));
            }
        }
        Ok(taken)
    }
}
