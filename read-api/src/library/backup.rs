//! What is a library as a whole? One file to keep, from which a server makes it again.
//!
//! Never for anybody but its admins, never with an address or a secret in it, and never with a name that could not be written
//! down as looked at. Never holds more than a few hundred lines in memory, beside the ids of what was told.

mod catalogue;
mod circulation;
mod copies;
mod start;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use accession_backup::{Line, Sealing};
use accession_events::ids::{CopyId, EditionId, PatronId, TitleId};
use accession_projector::holdings::PlacesDocument;
use accession_read_store::{IndexRange, ListedEntry};
use accession_service::access::MemberRole;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;

use crate::asking::{Asked, Segment};
use crate::cache::Standing;
use crate::described::{AtLeast, Problems};
use crate::models::Model;
use crate::reads::{Reads, now};
use crate::streaming::{self, BrokenOff, Pieces};
use crate::viewing::not_kept;
use crate::visiting::Visit;

/// As views of this question are written down.
const ROUTE: &str = "/api/read/libraries/{id}/backup";
/// How many documents are read at a time.
const STRETCH: usize = 200;

/// Where the models stand that a backup is made of.
struct Sources {
    library: Arc<Standing>,
    members: Arc<Standing>,
    places: Arc<Standing>,
    shelves: Arc<Standing>,
    copies: Arc<Standing>,
    titles: Arc<Standing>,
    editions: Arc<Standing>,
    loans: Arc<Standing>,
    queues: Arc<Standing>,
    patrons: Arc<Standing>,
    policies: Arc<Standing>,
}

/// A backup that is being told.
struct Backup {
    reads: Reads,
    visit: Visit,
    sources: Sources,
    tree: Option<PlacesDocument>,
    /// The slot of each copy, as it was when the backup began.
    slots: HashMap<CopyId, u32>,
    told: Told,
    sealing: Sealing,
    pieces: Pieces,
}

/// What lines have told, so that no line refers to one that is not there.
#[derive(Default)]
struct Told {
    /// The titles that were told.
    works: HashSet<TitleId>,
    /// Titles of copies, and which title stands for each: itself, but for those that were merged.
    titles: HashMap<TitleId, TitleId>,
    editions: HashMap<EditionId, TitleId>,
    copies: HashSet<CopyId>,
    borrowers: HashSet<PatronId>,
}

/// A library as one file to keep, in lines of JSON, the last of which has the digest of all others. It is sent as it is read:
/// what breaks off has no such line and is not taken by `POST /api/v1/libraries/restore`.
#[utoipa::path(get, path = "/api/read/libraries/{id}/backup", tag = "library", security(("bearer" = [])),
    params(("id" = String, Path, description = "the library's id"), AtLeast),
    responses((status = 200, body = String, content_type = "application/x-ndjson"),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "not an admin of the library"),
        Problems))]
pub(super) async fn backup(
    State(reads): State<Reads>,
    Segment(id): Segment,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&[])?;
    let visit = asked.visit(&id, MemberRole::Admin)?;
    reads.views().ok_or_else(not_kept)?;
    let sources = Sources::of(&reads, &asked).await?;
    let made_at = now();
    let first = start::first_line(&reads, &sources, &visit, made_at).await?;
    let tree: Option<PlacesDocument> = reads
        .one(&sources.places, &visit.library.to_string())
        .await?;
    let slots = start::slots(&reads, &sources, tree.as_ref()).await?;
    let standings = sources.all();
    let body = streaming::body("backup", |pieces| {
        let backup = Backup {
            reads,
            visit,
            sources,
            tree,
            slots,
            told: Told::default(),
            sealing: Sealing::default(),
            pieces,
        };
        backup.tell(first)
    });
    let name = format!("accession-library-{}.jsonl", made_at.strftime("%Y-%m-%d"));
    streaming::file(body, "application/x-ndjson", &name, &standings)
}

impl Sources {
    async fn of(reads: &Reads, asked: &Asked) -> Result<Self, Problem> {
        let models = [
            Model::Library,
            Model::Member,
            Model::Places,
            Model::Shelf,
            Model::Copy,
            Model::TitlePage,
        ];
        let [library, members, places, shelves, copies, titles] =
            reads.standings(models, asked).await?;
        let models = [
            Model::Edition,
            Model::Loan,
            Model::Availability,
            Model::Patron,
            Model::LendingPolicy,
        ];
        let [editions, loans, queues, patrons, policies] = reads.standings(models, asked).await?;
        Ok(Self {
            library,
            members,
            places,
            shelves,
            copies,
            titles,
            editions,
            loans,
            queues,
            patrons,
            policies,
        })
    }

    fn all(&self) -> [Arc<Standing>; 11] {
        [
            &self.library,
            &self.members,
            &self.places,
            &self.shelves,
            &self.copies,
            &self.titles,
            &self.editions,
            &self.loans,
            &self.queues,
            &self.patrons,
            &self.policies,
        ]
        .map(Arc::clone)
    }
}

impl Backup {
    async fn tell(mut self, first: Line) -> Result<Pieces, BrokenOff> {
        self.line(&first).await?;
        for place in start::places(self.tree.as_ref()) {
            self.line(&Line::Place(place)).await?;
        }
        self.members().await?;
        self.copies().await?;
        self.loans().await?;
        self.holds().await?;
        let end = self.sealing.end()?;
        self.pieces.put(&end).await?;
        Ok(self.pieces)
    }

    async fn line(&mut self, line: &Line) -> Result<(), BrokenOff> {
        let bytes = self.sealing.line(line)?;
        self.pieces.put(&bytes).await
    }

    /// The entries of an index of this library behind this one, and behind which the others come.
    async fn stretch(
        &self,
        standing: &Standing,
        part: &str,
        after: Option<(String, String)>,
    ) -> Result<(Vec<ListedEntry>, Option<(String, String)>), Problem> {
        let range = IndexRange {
            index: format!("library:{}{part}", self.visit.library),
            prefix: String::new(),
            after,
            descending: false,
            skip: 0,
            limit: STRETCH,
        };
        let entries = self.reads.entries(standing, &range).await?;
        let last = entries.last().filter(|_| entries.len() == STRETCH);
        let next = last.map(|last| (last.sort.clone(), last.key.clone()));
        Ok((entries, next))
    }
}

/// The keys of these entries.
fn keys(entries: Vec<ListedEntry>) -> Vec<String> {
    entries.into_iter().map(|entry| entry.key).collect()
}
