//! Which copies does this library have, all of them, as a table or as JSON to keep?
//!
//! Never for whoever does not work for the library, and never with a name that could not be written down as looked at. Never
//! holds more than a few hundred copies in memory.

mod borrowers;
mod cells;
mod row;

use std::sync::Arc;

use accession_events::ids::LibraryId;
use accession_events::values::ShortText;
use accession_projector::holdings::{CopyDocument, PlacesDocument};
use accession_projector::library::LibraryDocument;
use accession_read_store::IndexRange;
use accession_service::access::MemberRole;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::joined::Sources;
use crate::asking::{Asked, Segment, bad, excerpt};
use crate::cache::Standing;
use crate::described::{AtLeast, Problems};
use crate::models::Model;
use crate::reads::{Reads, now};
use crate::streaming::{self, BrokenOff, Pieces};
use crate::viewing::not_kept;
use crate::visiting::Visit;
use borrowers::Borrowers;
use row::{Editions, ExportedCopy};

const SCHEMA: &str = "accession.copies";
const VERSION: u32 = 1;
/// How many copies are read at a time.
const STRETCH: usize = 200;
/// What tells spreadsheets that a text is UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// How the copies are to be written.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "read by the description of the API only")]
pub(super) struct Form {
    /// `csv` or `json`; `json` unless told.
    format: Option<String>,
    /// Whether a CSV begins with a byte order mark, by which some spreadsheets know UTF-8; false unless told.
    bom: Option<bool>,
}

/// All copies of a library.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CopiesExport {
    #[serde(flatten)]
    head: Head,
    /// The copies, in the order in which they were taken in.
    copies: Vec<ExportedCopy>,
}

/// What an export says of itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CopiesExportHead)]
struct Head {
    /// `accession.copies`.
    #[schema(value_type = String)]
    schema: &'static str,
    /// Version of the shape of this document.
    version: u32,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    made_at: Timestamp,
    /// It contains everything up to this position of the log.
    position: u64,
    /// Whose copies these are.
    #[schema(value_type = Uuid)]
    library_id: LibraryId,
    /// What the library is called.
    #[schema(value_type = Option<String>)]
    library: Option<ShortText>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Csv { marked: bool },
    Json,
}

/// All copies of a library as CSV or JSON, with where they stand and who has them. It is sent as it is read: an answer that
/// breaks off was not everything. Cells that a spreadsheet would take for a formula begin with an apostrophe.
#[utoipa::path(get, path = "/api/read/libraries/{id}/export", tag = "holdings", security(("bearer" = [])),
    params(("id" = String, Path, description = "the library's id"), Form, AtLeast),
    responses((status = 200, content((CopiesExport = "application/json"), (String = "text/csv"))),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "not of the staff"),
        Problems))]
pub(super) async fn export(
    State(reads): State<Reads>,
    Segment(id): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&["format", "bom"])?;
    let visit = asked.visit(&id, MemberRole::Editor)?;
    let format = Format::of(&asked)?;
    reads.views().ok_or_else(not_kept)?;
    let sources = Sources::of(&reads, &asked).await?;
    let tree = sources.tree(&reads, &visit).await?;
    let borrowers = Borrowers::of(&reads, &asked).await?;
    let libraries = reads.standing(Model::Library, &asked).await?;
    let page: Option<LibraryDocument> = reads.one(&libraries, &visit.library.to_string()).await?;
    let standings: Vec<Arc<Standing>> = sources.all().into_iter().chain(borrowers.all()).collect();
    let made_at = now();
    let head = Head {
        schema: SCHEMA,
        version: VERSION,
        made_at,
        position: streaming::least(&standings),
        library_id: visit.library,
        library: page.map(|page| page.name),
    };
    let export = Export {
        reads,
        visit,
        sources,
        tree,
        borrowers,
    };
    let day = made_at.strftime("%Y-%m-%d");
    let (kind, name) = match format {
        Format::Csv { .. } => (
            "text/csv; charset=utf-8",
            format!("accession-copies-{day}.csv"),
        ),
        Format::Json => ("application/json", format!("accession-copies-{day}.json")),
    };
    let body = streaming::body("copies", |pieces| export.tell(pieces, format, head));
    streaming::file(body, kind, &name, &standings)
}

impl Format {
    fn of(asked: &Asked) -> Result<Self, Problem> {
        let marked = match asked.one("bom") {
            None | Some("false") => false,
            Some("true") => true,
            Some(other) => {
                let told = format!("`bom` is {}; expected true or false", excerpt(other));
                return Err(bad("bom", told));
            }
        };
        match asked.one("format") {
            None | Some("json") => Ok(Self::Json),
            Some("csv") => Ok(Self::Csv { marked }),
            Some(other) => {
                let told = format!("`format` is {}; expected csv or json", excerpt(other));
                Err(bad("format", told))
            }
        }
    }
}

struct Export {
    reads: Reads,
    visit: Visit,
    sources: Sources,
    tree: Option<PlacesDocument>,
    borrowers: Borrowers,
}

impl Export {
    async fn tell(
        self,
        mut pieces: Pieces,
        format: Format,
        head: Head,
    ) -> Result<Pieces, BrokenOff> {
        match format {
            Format::Csv { marked } => {
                if marked {
                    pieces.put(BYTE_ORDER_MARK).await?;
                }
                pieces.put(&cells::line(cells::COLUMNS)?).await?;
            }
            Format::Json => {
                let head = serde_json::to_vec(&head)?;
                pieces.put(head.strip_suffix(b"}").unwrap_or(&head)).await?;
                pieces.put(b",\"copies\":[").await?;
            }
        }
        let mut after = None;
        let mut first = true;
        loop {
            let (rows, next) = self.stretch(after).await?;
            for row in &rows {
                match format {
                    Format::Csv { .. } => pieces.put(&cells::line(cells::of(row))?).await?,
                    Format::Json => {
                        if !std::mem::take(&mut first) {
                            pieces.put(b",").await?;
                        }
                        pieces.json(row).await?;
                    }
                }
            }
            match next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        if format == Format::Json {
            pieces.put(b"]}").await?;
        }
        Ok(pieces)
    }

    /// The next few copies, and behind which the others come.
    async fn stretch(
        &self,
        after: Option<(String, String)>,
    ) -> Result<(Vec<ExportedCopy>, Option<(String, String)>), BrokenOff> {
        let reads = &self.reads;
        let range = IndexRange {
            index: format!("library:{}", self.visit.library),
            prefix: String::new(),
            after,
            descending: false,
            skip: 0,
            limit: STRETCH,
        };
        let entries = reads.entries(&self.sources.copies, &range).await?;
        let last = entries.last().filter(|_| entries.len() == STRETCH);
        let next = last.map(|last| (last.sort.clone(), last.key.clone()));
        let keys: Vec<String> = entries.into_iter().map(|entry| entry.key).collect();
        let copies: Vec<CopyDocument> = reads.all(&self.sources.copies, &keys).await?;
        let editions = Editions::of(reads, &self.sources, &copies).await?;
        let people = self.borrowers.people(reads, &self.visit, &copies).await?;
        let tree = self.tree.as_ref();
        let shown = self.sources.shown(reads, &self.visit, tree, copies).await?;
        let rows = shown
            .into_iter()
            .map(|copy| row::of(copy, &editions, &people));
        Ok((rows.collect(), next))
    }
}
