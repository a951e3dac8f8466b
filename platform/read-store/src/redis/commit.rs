//! One atomic step: by one call of one script when it is small, as a transaction when it is large.
//! All that can be computed is computed here, not in Redis, which compares and then runs a list of prepared writes.

use accession_events::Position;
use redis::{Cmd, Pipeline};
use tokio::sync::oneshot;

use super::argument::Argument;
use super::layout::Layout;
use super::link::Link;
use super::{failure, scripts, transaction};
use crate::commit::{Commit, ModelStep};
use crate::entry::{self, KEPT_BYTES, KEPT_ENTRIES};
use crate::listing;
use crate::store::{FencingToken, LaneCheckpoint, ModelRef, ReadStoreError, wait_for};

/// Lua unpacks at most 8,000 values at once.
const ARGUMENTS: usize = 4_000;

/// Writes a step, at once or in its turn.
pub(super) async fn commit_in_turn(
    link: &Link,
    layout: &Layout,
    commit: &Commit,
    turn: Option<oneshot::Receiver<()>>,
) -> Result<(), ReadStoreError> {
    let plan = planned(layout, commit);
    let entry = entry::of_commit(commit)?;
    let ready = if plan.bytes < link.transactions_from {
        Ready::Script(prepared(commit, &plan, &entry))
    } else {
        Ready::Transaction(transaction::prepared(commit, &plan, &entry))
    };
    if let Some(turn) = turn {
        wait_for(turn).await?;
    }
    if commit.steps.is_empty() {
        return Ok(());
    }
    let taken = match &ready {
        Ready::Script(call) => by_script(link, call).await?,
        Ready::Transaction(commands) => transaction::write(link, commit, &plan, commands).await?,
    };
    match taken {
        Taken::Done => Ok(()),
        Taken::Moved { step, position } => Err(ReadStoreError::CheckpointMoved {
            model: refused(commit, step)?.model.to_string(),
            expected: refused(commit, step)?.expected,
            actual: position,
        }),
        Taken::Fenced { step, fence } => Err(ReadStoreError::Fenced {
            model: refused(commit, step)?.model.to_string(),
            ours: refused(commit, step)?.fence.0,
            actual: fence,
        }),
        Taken::Foreign { key, found } => Err(ReadStoreError::Corrupt {
            reason: format!(
                "the key {key} holds a {found} that is not ours; use a namespace of its own"
            ),
        }),
    }
}

/// A step that only has to be sent.
enum Ready {
    Script(Cmd),
    Transaction(Pipeline),
}

/// What became of a step.
pub(super) enum Taken {
    /// It is written.
    Done,
    /// The checkpoint of this step's model, counted from 0, is another one.
    Moved { step: usize, position: Position },
    /// Somebody has taken this step's model over.
    Fenced { step: usize, fence: u64 },
    /// A key holds what we did not put there.
    Foreign { key: String, found: String },
}

/// Writes a step by one script in one round trip: the fastest for what few events write.
async fn by_script(link: &Link, call: &Cmd) -> Result<Taken, ReadStoreError> {
    let answer: Vec<String> = scripts::COMMIT.run(link, call).await?;
    let answer: Vec<&str> = answer.iter().map(String::as_str).collect();
    let step = |text: &str| match text.parse::<usize>().map(|number| number.checked_sub(1)) {
        Ok(Some(step)) => Ok(step),
        _ => Err(failure::strange(&text)),
    };
    match *answer.as_slice() {
        ["done"] => Ok(Taken::Done),
        ["moved", model, position] => Ok(Taken::Moved {
            step: step(model)?,
            position: Position::new(number(position)?),
        }),
        ["fenced", model, fence] => Ok(Taken::Fenced {
            step: step(model)?,
            fence: number(fence)?,
        }),
        ["foreign", key, found] => Ok(Taken::Foreign {
            key: key.to_owned(),
            found: found.to_owned(),
        }),
        _ => Err(failure::strange(&answer)),
    }
}

pub(super) async fn take_over(
    link: &Link,
    layout: &Layout,
    model: &ModelRef,
    lane: u16,
) -> Result<LaneCheckpoint, ReadStoreError> {
    let keys = [
        layout.checkpoint(model, lane),
        layout.unordered_names(model, lane),
        layout.names(model, lane),
    ];
    let call = scripts::TAKE_OVER.call(&keys, 0);
    let (position, fence): (u64, u64) = scripts::TAKE_OVER.run(link, &call).await?;
    Ok(LaneCheckpoint {
        position: Position::new(position),
        fence: FencingToken(fence),
    })
}

pub(super) async fn checkpoint(
    link: &Link,
    layout: &Layout,
    model: &ModelRef,
    lane: u16,
) -> Result<LaneCheckpoint, ReadStoreError> {
    let key = layout.checkpoint(model, lane);
    let (position, fence): (Option<u64>, Option<u64>) = link
        .read(redis::cmd("HMGET").arg(key).arg("position").arg("fence"))
        .await?;
    let position = position.map_or(Position::START, Position::new);
    Ok(LaneCheckpoint {
        position,
        fence: FencingToken(fence.unwrap_or(0)),
    })
}

