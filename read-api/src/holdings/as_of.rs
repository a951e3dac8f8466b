//! Where did this copy stand on that day, and was it there?
//!
//! Never asks the log: what happened to a copy is written down leaf by leaf, and read from that day backwards.

use accession_events::holdings::{CopyState, Standing as StoodAt};
use accession_events::ids::{CopyId, LoanId, TitleId};
use accession_projector::holdings::{PlacesDocument, StoryDocument, StoryKind};
use accession_read_store::IndexRange;
use accession_service::access::MemberRole;
use accession_service::problem::{Problem, ProblemBody};
use axum::extract::State;
use axum::response::Response;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::activity::StoodView;
use crate::asking::{Asked, bad, excerpt};
use crate::cache::Standing;
use crate::described::{AtLeast, NotModified, Problems};
use crate::models::Model;
use crate::reads::Reads;
use crate::visiting::{TwoSegments, Visit, made};

/// How many leaves are read at a time.
const STRETCH: usize = 200;

/// A copy as it was at some time.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CopyThen {
    /// The copy's id.
    #[schema(value_type = Uuid)]
    copy_id: CopyId,
    /// What it is a copy of.
    #[schema(value_type = Uuid)]
    title_id: TitleId,
    /// The moment that this is about.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Whether the library listed it then; false before it was taken in, and while it was removed.
    listed: bool,
    /// `present`, `lost`, `damaged` or `withdrawn`; null before it was taken in.
    #[schema(value_type = Option<String>)]
    state: Option<CopyState>,
    /// Where it stood; null for nowhere.
    stood: Option<StoodView>,
    /// Since when it stood there; null when it never had stood anywhere.
    #[schema(value_type = Option<String>, format = DateTime)]
    stood_since: Option<Timestamp>,
    /// Whether it was out.
    lent: bool,
    /// The loan on which it was out.
    #[schema(value_type = Option<Uuid>)]
    loan_id: Option<LoanId>,
}

/// Where a copy stood at some time, whether it was listed, out, lost: by what was known of it then, as far as it was written
/// down by then. Also of copies that were removed since.
#[utoipa::path(get, path = "/api/read/libraries/{id}/copies/{copy}/as-of", tag = "holdings", security(("bearer" = [])),
    params(("id" = String, Path, description = "the library's id"), ("copy" = String, Path, description = "the copy's id"),
        ("at" = String, Query, description = "a day, which is its end (UTC), as in `2026-03-01`, or a moment, as in `2026-03-01T12:00:00Z`"),
        AtLeast),
    responses((status = 200, body = CopyThen), NotModified,
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "a child or a patron"), Problems))]
pub(super) async fn copy_as_of(
    State(reads): State<Reads>,
    TwoSegments(id, copy): TwoSegments,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&["at"])?;
    let visit = asked.visit(&id, MemberRole::Viewer)?;
    let at = moment(asked.one("at"))?;
    let [stories, places] = reads
        .standings([Model::CopyStory, Model::Places], &asked)
        .await?;
    let then = match copy.parse::<CopyId>() {
        Ok(copy) => reads.copy_then(&stories, &visit, copy, at).await?,
        Err(_) => None,
    };
    let Some((copy_id, title_id, then)) = then else {
        let detail = format!("this library has no copy with the id {}", excerpt(&copy));
        return reads.miss(&stories, detail).await;
    };
    let tree: Option<PlacesDocument> = reads.one(&places, &visit.library.to_string()).await?;
    let stood = then.stood.flatten();
    let view = CopyThen {
        copy_id,
        title_id,
        at,
        listed: then.listed.unwrap_or_default(),
        state: then.state,
        stood: stood.map(|stood| StoodView::of(stood, tree.as_ref())),
        stood_since: then.stood_since,
        lent: then.loan.flatten().is_some(),
        loan_id: then.loan.flatten(),
    };
    made(&asked, &view, &[stories, places])
}

/// The moment that is asked for: a day is its end.
fn moment(at: Option<&str>) -> Result<Timestamp, Problem> {
    let text = at.ok_or_else(|| {
        let message = "`at` is missing: say of which day, as in at=2026-03-01, or of which moment";
        bad("at", message.to_owned())
    })?;
    let end_of = |day: Date| {
        let next = day.tomorrow().ok()?.to_zoned(TimeZone::UTC).ok()?;
        next.timestamp()
            .checked_sub(SignedDuration::from_micros(1))
            .ok()
    };
    let moment = text.parse::<Timestamp>().ok();
    let moment = moment.or_else(|| end_of(text.parse::<Date>().ok()?));
    moment.ok_or_else(|| {
        let found = excerpt(text);
        bad(
            "at",
            format!("`at` is {found}; expected a day as in 2026-03-01, or a moment as in 2026-03-01T12:00:00Z"),
        )
    })
}

/// What leaves tell, read from the newest that counts to the oldest: none is what none of them has told yet.
#[derive(Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::option_option,
    reason = "not told yet, and told that it stood nowhere, are two things"
)]
struct Then {
    listed: Option<bool>,
    state: Option<CopyState>,
    stood: Option<Option<StoodAt>>,
    stood_since: Option<Timestamp>,
    loan: Option<Option<LoanId>>,
}

