//! How an account stands: all that a gate has to know to decide whether a token still opens anything.
//!
//! Never shown to anybody, and never holds more sessions that ended than a token could still name.

use accession_events::identity::{AccountEvent, PlatformRole, SessionEvent};
use accession_events::ids::{AccountId, LibraryId, SessionId};
use accession_events::library::{LibraryEvent, LibraryKind, MemberRole};
use accession_events::{Event, Position, RecordedEvent};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{FoldError, ReadModel, Rendered, json};

/// For how long a session that ended is kept: longer than any access token lives.
const REMEMBERED: SignedDuration = SignedDuration::from_mins(20);

/// A membership that was not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StandingMembership {
    /// Of which library.
    #[schema(value_type = Uuid)]
    pub library: LibraryId,
    /// What the person may do there.
    #[schema(value_type = String, example = "editor")]
    pub role: MemberRole,
    /// What kind of library it is.
    #[schema(value_type = String, example = "family")]
    pub kind: LibraryKind,
    /// Whether children's accounts are allowed in it.
    pub kids_mode: bool,
    /// Whether the person may do nothing there for now.
    pub suspended: bool,
    /// A token for which the library was selected before this position has to select it again.
    #[schema(value_type = u64)]
    pub selected_before: Position,
}

/// A session that ended lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct EndedSession {
    /// Which.
    #[schema(value_type = Uuid)]
    pub id: SessionId,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
}

/// All sessions of an account were ended at once, perhaps but one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RevokedSessions {
    /// Sessions that began before this position are over.
    #[schema(value_type = u64)]
    pub before: Position,
    /// But this one goes on.
    #[schema(value_type = Option<Uuid>)]
    pub except: Option<SessionId>,
    /// Unless it began before this position: an earlier time it was not excepted.
    #[schema(value_type = u64)]
    pub except_since: Position,
}

/// How an account stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StandingDocument {
    /// Which account.
    #[schema(value_type = Uuid)]
    pub id: AccountId,
    /// It was disabled.
    pub disabled: bool,
    /// It was deleted.
    pub deleted: bool,
    /// What the person may do on the whole platform.
    #[schema(value_type = Option<String>, example = "curator")]
    pub role: Option<PlatformRole>,
    /// Whether the e-mail address is proven.
    pub email_verified: bool,
    /// Memberships that were not ended, in the order of joining.
    pub memberships: Vec<StandingMembership>,
    /// Sessions that ended within the life of an access token.
    pub ended: Vec<EndedSession>,
    /// When all were ended at once, the last time.
    pub revoked: Option<RevokedSessions>,
}

/// Memory of a standing: the document, once its account was heard of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StandingState {
    known: Option<StandingDocument>,
}

/// Standings, by account.
#[derive(Debug, Clone, Copy, Default)]
pub struct StandingModel;

impl ReadModel for StandingModel {
    type State = StandingState;

    const NAME: &'static str = "standing";
    const FOLD_VERSION: &'static str = "1";

    fn keys(&self, event: &Event, recorded: &RecordedEvent) -> Vec<String> {
        let own = || recorded.stream.aggregate_id.to_string();
        match event {
            Event::Account(event) if matters(event) => vec![own()],
            Event::Session(event @ SessionEvent::SessionEnded { .. }) => {
                vec![event.account().to_string()]
            }
            Event::Library(event) => concerned(event).iter().map(AccountId::to_string).collect(),
            _ => Vec::new(),
        }
    }

    fn fold(
        &self,
        key: &str,
        state: &mut StandingState,
        event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        match event {
            Event::Account(event) => state.account(key)?.take(event, recorded),
            Event::Session(event) => {
                let id = parsed(&recorded.stream.aggregate_id)?;
                state.account(key)?.end(event, id, recorded.recorded_at);
            }
            Event::Library(event) => {
                let library = parsed(&recorded.stream.aggregate_id)?;
                state.account(key)?.belong(library, event, recorded);
            }
            _ => {}
        }
        Ok(())
    }

    fn render(&self, _key: &str, state: &StandingState) -> Rendered {
        Rendered {
            body: state.known.as_ref().and_then(|known| json(known).ok()),
            hidden: true,
            entries: Vec::new(),
        }
    }
}

/// Whose membership the event changes; most that happens to a library changes none.
fn concerned(event: &LibraryEvent) -> &[AccountId] {
    match event {
        LibraryEvent::KidsModeSet { members, .. }
        | LibraryEvent::LibrarySessionsRevoked { members, .. } => members,
        LibraryEvent::MemberJoined { account, .. }
        | LibraryEvent::RoleChanged { account, .. }
        | LibraryEvent::MemberSuspended { account, .. }
        | LibraryEvent::MemberReinstated { account, .. }
        | LibraryEvent::MemberRemoved { account, .. }
        | LibraryEvent::MemberLeft { account } => std::slice::from_ref(account),
        _ => &[],
    }
}

