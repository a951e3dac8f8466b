//! The table in `docs/importers.md`: written from what was measured, and compared with what is there.

use std::path::Path;

use super::Outcome;

const BEGIN: &str = "<!-- files: begin -->\n";
const END: &str = "<!-- files: end -->";

/// Compares the table with the docs, or writes it there when asked to.
pub(super) fn compare(rows: &[(&str, String, Outcome)], strangers: &[(String, &str)]) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/importers.md");
    let docs = std::fs::read_to_string(&path).unwrap();
    let (head, rest) = docs
        .split_once(BEGIN)
        .expect("the docs mark where the table begins");
    let (found, tail) = rest
        .split_once(END)
        .expect("the docs mark where the table ends");
    let wanted = rendered(rows, strangers);
    if std::env::var_os("ACCESSION_UPDATE_IMPORTERS").is_some() {
        std::fs::write(&path, format!("{head}{BEGIN}{wanted}{END}{tail}")).unwrap();
        return;
    }
    assert!(
        found == wanted,
        "docs/importers.md does not say what was measured; ACCESSION_UPDATE_IMPORTERS=1 writes it anew:\n{wanted}"
    );
}

fn rendered(rows: &[(&str, String, Outcome)], strangers: &[(String, &str)]) -> String {
    let mut text = String::from(
        "| source | file | records | accepted | rejected | why rejected | notes |\n|---|---|---:|---:|---:|---|---|\n",
    );
    let mut rows: Vec<_> = rows.iter().collect();
    rows.sort_by_key(|(source, file, _)| (*source, file.clone()));
    let mut totals = (0, 0, 0);
    for (source, file, outcome) in &rows {
        totals.0 += outcome.records;
        totals.1 += outcome.accepted;
        totals.2 += outcome.rejected;
        let reasons = outcome
            .refused
            .iter()
            .map(|reason| format!("the file: {reason}"));
        let reasons = reasons.chain(
            outcome
                .reasons
                .iter()
                .map(|(code, count)| format!("{code} {count}")),
        );
        let notes = outcome
            .notes
            .iter()
            .map(|(code, count)| format!("{code} {count}"));
        let row = format!(
            "| {source} | {file} | {} | {} | {} | {} | {} |\n",
            outcome.records,
            outcome.accepted,
            outcome.rejected,
            joined(reasons),
            joined(notes)
        );
        text.push_str(&row);
    }
    let foot = format!(
        "| | **{} files** | **{}** | **{}** | **{}** | | |\n\nFiles beside them that no source reads:\n\n",
        rows.len(),
        totals.0,
        totals.1,
        totals.2
    );
    text.push_str(&foot);
    for (file, reason) in strangers {
        text.extend(["- ", file.as_str(), ": ", *reason, "\n"]);
    }
    text
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts
        .map(|part| part.replace('|', "\\|").replace('\n', " "))
        .collect();
    parts.join(", ")
}
