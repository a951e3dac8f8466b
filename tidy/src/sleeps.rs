//! Tests wait for conditions, not for time.
//! Never applied to production code, where a retry may wait.

use crate::source::SourceFile;
use crate::violation::{Rule, Violation};

pub(crate) fn check(source: &SourceFile) -> Vec<Violation> {
    // The waiting that all tests share has to sleep between its polls.
    if source.path.starts_with("platform/testkit/src/") {
        return Vec::new();
    }
    let tokens = &source.tokens;
    tokens
        .iter()
        .filter(|(index, token)| {
            let called = token.text == "sleep" && tokens.text(index + 1) == "(";
            called && tokens.before(*index, 1) != "fn" && source.is_test_line(token.line)
        })
        .map(|(_, token)| Violation {
            file: source.path.clone(),
            line: token.line,
            rule: Rule::NoSleep,
            message: "a test that sleeps is slow or flaky: wait for the condition with `accession_testkit::eventually`".into(),
        })
        .collect()
}