/// Whether the event changes how an account stands; most that happens to one does not.
const fn matters(event: &AccountEvent) -> bool {
    matches!(
        event,
        AccountEvent::AccountRegistered { .. }
            | AccountEvent::EmailVerified { .. }
            | AccountEvent::EmailChanged { .. }
            | AccountEvent::AccountDisabled { .. }
            | AccountEvent::AccountEnabled {}
            | AccountEvent::PlatformRoleGranted { .. }
            | AccountEvent::PlatformRoleRevoked { .. }
            | AccountEvent::SessionsRevoked { .. }
            | AccountEvent::AccountDeleted { .. }
    )
}

fn parsed<I: std::str::FromStr>(text: &str) -> Result<I, FoldError>
where
    I::Err: std::fmt::Display,
{
    text.parse()
        .map_err(|error| FoldError::new(format!("{error}")))
}

impl StandingState {
    fn account(&mut self, key: &str) -> Result<&mut StandingDocument, FoldError> {
        let id = parsed(key)?;
        Ok(self.known.get_or_insert_with(|| StandingDocument::of(id)))
    }
}

impl StandingDocument {
    const fn of(id: AccountId) -> Self {
        Self {
            id,
            disabled: false,
            deleted: false,
            role: None,
            email_verified: false,
            memberships: Vec::new(),
            ended: Vec::new(),
            revoked: None,
        }
    }

    fn take(&mut self, event: &AccountEvent, recorded: &RecordedEvent) {
        match event {
            AccountEvent::EmailVerified { .. } | AccountEvent::EmailChanged { .. } => {
                self.email_verified = true;
            }
            AccountEvent::AccountDisabled { .. } => self.disabled = true,
            AccountEvent::AccountEnabled {} => self.disabled = false,
            AccountEvent::PlatformRoleGranted { role } => self.role = Some(*role),
            AccountEvent::PlatformRoleRevoked { .. } => self.role = None,
            AccountEvent::SessionsRevoked { except, .. } => {
                self.revoke(*except, recorded.position);
            }
            AccountEvent::AccountDeleted { .. } => self.deleted = true,
            _ => {}
        }
    }

    fn revoke(&mut self, except: Option<SessionId>, before: Position) {
        let former = self.revoked;
        let except_since = match former {
            Some(former) if former.except == except => former.except_since,
            Some(former) => former.before,
            None => Position::START,
        };
        self.revoked = Some(RevokedSessions {
            before,
            except,
            except_since,
        });
    }

    fn end(&mut self, event: &SessionEvent, id: SessionId, at: Timestamp) {
        if !matches!(event, SessionEvent::SessionEnded { .. }) {
            return;
        }
        self.ended
            .retain(|ended| ended.id != id && at.duration_since(ended.at) < REMEMBERED);
        self.ended.push(EndedSession { id, at });
    }

    fn belong(&mut self, library: LibraryId, event: &LibraryEvent, recorded: &RecordedEvent) {
        if let LibraryEvent::MemberJoined {
            role,
            kind,
            kids_mode,
            ..
        } = event
        {
            self.memberships.retain(|of| of.library != library);
            self.memberships.push(StandingMembership {
                library,
                role: *role,
                kind: *kind,
                kids_mode: *kids_mode,
                suspended: false,
                selected_before: Position::START,
            });
            return;
        }
        if let LibraryEvent::MemberRemoved { .. } | LibraryEvent::MemberLeft { .. } = event {
            self.memberships.retain(|of| of.library != library);
        }
        let place = self.memberships.iter_mut().find(|of| of.library == library);
        if let Some(member) = place {
            member.take(event, recorded.position);
        }
    }
}

