//! Where a person is signed in: one document an account, with every session that goes on.
//!
//! Never knows when a session was last refreshed: that is no event.

use accession_events::identity::{
    AccountEvent, ClientClass, SessionEvent, SignInMethod, SubjectEvent,
};
use accession_events::ids::SessionId;
use accession_events::{Event, RecordedEvent};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{FoldError, ReadModel, Rendered, json};

/// The most that one document lists; beyond it the oldest are left out.
const LISTED: usize = 200;

/// A session that goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpenSession {
    /// Its id; `DELETE /api/v1/users/me/sessions/{id}` ends it.
    #[schema(value_type = Uuid)]
    pub id: SessionId,
    /// By what the person proved who they are: `password`, `invitation` or `{"provider": "…"}`.
    #[schema(value_type = Object)]
    pub method: SignInMethod,
    /// What kind of program it is: `browser`, `mobile`, `program` or `unknown`.
    #[schema(value_type = String, example = "browser")]
    pub client: ClientClass,
    /// What the person calls the device, when they said so.
    pub device: Option<String>,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
}

/// The sessions of an account that go on, the newest last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OpenSessionsDocument {
    /// They.
    pub sessions: Vec<OpenSession>,
}

/// Memory of the document: the document itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OpenSessionsState {
    document: OpenSessionsDocument,
}

/// Sessions that go on, by account.
#[derive(Debug, Clone, Copy, Default)]
pub struct OpenSessionsModel;

impl ReadModel for OpenSessionsModel {
    type State = OpenSessionsState;

    const NAME: &'static str = "open_sessions";
    const FOLD_VERSION: &'static str = "2";

    fn keys(&self, event: &Event, recorded: &RecordedEvent) -> Vec<String> {
        match event {
            Event::Session(event) => vec![event.account().to_string()],
            Event::Account(
                AccountEvent::SessionsRevoked { .. } | AccountEvent::AccountDeleted { .. },
            ) => vec![recorded.stream.aggregate_id.to_string()],
            Event::Subject(SubjectEvent::SubjectErased {
                subject,
                account: None,
                ..
            }) => vec![subject.to_string()],
            _ => Vec::new(),
        }
    }

    fn fold(
        &self,
        _key: &str,
        state: &mut OpenSessionsState,
        event: &Event,
        recorded: &RecordedEvent,
    ) -> Result<(), FoldError> {
        let sessions = &mut state.document.sessions;
        match event {
            Event::Session(event) => {
                let id = recorded.stream.aggregate_id.parse();
                let id = id.map_err(|error| FoldError::new(format!("{error}")))?;
                take(sessions, event, id, recorded);
            }
            Event::Account(AccountEvent::SessionsRevoked { except, .. }) => {
                sessions.retain(|open| Some(open.id) == *except);
            }
            Event::Account(AccountEvent::AccountDeleted { .. }) => sessions.clear(),
            Event::Subject(_) => sessions.iter_mut().for_each(|open| open.device = None),
            _ => {}
        }
        Ok(())
    }

    fn render(&self, _key: &str, state: &OpenSessionsState) -> Rendered {
        Rendered {
            body: json(&state.document).ok(),
            hidden: true,
            entries: Vec::new(),
        }
    }
}

fn take(
    sessions: &mut Vec<OpenSession>,
    event: &SessionEvent,
    id: SessionId,
    recorded: &RecordedEvent,
) {
    match event {
        SessionEvent::SessionStarted {
            method,
            client,
            device,
            ..
        } => {
            sessions.push(OpenSession {
                id,
                method: method.clone(),
                client: *client,
                device: device.as_ref().and_then(|device| device.known().cloned()),
                started_at: recorded.recorded_at,
            });
            let over = sessions.len().saturating_sub(LISTED);
            sessions.drain(..over);
        }
        SessionEvent::SessionEnded { .. } => sessions.retain(|open| open.id != id),
        SessionEvent::ReplayDetected { .. } => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::testing::{History, given, id};

    fn started(history: History, session: u64) -> History {
        history.session(
            session,
            json!({ "SessionStarted": { "account": id(1), "method": "password", "client": "browser" } }),
        )
    }

    fn open(history: &History) -> Vec<Value> {
        let body = given(OpenSessionsModel, history).then(&id(1)).body;
        body["sessions"].as_array().unwrap().clone()
    }

    #[test]
    fn a_session_is_listed_until_it_ends() {
        let two = started(started(History::new(), 8), 9);
        let sessions = open(&two);
        assert_eq!(
            sessions[0],
            json!({ "id": id(8), "method": "password", "client": "browser", "device": null,
                "started_at": "2026-11-21T08:00:01Z" })
        );
        let one = two.session(
            8,
            json!({ "SessionEnded": { "account": id(1), "why": "revoked" } }),
        );
        assert_eq!(open(&one), [sessions[1].clone()]);
    }

    #[test]
    fn when_all_are_revoked_only_the_excepted_one_is_left() {
        let two = started(started(History::new(), 8), 9);
        let revoked = json!({ "SessionsRevoked": { "why": "password_changed", "except": id(9) } });
        let one = two.account(1, revoked);
        assert_eq!(open(&one).len(), 1);
        assert_eq!(open(&one)[0]["id"], id(9));
    }
}
