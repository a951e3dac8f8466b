//! The outside of a file: its name, its first line, its length and that of its functions.
//! Never what the code does.

use crate::source::SourceFile;
use crate::violation::{Rule, Violation};

const FILE_LINES: usize = 300;
const FN_LINES: usize = 60;
const EMPTY_NAMES: [&str; 7] = [
    "utils", "util", "common", "helpers", "helper", "types", "misc",
];

pub(crate) fn check(source: &SourceFile) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut report = |line, rule, message| {
        found.push(Violation {
            file: source.path.clone(),
            line,
            rule,
            message,
        });
    };
    if !source.text.starts_with("//!") {
        let message = "open the file with `//!`: why it exists and one thing it never does";
        report(1, Rule::DocFirst, message.into());
    }
    if let Some(message) = bad_name(&source.path) {
        report(1, Rule::FileName, message);
    }
    let lines = source.prod_lines();
    if lines > FILE_LINES {
        let message = format!(
            "{lines} lines of production code, {FILE_LINES} allowed: split it by idea into a folder"
        );
        report(1, Rule::FileLength, message);
    }
    for function in &source.functions {
        if function.lines > FN_LINES && !source.is_test_line(function.line) {
            let message = format!(
                "`{}` has {} lines, {FN_LINES} allowed: name its steps and make them functions",
                function.name, function.lines
            );
            report(function.line, Rule::FnLength, message);
        }
    }
    found
}

fn bad_name(path: &str) -> Option<String> {
    let file = path.rsplit('/').next()?;
    if file == "mod.rs" {
        return Some(
            "name the file after its module and put it beside the folder, not `mod.rs`".into(),
        );
    }
    let stem = file.trim_end_matches(".rs");
    EMPTY_NAMES
        .contains(&stem)
        .then(|| format!("`{stem}` says nothing: name the idea, or move the code to its user"))
}
