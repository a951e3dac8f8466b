//! One import from beginning to end: find or open the run, go on where the last attempt stopped, send, report.
//!
//! A run that stops anywhere can be started again: what is in already says nothing new.

mod beginning;
mod failure;
mod foreseeing;
mod lease;
mod opening;
mod stages;
mod tally;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures_util::{Stream, StreamExt as _, stream};
use tokio::sync::mpsc;
use tokio::task::JoinError;

use crate::client::{Checkpoint, Client, ClientError, Server};
use crate::input::Input;
use crate::pipeline::ChunkAnswers;
use crate::record::Place;
use crate::report::{Progress, Report};
use crate::sources::{Reading, Source, Wishes};
use beginning::{open, read_from, unreadable};
pub use failure::ImportError;
pub use foreseeing::foresee;
use lease::Lease;
use opening::Earlier;
pub(crate) use opening::Opening;
use stages::{Chunk, chunks, in_order};
use tally::Tally;

/// Chunks on their way at a time.
const IN_FLIGHT: usize = 4;
/// How long to wait until readers see what was imported.
const READABLE: Duration = Duration::from_secs(30);
/// A checkpoint costs an event: one every so many chunks, and at the end.
const CHUNKS_PER_CHECKPOINT: usize = 8;

/// What is to be imported, from where to where.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// The source.
    pub source: Source,
    /// The input file; none for a built-in source.
    pub file: Option<PathBuf>,
    /// The server.
    pub server: Server,
    /// At most so many records.
    pub limit: Option<u64>,
    /// Where rejected rows go.
    pub rejected_file: PathBuf,
    /// What was asked for beside the file.
    pub wishes: Wishes,
    /// Whether to begin anew where an earlier attempt stopped half-way.
    pub full: bool,
}

/// Watches an import.
pub trait Observer: Send {
    /// Called after every chunk.
    fn progress(&mut self, progress: &Progress);
}

/// Imports; returns when everything that could be brought in is acknowledged.
pub async fn run(
    options: ImportOptions,
    observer: &mut dyn Observer,
) -> Result<Report, ImportError> {
    let mut input = open(&options)?;
    let identity = input.identity.clone();
    let beginning = std::mem::replace(&mut input.reader, Box::new(std::io::empty()));
    // A wrong file is told before a server is asked for.
    let reading = if options.asks() {
        Reading::nothing()
    } else {
        read_from(&options, &identity, beginning, Place::default())?
    };
    let client = Client::new(options.server.clone())?;
    let mut lease = Lease::take(client.clone(), options.source.name(), &identity).await?;
    let imported = tokio::select! {
        imported = bring_in(options, (input, reading), client, observer) => imported,
        lost = lease.lost() => Err(lost.into()),
    };
    lease.give_back().await;
    imported
}

async fn bring_in(
    options: ImportOptions,
    (input, mut reading): (Input, Reading),
    client: Client,
    observer: &mut dyn Observer,
) -> Result<Report, ImportError> {
    let (identity, size, read) = (input.identity.clone(), input.size, Arc::clone(&input.read));
    let (run, earlier) = find_or_leave(&options, &client, &identity).await?;
    if let (Some(place), Some(path)) = (earlier.done.filter(|place| place.byte > 0), &options.file)
    {
        let rest = input
            .entered_at(path, place.byte)
            .map_err(|error| ImportError::Input {
                input: identity.clone(),
                reason: error.to_string(),
            })?;
        reading = read_from(&options, &identity, rest, place)?;
    }
    if options.asks() {
        let start = earlier.done.unwrap_or_default();
        let asked = options.source.ask(&options.wishes, start);
        reading = asked.map_err(|error| unreadable(&identity, &error))?;
    }
    let Reading { columns, records } = reading;
    let done = earlier.done.unwrap_or_default();
    let resumed_after = earlier.done.map(|place| place.number);
    let mut import = Import {
        client,
        tally: Tally::new(
            options.rejected_file.clone(),
            columns,
            earlier.counts,
            earlier.done,
        ),
        run,
        started: Instant::now(),
        size,
        read,
    };
    let chunks = chunks(records, done.number, options.limit);
    import.send_all(chunks, &identity, observer).await?;
    import.tally.finish()?;
    let readable = import.end().await?;
    Ok(import.report(&options, identity, resumed_after, readable))
}

