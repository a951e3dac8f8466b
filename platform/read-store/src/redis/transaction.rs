//! A large step as a transaction: the script would take every document into Lua's memory and out again, which costs
//! Redis more than storing it.
//! Never begins before every checkpoint and fence was compared, and ends without a trace when one of them, or a key that
//! it writes, has changed since.

use accession_events::Position;
use redis::aio::MultiplexedConnection;
use redis::{Cmd, Pipeline, RedisResult, Value};

use super::argument::Argument;
use super::commit::{Plan, Taken};
use super::link::Link;
use super::{failure, scripts};
use crate::commit::{Commit, ModelStep};
use crate::entry::{KEPT_BYTES, KEPT_ENTRIES};
use crate::store::ReadStoreError;

/// The keys of the change feed come first in a plan. Others append to it meanwhile, so they are not watched.
const OF_THE_FEED: usize = 3;
/// How often a key may change between comparing and writing before we give up for now.
const TRIES: usize = 5;

pub(super) async fn write(
    link: &Link,
    commit: &Commit,
    plan: &Plan<'_>,
    transaction: &Pipeline,
) -> Result<Taken, ReadStoreError> {
    let mut connection = link.for_transaction().await?;
    for _ in 0..TRIES {
        // A connection that is dropped on the way out forgets what it watches.
        if let Some(refusal) = compared(&mut connection, commit, plan).await? {
            return Ok(refusal);
        }
        let done: RedisResult<Value> = transaction.query_async(&mut connection).await;
        if done.map_err(|error| failure::of(&error))? != Value::Nil {
            link.keep_for_transactions(connection);
            return Ok(Taken::Done);
        }
    }
    Err(ReadStoreError::Unavailable {
        reason: "the keys of a step were changed by somebody else again and again".to_owned(),
    })
}

/// Watches what the step rests upon, and looks whether it may be taken.
async fn compared(
    connection: &mut MultiplexedConnection,
    commit: &Commit,
    plan: &Plan<'_>,
) -> Result<Option<Taken>, ReadStoreError> {
    let watched = plan.keys.get(OF_THE_FEED..).unwrap_or_default();
    let checkpoints = watched.get(..commit.steps.len()).unwrap_or_default();
    let mut asked = Pipeline::with_capacity(plan.keys.len() + checkpoints.len() + 1);
    asked.cmd("WATCH").arg(watched).ignore();
    for checkpoint in checkpoints {
        asked
            .cmd("HMGET")
            .arg(checkpoint)
            .arg("position")
            .arg("fence");
    }
    let stands: RedisResult<Vec<(Option<u64>, Option<u64>)>> = asked.query_async(connection).await;
    let stands = stands.map_err(|error| failure::of(&error))?;
    for (step, (wanted, stands)) in commit.steps.iter().zip(stands).enumerate() {
        if let Some(refusal) = refused(step, wanted, stands) {
            return Ok(Some(refusal));
        }
    }
    foreign(connection, plan).await
}

fn refused(
    step: usize,
    wanted: &ModelStep,
    (position, fence): (Option<u64>, Option<u64>),
) -> Option<Taken> {
    let (position, fence) = (position.unwrap_or(0), fence.unwrap_or(0));
    if wanted.fence.0 < fence {
        return Some(Taken::Fenced { step, fence });
    }
    // A token that was never given out here: the store was wiped or went back since.
    if wanted.expected.get() != position || wanted.fence.0 != fence {
        let position = Position::new(position);
        return Some(Taken::Moved { step, position });
    }
    None
}

/// The first key that holds something of another type than ours.
async fn foreign(
    connection: &mut MultiplexedConnection,
    plan: &Plan<'_>,
) -> Result<Option<Taken>, ReadStoreError> {
    let mut asked = Pipeline::with_capacity(plan.keys.len());
    for key in &plan.keys {
        asked.cmd("TYPE").arg(key);
    }
    let found: RedisResult<Vec<String>> = asked.query_async(connection).await;
    let found = found.map_err(|error| failure::of(&error))?;
    let mut all = plan.keys.iter().zip(plan.types.chars()).zip(found);
    let foreign = all.find(|((_, kind), found)| found != "none" && *found != name(*kind));
    Ok(foreign.map(|((key, _), found)| Taken::Foreign {
        key: key.clone(),
        found,
    }))
}

/// What Redis calls the type that a plan has a letter for.
fn name(kind: char) -> &'static str {
    match kind {
        'h' => "hash",
        'z' => "zset",
        'x' => "stream",
        _ => "list",
    }
}

/// The commands of a step, to be sent as one.
pub(super) fn prepared(commit: &Commit, plan: &Plan<'_>, entry: &[u8]) -> Pipeline {
    let mut transaction = Pipeline::with_capacity(plan.writes.len() + 1);
    transaction.atomic();
    for write in &plan.writes {
        let Some(key) = plan.keys.get(write.key - 1) else {
            continue; // A plan names keys of its own only.
        };
        let bytes = write.arguments.iter().map(Argument::bytes).sum::<usize>();
        let mut command = Cmd::with_capacity(write.arguments.len() + 2, bytes + key.len());
        command.arg(write.command).arg(key);
        for argument in &write.arguments {
            command.arg(argument);
        }
        transaction.add_command(command);
    }
    let keys = plan.keys.get(..OF_THE_FEED + commit.steps.len());
    let mut conclude = scripts::CONCLUDE.whole(keys.unwrap_or_default());
    conclude.arg(entry).arg(KEPT_ENTRIES).arg(KEPT_BYTES);
    for step in &commit.steps {
        conclude.arg(step.next.get()).arg(step.fence.0);
    }
    transaction.add_command(conclude);
    transaction
}
