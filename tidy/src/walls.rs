//! The small walls: contexts meet only as events and ids, and aggregates know neither HTTP nor SQL.
//! Never the big ones between packages: those are in the manifests.

use crate::source::{CONTEXTS, SourceFile};
use crate::violation::{Rule, Violation};

const OUTSIDE: [&str; 2] = ["axum", "sqlx"];

pub(crate) fn check(source: &SourceFile) -> Vec<Violation> {
    let Some(own) = source.context() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (index, token) in source.tokens.iter() {
        if source.is_test_line(token.line) {
            continue;
        }
        for other in reached(source, index) {
            if other != own && CONTEXTS.contains(&other.as_str()) {
                found.push(violation(source, token.line, format!(
                    "`{own}` reaches into `{other}`: contexts meet only as events and ids of the contract"
                )));
            }
        }
        if is_pure(source) && names_outside(source, index) {
            found.push(violation(source, token.line, format!(
                "`{}` below an aggregate: decisions are pure; HTTP goes to http.rs, SQL to the platform",
                token.text
            )));
        }
    }
    found
}

fn violation(source: &SourceFile, line: usize, message: String) -> Violation {
    Violation {
        file: source.path.clone(),
        line,
        rule: Rule::Wall,
        message,
    }
}

/// Whether the file lies below a context of the writer and is not its HTTP edge.
fn is_pure(source: &SourceFile) -> bool {
    let modules = source.modules();
    source.path.starts_with("command-api/src/") && !modules.contains(&"http")
}

fn names_outside(source: &SourceFile, index: usize) -> bool {
    let tokens = &source.tokens;
    OUTSIDE.contains(&tokens.text(index))
        && (tokens.reads(index + 1, &[":", ":"]) || tokens.before(index, 1) == "use")
}

/// The modules at the root of the crate that a path starting at this token names: one for
/// `crate::a::b`, several for `use crate::{a, b::c}`, and the same through a chain of `super`.
fn reached(source: &SourceFile, index: usize) -> Vec<String> {
    let tokens = &source.tokens;
    let after = match tokens.text(index) {
        "crate" if tokens.reads(index + 1, &[":", ":"]) => index + 3,
        "super" if tokens.before(index, 1) != ":" => match past_supers(source, index) {
            Some(after) => after,
            None => return Vec::new(),
        },
        _ => return Vec::new(),
    };
    if tokens.text(after) == "{" {
        first_names(source, after)
    } else {
        vec![tokens.text(after).to_owned()]
    }
}

/// The token after `super::super::…` when the chain climbs exactly to the root of the crate.
fn past_supers(source: &SourceFile, index: usize) -> Option<usize> {
    let depth = source.modules().len();
    let chain =
        (0..).take_while(|step| source.tokens.reads(index + step * 3, &["super", ":", ":"]));
    (chain.count() == depth).then_some(index + depth * 3)
}

/// In `{a::b, c, d::{e, f}}`: a, c, d.
fn first_names(source: &SourceFile, open: usize) -> Vec<String> {
    let tokens = &source.tokens;
    let mut depth = 0_usize;
    let mut names = Vec::new();
    for index in open.. {
        match tokens.text(index) {
            "{" => depth += 1,
            "}" => depth = depth.saturating_sub(1),
            name if depth == 1 && matches!(tokens.before(index, 1), "{" | ",") => {
                names.push(name.to_owned());
            }
            _ => {}
        }
        if depth == 0 || tokens.text(index).is_empty() {
            break;
        }
    }
    names
}
