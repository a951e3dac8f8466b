//! Tests per thousand lines of production code, and the medians the house aims for.
//! Never counts a test that is only declared in a comment or a string.

use std::fmt;

use crate::source::SourceFile;
use crate::violation::{Rule, Violation};

const TESTS_PER_KLOC: usize = 15;

/// The figures of the whole workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Density {
    /// Test functions; a property counts once.
    pub tests: usize,
    /// Lines of production code.
    pub lines: usize,
    /// Files with production code.
    pub files: usize,
    /// Lines of the middle file.
    pub median_file: usize,
    /// Lines of the middle function.
    pub median_fn: usize,
}

/// Counts over all files.
#[must_use]
pub fn density(sources: &[SourceFile]) -> Density {
    let mut files: Vec<usize> = sources.iter().map(SourceFile::prod_lines).collect();
    files.retain(|lines| *lines > 0);
    let functions = sources.iter().flat_map(|source| {
        let prod = |line| !source.is_test_line(line);
        source
            .functions
            .iter()
            .filter(move |function| prod(function.line))
    });
    Density {
        tests: sources.iter().map(tests).sum(),
        lines: files.iter().sum(),
        files: files.len(),
        median_fn: median(functions.map(|function| function.lines).collect()),
        median_file: median(files),
    }
}

impl Density {
    /// The violation of the whole workspace, if it has one.
    #[must_use]
    pub fn check(&self) -> Option<Violation> {
        (self.tests * 1000 < self.lines * TESTS_PER_KLOC).then(|| Violation {
            file: "Cargo.toml".into(),
            line: 1,
            rule: Rule::TestDensity,
            message: format!("{self}; {TESTS_PER_KLOC} wanted: write the tests that are missing"),
        })
    }
}

impl fmt::Display for Density {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = (self.tests * 10_000).checked_div(self.lines).unwrap_or(0);
        write!(
            formatter,
            "{} tests on {} lines in {} files: {}.{} tests per 1000 lines (median file {} lines, median function {})",
            self.tests,
            self.lines,
            self.files,
            tenths / 10,
            tenths % 10,
            self.median_file,
            self.median_fn
        )
    }
}

/// Attributes whose path ends in `test`: `#[test]`, `#[tokio::test(…)]`, also inside `proptest!`.
fn tests(source: &SourceFile) -> usize {
    let is_test = |attribute: &&[crate::tokens::Token]| {
        let path = attribute.iter().take_while(|token| token.text != "(");
        path.last().is_some_and(|last| last.text == "test")
    };
    source.tokens.attributes().filter(is_test).count()
}

fn median(mut values: Vec<usize>) -> usize {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or(0)
}
