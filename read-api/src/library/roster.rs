//! Pages of people in the order of their names, whose cursors name nobody: an address of a page gets into logs and histories.
//!
//! Never takes a place from a cursor: only whose place it is, and looks that up.

use accession_events::ids::LibraryId;
use accession_projector::library::MemberDocument;
use accession_read_store::ListedEntry;
use accession_service::problem::Problem;

use crate::asking::{Asked, Cursor, bad};
use crate::cache::Standing;
use crate::pages::List;
use crate::reads::Reads;

impl Reads {
    /// The entries of the page that was asked for, and where the roster goes on: behind an account, by its id.
    pub(super) async fn roster(
        &self,
        asked: &Asked,
        library: LibraryId,
        standing: &Standing,
        list: List,
    ) -> Result<(Vec<ListedEntry>, Option<Cursor>), Problem> {
        let question = list.question(standing.model);
        let after = match asked.cursor(&question)? {
            Some((_, key)) => Some(self.place_of(library, standing, key).await?),
            None => None,
        };
        let (entries, more) = self.entries_behind(asked, standing, list, after).await?;
        let next = entries.last().filter(|_| more).map(|shown| Cursor {
            index: question,
            sort: String::new(),
            key: shown.key.clone(),
        });
        Ok((entries, next))
    }

    /// Where somebody stands, by the name that they have now, who belongs to the library or did: of nobody else, or a cursor
    /// of somebody's own making would tell between which members a stranger's name stands.
    async fn place_of(
        &self,
        library: LibraryId,
        standing: &Standing,
        key: String,
    ) -> Result<(String, String), Problem> {
        let member: Option<MemberDocument> = self.one(standing, &key).await?;
        let member = member.filter(|member| member.membership(library).is_some());
        let place = member.and_then(|member| member.place_in_rosters());
        place.map(|place| (place, key)).ok_or_else(|| {
            bad(
                "cursor",
                "this cursor leads nowhere, or to somebody who was forgotten meanwhile: leave it out to begin anew".into(),
            )
        })
    }
}
