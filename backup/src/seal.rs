//! Writing a file: line by line, with a digest of all of them at the end.
//!
//! Never holds more than the line that is written.

use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::line::{EndLine, Line};

/// A file that is being written.
#[derive(Debug, Clone, Default)]
pub struct Sealing {
    digest: Sha256,
    lines: u64,
}

impl Sealing {
    /// The bytes of a line.
    ///
    /// # Errors
    /// When it cannot be put into JSON; no line of this crate is of that kind.
    pub fn line(&mut self, line: &Line) -> serde_json::Result<Vec<u8>> {
        let bytes = written(line)?;
        self.digest.update(&bytes);
        self.lines += 1;
        Ok(bytes)
    }

    /// The bytes of the last line.
    ///
    /// # Errors
    /// As those of a line.
    pub fn end(self) -> serde_json::Result<Vec<u8>> {
        written(&Line::End(EndLine {
            lines: self.lines,
            sha256: hex::encode(self.digest.finalize()),
        }))
    }
}

fn written(line: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(line)?;
    bytes.push(b'\n');
    Ok(bytes)
}
