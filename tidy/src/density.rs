//! Tests per thousand lines of production code, and the medians the house aims for.
//! Never counts a test that is only declared in a comment or a string.

use std::collections::BTreeMap;
use std::fmt;

use crate::source::SourceFile;
use crate::tokens::{Token, Tokens};
use crate::violation::{Rule, Violation};

const TESTS_PER_KLOC: usize = 15;

/// The figures of the whole workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Density {
    /// Test functions; a property counts once, a scenario of a compliance suite once per implementation.
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
    let suites: BTreeMap<&str, usize> = sources.iter().flat_map(suites).collect();
    let written: usize = sources.iter().map(tests).sum();
    let templates: usize = suites.values().sum();
    let generated: usize = sources
        .iter()
        .map(|source| generated(source, &suites))
        .sum();
    Density {
        tests: written - templates + generated,
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
    source.tokens.attributes().filter(is_test).count()
}

fn is_test(attribute: &&[Token]) -> bool {
    let path = attribute.iter().take_while(|token| token.text != "(");
    path.last().is_some_and(|last| last.text == "test")
}

/// Macros that make tests from a list of scenarios, each with how many it makes of one: the number
/// of its `#[test] fn $name`.
fn suites(source: &SourceFile) -> impl Iterator<Item = (&str, usize)> {
    let tokens = &source.tokens;
    tokens.iter().filter_map(|(index, token)| {
        if token.text != "macro_rules" {
            return None;
        }
        let body = Tokens::from(tokens.inside(index + 3));
        let templates = body.iter().filter(|(at, _)| body.reads(*at, &["fn", "$"]));
        let made = templates
            .count()
            .min(body.attributes().filter(is_test).count());
        (made > 0).then(|| (tokens.text(index + 2), made))
    })
}

/// Scenarios named where such a macro is called, times the tests it makes of each. A scenario is a
/// sentence: a name of three words or more that stands alone in a list.
fn generated(source: &SourceFile, suites: &BTreeMap<&str, usize>) -> usize {
    let tokens = &source.tokens;
    let calls = tokens.iter().filter_map(|(index, token)| {
        let made = suites.get(token.text.as_str())?;
        (tokens.text(index + 1) == "!").then(|| made * sentences(tokens.inside(index + 2)))
    });
    calls.sum()
}

fn sentences(list: &[Token]) -> usize {
    let ends = list.iter().skip(1).map(|token| token.text.as_str());
    list.iter()
        .zip(ends.chain([""]))
        .filter(|(name, end)| {
            name.text.matches('_').count() >= 2 && matches!(*end, "," | ";" | "]" | ")" | "}" | "")
        })
        .count()
}

fn median(mut values: Vec<usize>) -> usize {
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or(0)
}
