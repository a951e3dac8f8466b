//! What is wrong with a file, and where.
//!
//! Never repeats what a line says beyond ids and words of the format: faults are shown and may be kept.

/// The most faults that are told of one file.
pub const MOST_FAULTS: usize = 20;

/// Something that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct Fault {
    /// In which line, counted from 1.
    pub line: u64,
    /// What, in one word.
    pub code: &'static str,
    /// What, in a sentence.
    pub message: String,
}

impl Fault {
    /// A fault of this line.
    #[must_use]
    pub fn new(line: u64, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            line,
            code,
            message: message.into(),
        }
    }
}
