//! The one way to break a rule: a comment line in the file that names the rule and the reason.
//! Never silent: a misspelt, unexplained or needless exception is itself a violation.

use crate::source::SourceFile;
use crate::violation::{Rule, Violation};

const MARK: &str = "// tidy:";

/// Takes out the violations that the file excuses, and adds those of the excuses themselves.
pub(crate) fn apply(source: &SourceFile, violations: Vec<Violation>) -> Vec<Violation> {
    let mut kept = violations;
    for (index, text) in source.text.lines().enumerate() {
        let Some(rest) = text.trim_start().strip_prefix(MARK) else {
            continue;
        };
        let problem = match excused(rest) {
            None => Some(format!(
                "write `{MARK} allow RULE because REASON` with RULE one of {}",
                Rule::EXCUSABLE.map(Rule::name).join(", ")
            )),
            Some(rule) => {
                let before = kept.len();
                kept.retain(|violation| violation.rule != rule);
                (kept.len() == before).then(|| {
                    format!(
                        "nothing here breaks `{}` any more: delete this line",
                        rule.name()
                    )
                })
            }
        };
        kept.extend(problem.map(|message| Violation {
            file: source.path.clone(),
            line: index + 1,
            rule: Rule::Exception,
            message,
        }));
    }
    kept
}

/// The rule of `allow RULE because REASON`.
fn excused(text: &str) -> Option<Rule> {
    let (name, reason) = text
        .trim()
        .strip_prefix("allow ")?
        .split_once(" because ")?;
    let rule = Rule::EXCUSABLE
        .into_iter()
        .find(|rule| rule.name() == name.trim())?;
    (!reason.trim().is_empty()).then_some(rule)
}
