//! Production code returns errors: no call that panics on purpose, and no lint switched off.
//! Never looks at tests for panics; `#[allow]` is refused everywhere.

use crate::source::SourceFile;
use crate::violation::{Rule, Violation};

const MACROS: [&str; 3] = ["panic", "todo", "unimplemented"];

pub(crate) fn check(source: &SourceFile) -> Vec<Violation> {
    let mut found = panics(source);
    for attribute in source.tokens.attributes() {
        let mut pairs = attribute.iter().zip(attribute.iter().skip(1));
        if let Some((token, _)) = pairs.find(|(one, two)| one.text == "allow" && two.text == "(") {
            found.push(Violation {
                file: source.path.clone(),
                line: token.line,
                rule: Rule::NoAllow,
                message:
                    "write `#[expect(lint, reason = \"…\")]`: it tells when it is no longer needed"
                        .into(),
            });
        }
    }
    found
}

fn panics(source: &SourceFile) -> Vec<Violation> {
    let tokens = &source.tokens;
    tokens
        .iter()
        .filter(|(_, token)| !source.is_test_line(token.line))
        .filter_map(|(index, token)| {
            let name = token.text.as_str();
            let method = matches!(name, "unwrap" | "expect")
                && match tokens.before(index, 1) {
                    "." => tokens.text(index + 1) == "(",
                    ":" => true, // Option::unwrap handed on as a function
                    _ => false,
                };
            let invoked = MACROS.contains(&name)
                && tokens.text(index + 1) == "!"
                && matches!(tokens.text(index + 2), "(" | "[" | "{");
            (method || invoked).then(|| Violation {
                file: source.path.clone(),
                line: token.line,
                rule: Rule::NoPanic,
                message: format!(
                    "`{name}` can end the process: return an error that says what happened and what to do"
                ),
            })
        })
        .collect()
}
