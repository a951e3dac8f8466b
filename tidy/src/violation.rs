//! What a rule is called and what a broken one says.
//! Never without an instruction: a message ends with what to do.

use std::fmt;

/// The rules, by the name that `// tidy: allow NAME because REASON` uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// A wall between contexts or between packages.
    Wall,
    /// Of several binaries one is what `cargo run` means.
    DefaultRun,
    /// A file opens by saying why it exists.
    DocFirst,
    /// An exception that is misspelt, gives no reason or is no longer needed.
    Exception,
    /// A file of production code has at most 300 lines.
    FileLength,
    /// Names that say nothing, and `mod.rs`.
    FileName,
    /// A function has at most 60 lines.
    FnLength,
    /// Every package takes the workspace's lints.
    Lints,
    /// No path of somebody's machine, no host of a package registry.
    MachinePath,
    /// `#[expect(…, reason)]`, never `#[allow]`.
    NoAllow,
    /// Nothing outside tests panics on purpose.
    NoPanic,
    /// Tests wait for conditions.
    NoSleep,
    /// The file is Rust that parses.
    Parse,
    /// Enough tests for the code.
    TestDensity,
}

impl Rule {
    /// Rules that a file may be excused from; the others have no exception.
    pub(crate) const EXCUSABLE: [Self; 6] = [
        Self::Wall,
        Self::FileLength,
        Self::FnLength,
        Self::MachinePath,
        Self::NoPanic,
        Self::NoSleep,
    ];

    /// The name in messages and exceptions.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Wall => "wall",
            Self::DefaultRun => "default-run",
            Self::DocFirst => "doc-first",
            Self::Exception => "exception",
            Self::FileLength => "file-length",
            Self::FileName => "file-name",
            Self::FnLength => "fn-length",
            Self::Lints => "lints",
            Self::MachinePath => "machine-path",
            Self::NoAllow => "no-allow",
            Self::NoPanic => "no-panic",
            Self::NoSleep => "no-sleep",
            Self::Parse => "parse",
            Self::TestDensity => "test-density",
        }
    }
}

/// One broken rule at one place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Violation {
    /// Relative to the workspace, with forward slashes.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// Which rule.
    pub rule: Rule,
    /// What was found and what to do.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            rule,
            message,
        } = self;
        write!(formatter, "{file}:{line}: [{}] {message}", rule.name())
    }
}
