//! Where an export goes: standard output, or a file that has its name only when it is whole.
//!
//! It never overwrites a finished export.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufWriter, Write};
use std::path::{Path, PathBuf};

use accession_transparency::Checkpoint;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::export_file::{Decoded, Mark, decoded, open};

/// A place that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {reason}")]
pub struct TargetError {
    /// The file.
    pub place: String,
    /// What is wrong.
    pub reason: String,
}

/// A place that takes an export.
pub struct Target {
    place: String,
    writer: Option<Writer>,
    finish: Option<(PathBuf, PathBuf)>,
    found: Option<Found>,
}

enum Writer {
    Plain(BufWriter<Box<dyn Write + Send>>),
    Gzip(GzEncoder<BufWriter<Box<dyn Write + Send>>>),
}

/// What an interrupted export has left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Found {
    after: u64,
    at: u64,
    sealed: u64,
    length: u64,
}

impl Target {
    /// Standard output, or anything that takes bytes. Cannot be resumed.
    #[must_use]
    pub fn stream(writer: Box<dyn Write + Send>) -> Self {
        Self {
            place: "the output".to_owned(),
            writer: Some(Writer::Plain(BufWriter::new(writer))),
            finish: None,
            found: None,
        }
    }

    /// A file; compressed if its name ends with `.gz`. What an interrupted export has left in `<file>.part` is gone on
    /// with, but for a compressed one, which begins anew.
    pub fn file(path: &Path) -> Result<Self, TargetError> {
        let place = path.display().to_string();
        let failed = |reason: String| TargetError {
            place: place.clone(),
            reason,
        };
        if path.exists() {
            return Err(failed(
                "there is a file of this name; name another, or remove it".to_owned(),
            ));
        }
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let gzip = path.extension().is_some_and(|extension| extension == "gz");
        let found = if gzip { None } else { left(&part) };
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(found.is_none())
            .open(&part)
            .and_then(|mut file| positioned(&mut file, found).map(|()| file))
            .map_err(|error| failed(format!("{} cannot be written: {error}", part.display())))?;
        let writer = BufWriter::with_capacity(1 << 18, Box::new(file) as Box<dyn Write + Send>);
        Ok(Self {
            writer: Some(if gzip {
                Writer::Gzip(GzEncoder::new(writer, Compression::fast()))
            } else {
                Writer::Plain(writer)
            }),
            finish: Some((part, path.to_owned())),
            found,
            place,
        })
    }

    /// The position that an interrupted export of the same beginning had reached.
    pub(super) fn resumed_at(&self, after: u64) -> Result<Option<u64>, TargetError> {
        match self.found {
            Some(found) if found.after != after => Err(self.failed(format!(
                "the interrupted export in {}.part begins after position {}: remove it to begin anew",
                self.place, found.after
            ))),
            found => Ok(found.map(|found| found.at)),
        }
    }

    /// Size of the last checkpoint that an interrupted export has written.
    pub(super) fn sealed(&self) -> u64 {
        self.found.map_or(0, |found| found.sealed)
    }

    /// Writes lines, on a thread that may block.
    pub(super) async fn write(&mut self, lines: Vec<u8>) -> Result<(), TargetError> {
        let Some(mut writer) = self.writer.take() else {
            return Err(self.failed("it was closed".to_owned()));
        };
        let written = tokio::task::spawn_blocking(move || {
            let written = match &mut writer {
                Writer::Plain(plain) => plain.write_all(&lines),
                Writer::Gzip(gzip) => gzip.write_all(&lines),
            };
            written.map(|()| writer)
        });
        self.writer = Some(self.done(written.await)?);
        Ok(())
    }

    /// Writes the last line, makes all of it durable and gives the file its name.
    pub(super) async fn finish(mut self, last: Vec<u8>) -> Result<(), TargetError> {
        self.write(last).await?;
        let (writer, finish) = (self.writer.take(), self.finish.take());
        let finished = tokio::task::spawn_blocking(move || {
            match writer {
                Some(Writer::Plain(mut plain)) => plain.flush()?,
                Some(Writer::Gzip(gzip)) => gzip.finish()?.flush()?,
                None => {}
            }
            if let Some((part, path)) = finish {
                File::open(&part)?.sync_all()?;
                std::fs::rename(&part, &path)?;
            }
            Ok(())
        });
        self.done(finished.await)
    }

    fn done<T>(
        &self,
        done: Result<std::io::Result<T>, tokio::task::JoinError>,
    ) -> Result<T, TargetError> {
        match done {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(self.failed(format!(
                "it cannot be written: {error}; what is there stays, and the same command goes on with it"
            ))),
            Err(error) => Err(self.failed(format!("a writing thread ended early: {error}"))),
        }
    }

    fn failed(&self, reason: String) -> TargetError {
        TargetError {
            place: self.place.clone(),
            reason,
        }
    }
}

fn positioned(file: &mut File, found: Option<Found>) -> std::io::Result<()> {
    use std::io::{Seek as _, SeekFrom};
    let length = found.map_or(0, |found| found.length);
    file.set_len(length)?;
    file.seek(SeekFrom::Start(length)).map(drop)
}

/// The whole lines of an interrupted export; nothing if it does not begin as one.
fn left(part: &Path) -> Option<Found> {
    let mut file = open(part).ok()?;
    let mut found: Option<Found> = None;
    loop {
        let mut line = Vec::new();
        if file.read_until(b'\n', &mut line).ok()? == 0 {
            return found;
        }
        let length = line.len() as u64;
        match (decoded(&line), &mut found) {
            (Ok(Decoded::Mark(Mark::Head { after, .. })), None) => {
                found = Some(Found {
                    after,
                    at: after,
                    sealed: 0,
                    length,
                });
            }
            (Ok(Decoded::Event(event)), Some(found)) => {
                found.at = u64::try_from(event.event.position).ok()?;
                found.length += length;
            }
            (Ok(Decoded::Mark(Mark::Checkpoint { checkpoint, .. })), Some(found)) => {
                found.sealed = Checkpoint::unverified(&checkpoint).ok()?.size;
                found.length += length;
            }
            // The end was written and the name not given, or the last line was cut off: both are written again.
            _ => return found,
        }
    }
}
