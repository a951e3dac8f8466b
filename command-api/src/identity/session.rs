//! The session aggregate: somebody signed in on a device, until it ends.
//!
//! It knows nothing of tokens: which one is the newest stands in a private table.

use accession_event_log::Decider;
use accession_events::LoggedEvent;
use accession_events::identity::{ClientClass, SessionEnd, SessionEvent, SignInMethod};
use accession_events::ids::AccountId;
use accession_events::values::Personal;
use accession_service::problem::Problem;
use cqrs_es::Aggregate;
use cqrs_es::event_sink::EventSink;
use serde::{Deserialize, Serialize};

use crate::http::failure::Refusal;

/// A session: there is none, it goes on, or it is over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Session {
    /// There is no such session.
    #[default]
    Absent,
    /// It goes on.
    Open {
        /// Whose it is.
        account: AccountId,
    },
    /// It is over.
    Ended,
}

/// What can be asked of a session.
#[derive(Debug, Clone, PartialEq)]
pub enum SessionCommand {
    /// Begin.
    Start(Start),
    /// End; nothing happens when it is over already.
    End(SessionEnd),
    /// Note that an old token came back, and end; nothing happens when it is over already.
    NoteReplay,
}

/// Somebody signs in.
#[derive(Debug, Clone, PartialEq)]
pub struct Start {
    /// Who.
    pub account: AccountId,
    /// By what they proved it.
    pub method: SignInMethod,
    /// What kind of program it is.
    pub client: ClientClass,
    /// What they call the device, sealed.
    pub device: Option<Personal<String>>,
}

/// Why a session refuses a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// There is no such session.
    #[error("there is no such session")]
    Unknown,
    /// The id is taken.
    #[error("this session began already")]
    AlreadyStarted,
}

impl Refusal for SessionError {
    fn problem(&self) -> Problem {
        match self {
            Self::Unknown => Problem::not_found(self.to_string()),
            Self::AlreadyStarted => Problem::new(
                http::StatusCode::CONFLICT,
                "already_started",
                self.to_string(),
            ),
        }
    }
}

impl Decider for Session {
    const SCHEMA: &'static str = "session/1";

    fn decide(&self, command: &SessionCommand) -> Result<Vec<SessionEvent>, SessionError> {
        match (self, command) {
            (Self::Absent, SessionCommand::Start(start)) => {
                Ok(vec![SessionEvent::SessionStarted {
                    account: start.account,
                    method: start.method.clone(),
                    client: start.client,
                    device: start.device.clone(),
                }])
            }
            (Self::Absent, _) => Err(SessionError::Unknown),
            (_, SessionCommand::Start(_)) => Err(SessionError::AlreadyStarted),
            (Self::Open { account }, SessionCommand::End(why)) => {
                Ok(vec![SessionEvent::SessionEnded {
                    account: *account,
                    why: *why,
                }])
            }
            (Self::Open { account }, SessionCommand::NoteReplay) => Ok(vec![
                SessionEvent::ReplayDetected { account: *account },
                SessionEvent::SessionEnded {
                    account: *account,
                    why: SessionEnd::Revoked,
                },
            ]),
            (Self::Ended, _) => Ok(Vec::new()),
        }
    }
}

impl Aggregate for Session {
    const TYPE: &'static str = SessionEvent::AGGREGATE;
    type Command = SessionCommand;
    type Event = SessionEvent;
    type Error = SessionError;
    type Services = ();

    async fn handle(
        &mut self,
        command: SessionCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), SessionError> {
        for event in self.decide(&command)? {
            sink.write(event, self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: SessionEvent) {
        match event {
            SessionEvent::SessionStarted { account, .. } => *self = Self::Open { account },
            SessionEvent::SessionEnded { .. } => *self = Self::Ended,
            SessionEvent::ReplayDetected { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use cqrs_es::test::TestFramework;
    use uuid::Uuid;

    use super::*;

    fn account() -> AccountId {
        AccountId::new(Uuid::from_u128(1))
    }

    fn started() -> SessionEvent {
        SessionEvent::SessionStarted {
            account: account(),
            method: SignInMethod::Password,
            client: ClientClass::Browser,
            device: None,
        }
    }

    fn ended(why: SessionEnd) -> SessionEvent {
        SessionEvent::SessionEnded {
            account: account(),
            why,
        }
    }

    fn session() -> TestFramework<Session> {
        TestFramework::with(())
    }

    #[test]
    fn a_session_ends_once_however_often_it_is_asked_to() {
        session()
            .given(vec![started()])
            .when(SessionCommand::End(SessionEnd::LoggedOut))
            .then_expect_events(vec![ended(SessionEnd::LoggedOut)]);
        session()
            .given(vec![started(), ended(SessionEnd::LoggedOut)])
            .when(SessionCommand::End(SessionEnd::Revoked))
            .then_expect_events(vec![]);
    }

    #[test]
    fn a_replay_is_noted_and_ends_the_session() {
        let replayed = SessionEvent::ReplayDetected { account: account() };
        session()
            .given(vec![started()])
            .when(SessionCommand::NoteReplay)
            .then_expect_events(vec![replayed, ended(SessionEnd::Revoked)]);
    }

    #[test]
    fn what_never_began_cannot_end() {
        session()
            .given_no_previous_events()
            .when(SessionCommand::End(SessionEnd::LoggedOut))
            .then_expect_error(SessionError::Unknown);
    }
}
