//! One atomic step as one call of one script. All that can be computed is computed here, not in Redis:
//! the script compares, then runs a list of prepared writes.

use std::borrow::Cow;

use accession_events::Position;
use redis::Cmd;

use super::layout::Layout;
use super::link::Link;
use super::{failure, scripts};
use crate::commit::{Commit, ModelStep};
use crate::entry::{self, KEPT_BYTES, KEPT_ENTRIES};
use crate::store::{FencingToken, LaneCheckpoint, ModelRef, ReadStoreError};
use crate::{listing, stored};

/// Lua unpacks at most 8,000 values at once.
const ARGUMENTS: usize = 4_000;

pub(super) async fn commit(
    link: &Link,
    layout: &Layout,
    commit: &Commit,
) -> Result<(), ReadStoreError> {
    if commit.steps.is_empty() {
        return Ok(());
    }
    let call = prepared(layout, commit)?;
    let answer: Vec<String> = scripts::COMMIT.run(link, &call).await?;
    match answer
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["done"] => Ok(()),
        ["moved", model, position] => {
            let step = refused(commit, model)?;
            let actual = Position::new(number(position)?);
            Err(ReadStoreError::CheckpointMoved {
                model: step.model.to_string(),
                expected: step.expected,
                actual,
            })
        }
        ["fenced", model, fence] => {
            let step = refused(commit, model)?;
            Err(ReadStoreError::Fenced {
                model: step.model.to_string(),
                ours: step.fence.0,
                actual: number(fence)?,
            })
        }
        ["foreign", key, found] => Err(ReadStoreError::Corrupt {
            reason: format!(
                "the key {key} holds a {found} that is not ours; use a namespace of its own"
            ),
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
    let call = scripts::TAKE_OVER.call(&[layout.checkpoint(model, lane)], 0);
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

/// The call of the commit script for a commit.
fn prepared(layout: &Layout, commit: &Commit) -> Result<Cmd, ReadStoreError> {
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
    let entry = entry::of_commit(commit)?;
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
            call.arg(&**argument);
        }
    }
    Ok(call)
}

fn plan_documents<'a>(plan: &mut Plan<'a>, layout: &Layout, lane: u16, step: &'a ModelStep) {
    let (mut shown, mut gone, mut states) = (Vec::new(), Vec::new(), Vec::new());
    for document in &step.documents {
        let key = Cow::Borrowed(document.key.as_bytes());
        states.extend([key.clone(), Cow::Borrowed(&*document.state)]);
        match &document.body {
            Some(body) => shown.extend([key, Cow::Owned(stored::encode(document, body))]),
            None => gone.push(key),
        }
    }
    let documents = plan.key(layout.documents(&step.model, lane), 'h');
    plan.write("HSET", documents, shown);
    plan.write("HDEL", documents, gone);
    let keys = plan.key(layout.states(&step.model, lane), 'h');
    plan.write("HSET", keys, states);
}

fn plan_indexes<'a>(plan: &mut Plan<'a>, layout: &Layout, lane: u16, step: &'a ModelStep) {
    let mut names = Vec::new();
    for (index, members) in listing::of_step(step) {
        let (mut added, mut removed) = (Vec::new(), Vec::new());
        for (member, is_there) in members {
            if is_there {
                added.extend([Cow::Borrowed(&b"0"[..]), Cow::Owned(member)]);
            } else {
                removed.push(Cow::Owned(member));
            }
        }
        if !added.is_empty() {
            names.push(Cow::Borrowed(index.as_bytes()));
        }
        let key = plan.key(layout.index(&step.model, lane, index), 'z');
        plan.write("ZREM", key, removed);
        plan.write("ZADD", key, added);
    }
    let indexes = plan.key(layout.indexes(&step.model, lane), 's');
    plan.write("SADD", indexes, names);
}

/// The keys of a call with their types, and the writes that follow the comparison.
#[derive(Default)]
struct Plan<'a> {
    keys: Vec<String>,
    types: String,
    writes: Vec<Write<'a>>,
    bytes: usize,
}

struct Write<'a> {
    command: &'static str,
    /// Counted from 1, as Lua does.
    key: usize,
    arguments: Vec<Cow<'a, [u8]>>,
}

impl<'a> Plan<'a> {
    fn key(&mut self, key: String, kind: char) -> usize {
        self.keys.push(key);
        self.types.push(kind);
        self.keys.len()
    }

    /// One command over many arguments, in as many pieces as Lua needs. Pairs stay together: pieces are even.
    fn write(&mut self, command: &'static str, key: usize, arguments: Vec<Cow<'a, [u8]>>) {
        self.bytes += arguments
            .iter()
            .map(|argument| argument.len() + 16)
            .sum::<usize>();
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

fn refused<'a>(commit: &'a Commit, model: &str) -> Result<&'a ModelStep, ReadStoreError> {
    let index = number(model)?
        .checked_sub(1)
        .and_then(|index| usize::try_from(index).ok());
    index
        .and_then(|index| commit.steps.get(index))
        .ok_or_else(|| failure::strange(&model))
}

fn number(text: &str) -> Result<u64, ReadStoreError> {
    text.parse().map_err(|_| failure::strange(&text))
}