/// All keys and writes of a commit: the change feed's three keys first, then a checkpoint a model.
fn planned<'a>(layout: &Layout, commit: &'a Commit) -> Plan<'a> {
    let lane = commit.lane;
    let mut plan = Plan::default();
    plan.key(layout.changes(lane), 'x');
    plan.key(layout.feed(lane), 'h');
    plan.key(layout.sizes(lane), 'l');
    for step in &commit.steps {
        plan.key(layout.checkpoint(&step.model, lane), 'h');
    }
    for step in &commit.steps {
        plan_documents(&mut plan, layout, lane, step);
        plan_indexes(&mut plan, layout, lane, step);
    }
    plan
}

/// The call of the commit script for a commit.
fn prepared(commit: &Commit, plan: &Plan<'_>, entry: &[u8]) -> Cmd {
    let mut call = scripts::COMMIT.call(&plan.keys, plan.bytes + entry.len());
    call.arg(commit.steps.len());
    for step in &commit.steps {
        call.arg(step.expected.get())
            .arg(step.next.get())
            .arg(step.fence.0);
    }
    call.arg(&plan.types)
        .arg(entry)
        .arg(KEPT_ENTRIES)
        .arg(KEPT_BYTES);
    for write in &plan.writes {
        call.arg(write.command)
            .arg(write.key)
            .arg(write.arguments.len());
        for argument in &write.arguments {
            call.arg(argument);
        }
    }
    call
}

fn plan_documents<'a>(plan: &mut Plan<'a>, layout: &Layout, lane: u16, step: &'a ModelStep) {
    let (mut shown, mut gone) = (Vec::new(), Vec::new());
    let (mut states, mut forgotten) = (Vec::new(), Vec::new());
    for document in &step.documents {
        let key = Argument::Text(document.key.as_bytes());
        if document.state.is_empty() {
            forgotten.push(key.clone());
        } else {
            states.extend([key.clone(), Argument::Text(&document.state)]);
        }
        match &document.body {
            Some(body) => shown.extend([key, Argument::Document(document, body)]),
            None => gone.push(key),
        }
    }
    let documents = plan.key(layout.documents(&step.model, lane), 'h');
    plan.write("HSET", documents, shown);
    plan.write("HDEL", documents, gone);
    let keys = plan.key(layout.states(&step.model, lane), 'h');
    plan.write("HSET", keys, states);
    plan.write("HDEL", keys, forgotten);
}

fn plan_indexes<'a>(plan: &mut Plan<'a>, layout: &Layout, lane: u16, step: &'a ModelStep) {
    let score = || Argument::Text(b"0");
    let mut names = Vec::new();
    for (index, members) in listing::of_step(step) {
        let (mut added, mut removed) = (Vec::new(), Vec::new());
        for (member, is_there) in members {
            if is_there {
                added.extend([score(), Argument::Member(member)]);
            } else {
                removed.push(Argument::Member(member));
            }
        }
        if !added.is_empty() {
            names.extend([score(), Argument::Text(index.as_bytes())]);
        }
        let key = plan.key(layout.index(&step.model, lane, index), 'z');
        plan.write("ZREM", key, removed);
        plan.write("ZADD", key, added);
    }
    let indexes = plan.key(layout.names(&step.model, lane), 'z');
    plan.write("ZADD", indexes, names);
}

/// The keys of a call with their types, and the writes that follow the comparison.
#[derive(Default)]
pub(super) struct Plan<'a> {
    pub(super) keys: Vec<String>,
    /// A letter a key.
    pub(super) types: String,
    pub(super) writes: Vec<Write<'a>>,
    bytes: usize,
}

pub(super) struct Write<'a> {
    pub(super) command: &'static str,
    /// Counted from 1, as Lua does.
    pub(super) key: usize,
    pub(super) arguments: Vec<Argument<'a>>,
}

impl<'a> Plan<'a> {
    fn key(&mut self, key: String, kind: char) -> usize {
        self.keys.push(key);
        self.types.push(kind);
        self.keys.len()
    }

    /// One command over many arguments, in as many pieces as Lua needs. Pairs stay together: pieces are even.
    fn write(&mut self, command: &'static str, key: usize, arguments: Vec<Argument<'a>>) {
        self.bytes += arguments.iter().map(Argument::bytes).sum::<usize>();
        let mut rest = arguments.into_iter().peekable();
        while rest.peek().is_some() {
            let arguments = rest.by_ref().take(ARGUMENTS).collect();
            self.writes.push(Write {
                command,
                key,
                arguments,
            });
        }
    }
}

fn refused(commit: &Commit, step: usize) -> Result<&ModelStep, ReadStoreError> {
    let found = commit.steps.get(step);
    found.ok_or_else(|| failure::strange(&step))
}

fn number(text: &str) -> Result<u64, ReadStoreError> {
    text.parse().map_err(|_| failure::strange(&text))
}