/// Goes on with an earlier attempt, or gives it up when everything is to be read anew. What was asked from a time on is: the
/// order of what is answered is another by now.
async fn find_or_leave(
    options: &ImportOptions,
    client: &Client,
    identity: &str,
) -> Result<(Opening, Earlier), ClientError> {
    let source = options.source.name();
    if options.full || options.wishes.since.is_some() {
        client.abandon_run(source, identity).await?;
    }
    Opening::find(client.clone(), source, identity).await
}

struct Import {
    client: Client,
    run: Opening,
    tally: Tally,
    started: Instant,
    size: u64,
    read: Arc<AtomicU64>,
}

impl Import {
    async fn send_all(
        &mut self,
        chunks: mpsc::Receiver<Chunk>,
        identity: &str,
        observer: &mut dyn Observer,
    ) -> Result<(), ImportError> {
        let run = self.run.clone();
        let works = in_order(&run, chunks, identity);
        let works = stream::unfold(works, async |mut works| {
            works.recv().await.map(|work| (work, works))
        });
        // Each chunk is a task of its own, so that it goes on while an answer before it is being written down.
        let sent = works.map(|work| {
            let run = run.clone();
            tokio::spawn(async move { Ok::<_, ImportError>(work?.finish(&run).await?) })
        });
        let answers = Box::pin(sent.buffered(IN_FLIGHT));
        match self.take_all(answers, identity, observer).await {
            // What is done stays done: the next attempt goes on behind it.
            Err(stopped @ (ImportError::Input { .. } | ImportError::Provider(_))) => {
                self.checkpoint().await?;
                Err(stopped)
            }
            Err(error) => Err(error),
            Ok(()) => self.checkpoint().await,
        }
    }

    async fn take_all(
        &mut self,
        mut answers: impl Stream<Item = Result<Result<ChunkAnswers, ImportError>, JoinError>> + Unpin,
        identity: &str,
        observer: &mut dyn Observer,
    ) -> Result<(), ImportError> {
        let mut since_checkpoint = 0;
        while let Some(joined) = answers.next().await {
            let chunk = joined.map_err(|error| stopped(identity, &error))??;
            self.tally.take(&chunk)?;
            since_checkpoint += 1;
            if since_checkpoint >= CHUNKS_PER_CHECKPOINT {
                self.checkpoint().await?;
                since_checkpoint = 0;
            }
            observer.progress(&self.progress());
        }
        Ok(())
    }

    async fn checkpoint(&mut self) -> Result<(), ImportError> {
        // Rejected rows are on disk and on the run before the server hears that they are done.
        self.tally.flush()?;
        if !self.tally.unreported.is_empty() {
            let run = self.run.open().await?;
            self.client.refuse(run, &self.tally.unreported).await?;
            self.tally.unreported.clear();
        }
        let Some(run) = self.run.opened() else {
            return Ok(());
        };
        let checkpoint = Checkpoint {
            cursor: self.tally.done.to_string(),
            counts: self.tally.counts,
        };
        Ok(self.client.checkpoint(run, &checkpoint).await?)
    }

    /// Ends the run, if there is one, and tells whether readers see what it changed.
    async fn end(&self) -> Result<bool, ClientError> {
        let Some(run) = self.run.opened() else {
            return Ok(true);
        };
        self.client.complete(run, self.tally.counts).await?;
        Ok(self.client.readable(self.tally.position, READABLE).await)
    }

    fn progress(&self) -> Progress {
        Progress {
            records: self.tally.done.number,
            counts: self.tally.counts,
            records_per_second: rate(self.tally.done_now, self.started.elapsed()),
            bytes_read: self.read.load(Ordering::Relaxed),
            bytes_total: self.size,
        }
    }

    fn report(
        self,
        options: &ImportOptions,
        input: String,
        resumed_after: Option<u64>,
        readable: bool,
    ) -> Report {
        let elapsed = self.started.elapsed();
        Report {
            source: options.source.name().into(),
            input,
            run_id: self.run.opened().map(|run| run.to_string()),
            readable,
            resumed_after,
            records: self.tally.done.number,
            counts: self.tally.counts,
            records_per_second: rate(self.tally.done_now, elapsed),
            rejected_file: self.tally.rejected_path(),
            reasons: self.tally.reasons,
            notes: self.tally.notes,
            examples: self.tally.examples,
            position: self.tally.position,
            seconds: elapsed.as_secs_f64(),
        }
    }
}

fn stopped(input: &str, error: &JoinError) -> ImportError {
    ImportError::Input {
        input: input.into(),
        reason: format!("the importer stopped in the middle: {error}"),
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a rate for people; no import has 2^52 records"
)]
fn rate(count: u64, elapsed: Duration) -> f64 {
    count as f64 / elapsed.as_secs_f64().max(0.001)
}