impl Then {
    /// What this leaf tells beyond the later ones.
    fn take(&mut self, story: &StoryDocument) {
        match story.kind {
            StoryKind::Added => {
                self.listed.get_or_insert(true);
                self.state.get_or_insert(CopyState::Present);
                self.stood.get_or_insert(None);
                self.loan.get_or_insert(None);
            }
            StoryKind::Removed => {
                self.listed.get_or_insert(false);
                self.stands(None, story);
                self.loan.get_or_insert(None);
            }
            StoryKind::Restored => {
                self.listed.get_or_insert(true);
            }
            StoryKind::Moved => self.stands(story.to, story),
            StoryKind::LentOut => {
                self.loan.get_or_insert(story.loan_id);
            }
            StoryKind::CameBack => {
                self.loan.get_or_insert(None);
            }
            StoryKind::Lost => {
                self.state.get_or_insert(CopyState::Lost);
                self.loan.get_or_insert(None);
            }
            StoryKind::Damaged => {
                self.state.get_or_insert(CopyState::Damaged);
            }
            StoryKind::Withdrawn => {
                self.state.get_or_insert(CopyState::Withdrawn);
            }
            StoryKind::Found => {
                self.state.get_or_insert(CopyState::Present);
            }
            StoryKind::DetailsChanged => {}
        }
    }

    fn stands(&mut self, at: Option<StoodAt>, story: &StoryDocument) {
        if self.stood.is_none() {
            self.stood = Some(at);
            self.stood_since = Some(story.at);
        }
    }

    /// Whether earlier leaves can tell nothing more.
    const fn is_whole(&self) -> bool {
        self.listed.is_some() && self.state.is_some() && self.stood.is_some() && self.loan.is_some()
    }
}

impl Reads {
    /// What a copy of the library was at this moment; none when there is no such copy.
    async fn copy_then(
        &self,
        standing: &Standing,
        visit: &Visit,
        copy: CopyId,
        at: Timestamp,
    ) -> Result<Option<(CopyId, TitleId, Then)>, Problem> {
        let mut range = IndexRange {
            index: format!("copy:{copy}"),
            prefix: String::new(),
            after: None,
            descending: true,
            skip: 0,
            limit: STRETCH,
        };
        let (mut then, mut known) = (Then::default(), None);
        loop {
            let entries = self.entries(standing, &range).await?;
            let keys: Vec<String> = entries.iter().map(|entry| entry.key.clone()).collect();
            let stories: Vec<StoryDocument> = self.all(standing, &keys).await?;
            for story in stories
                .iter()
                .filter(|story| story.library_id == visit.library)
            {
                known = Some((story.copy_id, story.title_id));
                if story.at <= at {
                    then.take(story);
                }
            }
            let end = entries.last().filter(|_| entries.len() == STRETCH);
            match end {
                Some(end) if !then.is_whole() => {
                    range.after = Some((end.sort.clone(), end.key.clone()));
                }
                _ => return Ok(known.map(|(copy, title)| (copy, title, then))),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ID: &str = "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5d";

    fn leaf(kind: &str, day: u8, more: &Value) -> StoryDocument {
        let mut leaf = json!({ "copy_id": ID, "library_id": ID, "title_id": ID, "kind": kind, "from": null, "to": null,
            "details": [], "former": [], "former_state": null, "loan_id": null, "reason": null, "by": null,
            "at": format!("2026-03-{day:02}T10:00:00Z"), "position": day });
        for (field, value) in more.as_object().unwrap() {
            leaf[field] = value.clone();
        }
        serde_json::from_value(leaf).unwrap()
    }

    fn story() -> Vec<StoryDocument> {
        vec![
            leaf("added", 1, &json!({})),
            leaf("moved", 2, &json!({ "to": { "place_id": ID, "slot": 3 } })),
            leaf("lent_out", 3, &json!({ "loan_id": ID })),
            leaf(
                "lost",
                4,
                &json!({ "loan_id": ID, "former_state": "present" }),
            ),
            leaf("found", 5, &json!({})),
            leaf("removed", 6, &json!({})),
            leaf("restored", 7, &json!({})),
        ]
    }

    fn then(day: u8) -> Then {
        let mut then = Then::default();
        let leaves = story();
        let by_then = leaves
            .iter()
            .filter(|leaf| leaf.position.get() <= u64::from(day));
        by_then.rev().for_each(|leaf| then.take(leaf));
        then
    }

    #[test]
    fn a_copy_is_told_as_it_was_and_not_as_it_became() {
        assert_eq!(then(0), Then::default());
        assert_eq!(then(1).stood, Some(None));
        assert_eq!(then(2).stood.flatten().map(|stood| stood.slot), Some(3));
        assert!(then(3).loan.flatten().is_some());
        let lost = then(4);
        assert_eq!((lost.state, lost.loan), (Some(CopyState::Lost), Some(None)));
        assert_eq!(then(5).state, Some(CopyState::Present));
        let removed = then(6);
        assert_eq!((removed.listed, removed.stood), (Some(false), Some(None)));
        assert_eq!((then(7).listed, then(7).stood), (Some(true), Some(None)));
        assert!((1..=7).all(|day| then(day).is_whole()));
    }

    #[test]
    fn a_day_is_its_end_and_nonsense_is_told() {
        let end: Timestamp = "2026-03-01T23:59:59.999999Z".parse().unwrap();
        assert_eq!(moment(Some("2026-03-01")).unwrap(), end);
        let noon = moment(Some("2026-03-01T12:00:00Z")).unwrap();
        assert!(noon < end);
        for wrong in [None, Some(""), Some("yesterday"), Some("2026-02-30")] {
            assert_eq!(moment(wrong).unwrap_err().status(), 400, "{wrong:?}");
        }
    }
}
