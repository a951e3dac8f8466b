//! Who has looked at my data by virtue of an office, when, and through which question?
//!
//! Never what they saw, and never who looked at somebody else's.

use accession_events::ids::AccountId;
use accession_service::problem::{Problem, ProblemBody};
use accession_service::views::{OPERATOR, View};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::header::CACHE_CONTROL;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::asking::{Asked, Cursor, bad};
use crate::described::{Paging, Problems};
use crate::pages::Page;
use crate::reads::Reads;
use crate::viewing::{Views, not_kept};

/// What cursors of this list belong to.
const LIST: &str = "access_log";

/// Somebody looked at your data by virtue of an office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct AccessView {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The account of who looked; null when it was an operator without one, or whoever it was has been erased since.
    viewer: Option<Uuid>,
    /// Through which question.
    #[schema(example = "/api/read/admin/accounts/{id}")]
    route: String,
}

impl From<View> for AccessView {
    fn from(view: View) -> Self {
        Self {
            at: view.at,
            viewer: (view.viewer != OPERATOR).then_some(view.viewer),
            route: view.route,
        }
    }
}

/// Who has looked at what is held about you, the newest first: people who operate the platform, and admins of your
/// libraries. Kept for two years.
#[utoipa::path(get, path = "/api/read/me/access-log", tag = "identity", params(Paging),
    responses((status = 200, body = Page<AccessView>),
        (status = 403, body = ProblemBody, content_type = "application/problem+json", description = "not a session's token"),
        Problems))]
pub(super) async fn access_log(
    State(reads): State<Reads>,
    asked: Asked,
) -> Result<Response, Problem> {
    asked.only(&["cursor", "limit"])?;
    // Views stand in no read model, so none is waited for; what cannot be understood is refused as everywhere.
    asked.min_position()?;
    let who = asked.signed_in()?;
    let limit = asked.limit()?;
    let place = Place::asked(&asked)?;
    let views = reads.views().ok_or_else(not_kept)?;
    let (items, next) = page_of(views, who.account, &place, limit).await?;
    let page = Page {
        items,
        next_cursor: next.and_then(|next| next.cursor()),
    };
    Ok(([(CACHE_CONTROL, "private, no-store")], Json(page)).into_response())
}

/// A page of the views of somebody's data from a place on, and where the next one begins.
pub(super) async fn page_of(
    views: &Views,
    account: AccountId,
    place: &Place,
    limit: usize,
) -> Result<(Vec<AccessView>, Option<Place>), Problem> {
    let most = u32::try_from(limit + place.skip + 1).unwrap_or(u32::MAX);
    let before = place.before()?;
    let found = views.log().of(account.as_uuid(), before, most).await?;
    Ok(place.cut(found, limit))
}

/// Where the list goes on: at a time, behind so many views of that same time.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    at: Option<Timestamp>,
    skip: usize,
}

impl Place {
    fn asked(asked: &Asked) -> Result<Self, Problem> {
        let Some((at, skip)) = asked.cursor(LIST)? else {
            return Ok(Self::default());
        };
        let at = at.parse().ok();
        let at = at.and_then(|micros| Timestamp::from_microsecond(micros).ok());
        match (at, skip.parse()) {
            (Some(at), Ok(skip)) if (1..=10_000).contains(&skip) => Ok(Self { at: Some(at), skip }),
            _ => Err(bad("cursor", "this is no cursor of this list".into())),
        }
    }

    /// What is asked of the table, which knows only "before".
    fn before(&self) -> Result<Option<Timestamp>, Problem> {
        let next = |at: Timestamp| at.checked_add(SignedDuration::from_micros(1));
        self.at
            .map(next)
            .transpose()
            .map_err(|_| bad("cursor", "this is no cursor of this list".into()))
    }

    /// The place behind the last of these views, which were found from here on.
    fn behind(&self, shown: &[View]) -> Option<Self> {
        let at = shown.last()?.at;
        let same = shown.iter().rev().take_while(|view| view.at == at).count();
        let before = if self.at == Some(at) { self.skip } else { 0 };
        Some(Self {
            at: Some(at),
            skip: same + before,
        })
    }

    fn cursor(&self) -> Option<String> {
        let cursor = Cursor {
            index: LIST.to_owned(),
            sort: self.at?.as_microsecond().to_string(),
            key: self.skip.to_string(),
        };
        Some(cursor.text())
    }

    /// What of these views, which were asked for from here on, makes a page; and the place behind it if there are more.
    fn cut(&self, found: Vec<View>, limit: usize) -> (Vec<AccessView>, Option<Self>) {
        let mut left: Vec<View> = found.into_iter().skip(self.skip).collect();
        let more = left.len() > limit;
        left.truncate(limit);
        let next = self.behind(&left).filter(|_| more);
        (left.into_iter().map(AccessView::from).collect(), next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(second: i64, route: &str) -> View {
        View {
            at: Timestamp::from_second(second).unwrap(),
            viewer: OPERATOR,
            subject: Uuid::from_u128(1),
            route: route.to_owned(),
        }
    }

    #[test]
    fn views_of_one_moment_are_each_shown_once_though_a_page_ends_among_them() {
        let all = [
            view(9, "a"),
            view(5, "b"),
            view(5, "c"),
            view(5, "d"),
            view(1, "e"),
        ];
        let (mut next, mut seen) = (Some(Place::default()), Vec::new());
        while let Some(place) = next {
            let from = place.before().unwrap();
            let found = all
                .iter()
                .filter(|view| from.is_none_or(|from| view.at < from));
            let found = found.take(1 + place.skip + 1).cloned().collect();
            let (shown, behind) = place.cut(found, 1);
            seen.extend(shown.into_iter().map(|view| view.route));
            next = behind;
        }
        assert_eq!(seen, ["a", "b", "c", "d", "e"]);
    }

    #[test]
    fn an_operator_without_an_account_is_nobody() {
        assert_eq!(AccessView::from(view(1, "a")).viewer, None);
        let somebody = View {
            viewer: Uuid::from_u128(7),
            ..view(1, "a")
        };
        assert_eq!(AccessView::from(somebody).viewer, Some(Uuid::from_u128(7)));
    }
}
