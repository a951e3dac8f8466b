//! Long answers, written while they are read: a task puts pieces in, the reader takes them out.
//!
//! Never holds more than a few pieces, and never ends an unfinished answer as if it were whole.

use std::future::Future;
use std::io;

use accession_service::problem::Problem;
use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use bytes::{BufMut as _, Bytes, BytesMut};
use futures_util::stream;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use http::{HeaderName, HeaderValue};
use serde::Serialize;
use tokio::sync::mpsc;

use crate::cache::Standing;

/// Bytes that are sent together.
const CHUNK: usize = 32 * 1024;
/// Pieces that wait for a slow reader.
const AHEAD: usize = 4;
const POSITION: HeaderName = HeaderName::from_static("accession-position");

type Piece = Result<Bytes, io::Error>;

/// Why a long answer broke off.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BrokenOff {
    /// Nobody reads it any more.
    #[error("the reader has gone")]
    Gone,
    /// Something could not be read, or not be written down.
    #[error("{}", .0.detail())]
    Problem(Problem),
    /// Something cannot be put into JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// Something cannot be put into a row of a table.
    #[error(transparent)]
    Row(#[from] csv::Error),
    /// A document that another one names is not there (yet).
    #[error("{0} is not there yet: the read models are being caught up")]
    Missing(String),
}

impl From<Problem> for BrokenOff {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// Where the pieces of an answer are put.
pub(crate) struct Pieces {
    tell: mpsc::Sender<Piece>,
    waiting: BytesMut,
}

impl Pieces {
    /// Puts bytes behind what was put before.
    pub(crate) async fn put(&mut self, bytes: &[u8]) -> Result<(), BrokenOff> {
        self.waiting.put_slice(bytes);
        if self.waiting.len() < CHUNK {
            return Ok(());
        }
        self.flush().await
    }

    /// Puts something as JSON.
    pub(crate) async fn json(&mut self, value: &impl Serialize) -> Result<(), BrokenOff> {
        self.put(&serde_json::to_vec(value)?).await
    }

    async fn flush(&mut self) -> Result<(), BrokenOff> {
        let piece = self.waiting.split().freeze();
        self.tell.send(Ok(piece)).await.map_err(|_| BrokenOff::Gone)
    }
}

/// The body of an answer that `write` puts together, in a task of its own; when that fails, the connection is broken off.
pub(crate) fn body<W, F>(what: &'static str, write: W) -> Body
where
    W: FnOnce(Pieces) -> F,
    F: Future<Output = Result<Pieces, BrokenOff>> + Send + 'static,
{
    let (tell, told) = mpsc::channel::<Piece>(AHEAD);
    let writing = write(Pieces {
        tell: tell.clone(),
        waiting: BytesMut::with_capacity(CHUNK),
    });
    tokio::spawn(async move {
        let written = match writing.await {
            Ok(mut pieces) => pieces.flush().await,
            Err(error) => Err(error),
        };
        match written {
            Ok(()) | Err(BrokenOff::Gone) => {}
            Err(error) => {
                tracing::error!(%error, what, "a long answer broke off");
                let _ = tell.send(Err(io::Error::other("it broke off"))).await;
            }
        }
    });
    Body::from_stream(stream::unfold(told, async |mut told| {
        let piece = told.recv().await?;
        Some((piece, told))
    }))
}

/// An answer to be kept as a file: never by anybody on the way.
pub(crate) fn file(
    body: Body,
    kind: &'static str,
    name: &str,
    standings: &[impl AsRef<Standing>],
) -> Result<Response, Problem> {
    let name = format!("attachment; filename=\"{name}\"");
    let name = HeaderValue::from_str(&name).map_err(|_| Problem::internal())?;
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(kind)),
        (CONTENT_DISPOSITION, name),
        (CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
        (POSITION, HeaderValue::from(least(standings))),
    ];
    Ok((headers, body).into_response())
}

/// The position that all of these models have reached.
pub(crate) fn least(standings: &[impl AsRef<Standing>]) -> u64 {
    let positions = standings
        .iter()
        .map(|standing| standing.as_ref().position.get());
    positions.min().unwrap_or_default()
}
