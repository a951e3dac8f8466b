//! The big walls, kept by the compiler as long as no manifest opens a door.
//! Never judges versions or licences: that is cargo-deny's work.

use toml::{Table, Value};

use crate::violation::{Rule, Violation};

/// Which package may not depend on what, and why. A trailing `*` matches any ending.
const WALLS: [(&str, &[&str], &str); 5] = [
    (
        "accession-read-api",
        &[
            "accession-command-api",
            "accession-event-log",
            "accession-feed",
            "accession-operations",
            "async-nats",
            "sqlx",
        ],
        "the reader's only inputs are documents and their change feed",
    ),
    (
        "accession-events",
        &["accession-*", "axum", "sqlx", "tokio"],
        "the contract outlives every release: no I/O, nothing of ours",
    ),
    (
        "accession-projector",
        &["accession-command-api", "accession-operations"],
        "the projector writes down what happened and decides nothing",
    ),
    (
        "accession-command-api",
        &[
            "accession-operations",
            "accession-projector",
            "accession-read-store",
        ],
        "what the writer decides on comes from the log alone",
    ),
    (
        "accession-operations",
        &["accession-command-api", "accession-read-api"],
        "operators look after the read models and the log; they neither write events nor answer readers",
    ),
];

/// Checks one package's `Cargo.toml`; a workspace root without a package passes.
#[must_use]
pub fn check_manifest(path: &str, text: &str) -> Vec<Violation> {
    let report = |line, rule, message| Violation {
        file: path.to_owned(),
        line,
        rule,
        message,
    };
    let manifest: Table = match text.parse() {
        Ok(manifest) => manifest,
        Err(error) => return vec![report(1, Rule::Parse, error.to_string())],
    };
    let Some(package) = manifest.get("package") else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let inherits = manifest
        .get("lints")
        .and_then(|lints| lints.get("workspace"))
        .and_then(Value::as_bool);
    if inherits != Some(true) {
        let message = "add `[lints]` with `workspace = true`: one set of lints for the whole house";
        found.push(report(1, Rule::Lints, message.into()));
    }
    let programs = manifest.get("bin").and_then(Value::as_array);
    if programs.is_some_and(|programs| programs.len() > 1) && package.get("default-run").is_none() {
        let message = "name one of the binaries in `default-run`: without it `cargo run`, and so `make run`, refuses";
        found.push(report(1, Rule::DefaultRun, message.into()));
    }
    let name = package
        .get("name")
        .and_then(Value::as_str)
        .unwrap_or_default();
    for (_, refused, why) in WALLS.iter().filter(|(walled, ..)| *walled == name) {
        for dependency in dependencies(&manifest) {
            if refused.iter().any(|pattern| matches(pattern, &dependency)) {
                let message = format!("`{name}` must not depend on `{dependency}`: {why}");
                found.push(report(line_of(text, &dependency), Rule::Wall, message));
            }
        }
    }
    found
}

/// What the shipped code depends on; tests may use what they like.
fn dependencies(manifest: &Table) -> Vec<String> {
    let targets = manifest
        .get("target")
        .and_then(Value::as_table)
        .into_iter()
        .flat_map(Table::values)
        .filter_map(Value::as_table);
    std::iter::once(manifest)
        .chain(targets)
        .flat_map(|table| ["dependencies", "build-dependencies"].map(|key| table.get(key)))
        .flatten()
        .filter_map(Value::as_table)
        .flatten()
        .map(|(key, value)| {
            let renamed = value.get("package").and_then(Value::as_str);
            renamed.unwrap_or(key).to_owned()
        })
        .collect()
}

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    }
}

fn line_of(text: &str, dependency: &str) -> usize {
    text.lines()
        .position(|line| {
            line.starts_with(dependency) || line.contains(&format!("\"{dependency}\""))
        })
        .map_or(1, |index| index + 1)
}
