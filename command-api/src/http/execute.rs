//! Carrying a command out for a call, and answering it.
//!
//! Nothing here decides: it hands the command to the aggregate and the outcome to the caller.

use std::fmt::Display;

use accession_event_log::{Decider, Executed, Repository};
use accession_events::LoggedEvent;
use accession_service::problem::Problem;

use super::answer::{Answer, Reply};
use super::body::BodyDigest;
use super::call::Call;
use super::failure::{Refusal, problem_of};

/// Whether the id was drawn for this call, so that there is nothing to load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject<'a> {
    /// It should be there.
    Existing(&'a str),
    /// It is new.
    New(&'a str),
}

/// Carries a command out and answers it.
pub async fn carry_out<A>(
    repository: &Repository<A>,
    subject: Subject<'_>,
    call: &Call,
    body: &BodyDigest,
    command: &A::Command,
    reply: Reply,
) -> Result<Answer, Problem>
where
    A: Decider,
    A::Event: LoggedEvent,
    A::Error: Refusal,
{
    if matches!(subject, Subject::New(_)) {
        refuse_version_of_new(call)?;
    }
    let given = call.given(body, &reply);
    let executed = match subject {
        Subject::Existing(id) => repository.execute(id, &given, command).await,
        Subject::New(id) => repository.execute_new(id, &given, command).await,
    };
    answer(executed.map_err(problem_of)?, reply)
}

/// Carries a command out on something that should be there, and answers with its id and new version.
pub async fn change<A>(
    repository: &Repository<A>,
    id: impl Display,
    call: &Call,
    body: &BodyDigest,
    command: &A::Command,
) -> Result<Answer, Problem>
where
    A: Decider,
    A::Event: LoggedEvent,
    A::Error: Refusal,
{
    let id = id.to_string();
    let (subject, reply) = (Subject::Existing(&id), Reply::changed(&id));
    carry_out(repository, subject, call, body, command, reply).await
}

/// A version of something that is not there yet cannot have been seen.
pub fn refuse_version_of_new(call: &Call) -> Result<(), Problem> {
    match call.expected_version {
        None => Ok(()),
        Some(version) => Err(Problem::new(
            http::StatusCode::PRECONDITION_FAILED,
            "stale_version",
            format!(
                "If-Match names version {version}, but this makes something new: leave the header out"
            ),
        )),
    }
}

/// The answer to a command that was carried out now or before.
pub fn answer<A>(executed: Executed<A>, reply: Reply) -> Result<Answer, Problem>
where
    A: Decider,
    A::Event: LoggedEvent,
{
    match executed.replayed {
        Some(stored) => Answer::replayed(&stored),
        None => Ok(reply.at(executed.version, executed.position)),
    }
}
