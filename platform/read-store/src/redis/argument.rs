//! An argument of a write: what a step holds goes into the command as it is, without a copy on the way.
//! Never holds what it can borrow.

use std::io::Write as _;

use redis::{RedisWrite, ToRedisArgs, ToSingleRedisArg};

use crate::commit::DocumentWrite;
use crate::stored;

/// What an argument costs besides its bytes.
const FRAME: usize = 16;

/// One argument.
#[derive(Clone)]
pub(super) enum Argument<'a> {
    /// A key, a score, a state.
    Text(&'a [u8]),
    /// A member of an index.
    Member(Vec<u8>),
    /// The stored form of a document with this body.
    Document(&'a DocumentWrite, &'a [u8]),
}

impl Argument<'_> {
    /// How many bytes it takes in a command.
    pub(super) fn bytes(&self) -> usize {
        FRAME
            + match self {
                Self::Text(text) => text.len(),
                Self::Member(member) => member.len(),
                Self::Document(_, body) => stored::HEADER + body.len(),
            }
    }
}

impl ToRedisArgs for Argument<'_> {
    fn write_redis_args<W: ?Sized + RedisWrite>(&self, out: &mut W) {
        match self {
            Self::Text(text) => out.write_arg(text),
            Self::Member(member) => out.write_arg(member),
            Self::Document(write, body) => {
                let mut argument = out.writer_for_next_arg();
                // What is written is memory: it takes everything.
                let _ = argument.write_all(&stored::header(write));
                let _ = argument.write_all(body);
            }
        }
    }
}

impl ToSingleRedisArg for Argument<'_> {}