impl StandingMembership {
    fn take(&mut self, event: &LibraryEvent, at: Position) {
        match event {
            LibraryEvent::RoleChanged { to, .. } => self.role = *to,
            LibraryEvent::MemberSuspended { .. } => self.suspended = true,
            LibraryEvent::MemberReinstated { .. } => self.suspended = false,
            LibraryEvent::KidsModeSet { on, .. } => self.kids_mode = *on,
            LibraryEvent::LibrarySessionsRevoked { .. } => self.selected_before = at,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{History, given, id};

    const ANA: u64 = 1;
    const LIBRARY: u64 = 2;

    fn sealed() -> Value {
        json!({ "subject": id(ANA), "box": "AAAA" })
    }

    fn registered() -> History {
        History::new().account(
            ANA,
            json!({ "AccountRegistered": { "email": sealed(), "email_index": "A".repeat(43), "name": sealed(),
                "language": "en", "consents": { "privacy": "1", "terms": "1" } } }),
        )
    }

    fn in_a_library() -> History {
        registered()
            .library(LIBRARY, json!({ "LibraryCreated": { "name": "Home", "kind": "family", "by": id(ANA) } }))
            .library(LIBRARY, json!({ "MemberJoined": { "account": id(ANA), "role": "admin", "kind": "family", "kids_mode": false,
                "how": "founder" } }))
    }

    fn account(history: &History) -> Value {
        given(StandingModel, history).then(&id(ANA)).body
    }

    #[test]
    fn a_new_account_is_open_and_may_do_nothing_of_its_own() {
        assert_eq!(
            account(&registered()),
            json!({ "id": id(ANA), "disabled": false, "deleted": false, "role": null, "email_verified": false,
                "memberships": [], "ended": [], "revoked": null })
        );
    }

    #[test]
    fn a_disabled_account_can_be_enabled_again_and_a_deleted_one_stays_so() {
        let disabled =
            registered().account(ANA, json!({ "AccountDisabled": { "reason": sealed() } }));
        assert_eq!(account(&disabled)["disabled"], true);
        let enabled = disabled.account(ANA, json!({ "AccountEnabled": {} }));
        assert_eq!(account(&enabled)["disabled"], false);
    }

    #[test]
    fn a_membership_follows_the_library_from_joining_to_the_end() {
        let role = |role: &str, suspended: bool| {
            json!([{ "library": id(LIBRARY), "role": role, "kind": "family", "kids_mode": false,
                "suspended": suspended, "selected_before": 0 }])
        };
        let joined = in_a_library();
        assert_eq!(account(&joined)["memberships"], role("admin", false));
        let changed = joined.library(
            LIBRARY,
            json!({ "RoleChanged": { "account": id(ANA), "from": "admin", "to": "viewer", "by": id(ANA) } }),
        );
        assert_eq!(account(&changed)["memberships"], role("viewer", false));
        let suspended = changed.library(
            LIBRARY,
            json!({ "MemberSuspended": { "account": id(ANA), "by": id(ANA) } }),
        );
        assert_eq!(account(&suspended)["memberships"], role("viewer", true));
        let left = suspended.library(LIBRARY, json!({ "MemberLeft": { "account": id(ANA) } }));
        assert_eq!(account(&left)["memberships"], json!([]));
    }

    #[test]
    fn kids_mode_and_void_selections_reach_the_members_whom_the_event_names() {
        let history = in_a_library()
            .library(
                LIBRARY,
                json!({ "KidsModeSet": { "on": true, "members": [id(ANA)], "by": id(ANA) } }),
            )
            .library(
                LIBRARY,
                json!({ "LibrarySessionsRevoked": { "members": [id(ANA)], "by": id(5) } }),
            );
        let member = &account(&history)["memberships"][0];
        assert_eq!(
            (&member["kids_mode"], &member["selected_before"]),
            (&json!(true), &json!(5))
        );
        let others = history.library(
            LIBRARY,
            json!({ "KidsModeSet": { "on": false, "members": [id(5)], "by": id(5) } }),
        );
        assert_eq!(account(&others)["memberships"][0]["kids_mode"], true);
    }

    fn ended(session: u64) -> (u64, Value) {
        (
            session,
            json!({ "SessionEnded": { "account": id(ANA), "why": "logged_out" } }),
        )
    }

    #[test]
    fn a_session_that_ended_is_remembered_for_as_long_as_a_token_lives() {
        let (nine, end) = ended(9);
        let history = registered().session(nine, end);
        assert_eq!(account(&history)["ended"][0]["id"], id(9));
        let (ten, end) = ended(10);
        let later = history.wait(20 * 60).session(ten, end);
        let ended = account(&later)["ended"].clone();
        assert_eq!(
            (ended.as_array().unwrap().len(), &ended[0]["id"]),
            (1, &json!(id(10)))
        );
    }

    #[test]
    fn of_sessions_that_all_ended_one_may_go_on_unless_an_earlier_end_took_it_too() {
        let revoked = |except: Option<u64>| json!({ "SessionsRevoked": { "why": "logged_out_everywhere", "except": except.map(id) } });
        let first = registered().account(ANA, revoked(Some(7)));
        assert_eq!(
            account(&first)["revoked"],
            json!({ "before": 2, "except": id(7), "except_since": 0 })
        );
        let again = first.account(ANA, revoked(Some(7)));
        assert_eq!(
            account(&again)["revoked"],
            json!({ "before": 3, "except": id(7), "except_since": 0 })
        );
        let other = again.account(ANA, revoked(Some(8)));
        assert_eq!(
            account(&other)["revoked"],
            json!({ "before": 4, "except": id(8), "except_since": 3 })
        );
    }
}
