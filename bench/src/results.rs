//! The table: one section a group, kept from run to run, so that a group can be measured alone.
//!
//! It judges nothing: a target stands beside its figure, and the reader compares.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::machine;

/// One figure.
pub(crate) struct Row {
    /// What was measured.
    pub(crate) what: String,
    /// Ours.
    pub(crate) ours: String,
    /// The peer's, when there is one.
    pub(crate) peer: String,
    /// Ours divided by the peer's (or the other way round for times): more is better.
    pub(crate) ratio: String,
    /// What was asked for.
    pub(crate) target: String,
}

impl Row {
    pub(crate) fn new(what: impl Into<String>, ours: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            ours: ours.into(),
            peer: String::new(),
            ratio: String::new(),
            target: String::new(),
        }
    }

    pub(crate) fn next_to(mut self, peer: impl Into<String>, ratio: f64) -> Self {
        self.peer = peer.into();
        self.ratio = format!("{ratio:.2}×");
        self
    }

    pub(crate) fn target(mut self, target: impl Into<String>) -> Self {
        self.target = target.into();
        self
    }
}

/// The file of results, section by section.
pub(crate) struct Results {
    sections: Vec<(String, String)>,
}

const HEAD: &str = "# Results\n\nWritten by `make bench`: release build, medians of alternating rounds, fsync on. \
                    Clients, servers and stores share the machine. A ratio says how much better ours is in the same \
                    run; \"target\" is what was asked for.\n";

impl Results {
    /// What earlier runs have left.
    pub(crate) fn open(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_default();
        let sections = text
            .split("\n## ")
            .skip(1)
            .filter_map(|section| section.split_once('\n'));
        let sections =
            sections.map(|(title, body)| (title.trim().to_owned(), body.trim().to_owned()));
        Self {
            sections: sections.collect(),
        }
    }

    /// Replaces a section.
    pub(crate) fn section(&mut self, title: &str, rows: &[Row], note: &str) {
        let mut body = format!("{}\n\n", machine::when_and_where());
        body.push_str("| what | ours | peer | ratio | target |\n|---|---|---|---|---|\n");
        for row in rows {
            let _ = writeln!(
                body,
                "| {} | {} | {} | {} | {} |",
                row.what, row.ours, row.peer, row.ratio, row.target
            );
        }
        if !note.is_empty() {
            let _ = write!(body, "\n{note}\n");
        }
        say(&format!("\n## {title}\n\n{body}"));
        let body = body.trim().to_owned();
        match self.sections.iter_mut().find(|(known, _)| known == title) {
            Some((_, old)) => *old = body,
            None => self.sections.push((title.to_owned(), body)),
        }
    }

    /// Writes the file.
    pub(crate) fn save(&self, path: &Path) -> Result<()> {
        let mut text = HEAD.to_owned();
        for (title, body) in &self.sections {
            let _ = write!(text, "\n## {title}\n\n{body}\n");
        }
        fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
    }
}

/// A line for the person who watches.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}
