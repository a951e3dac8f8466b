//! Walks the workspace and asks every rule about every file.
//! Never follows links, and never enters what is built, downloaded or stored.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::Path;

use walkdir::{DirEntry, WalkDir};

use crate::density::{Density, density};
use crate::source::SourceFile;
use crate::violation::{Rule, Violation};
use crate::{exceptions, manifests, panics, shape, sleeps, text, walls};

const SKIPPED_FOLDERS: [&str; 5] = ["target", ".git", ".data", "node_modules", "dist"];
const TEXT_ENDINGS: [&str; 15] = [
    "md", "toml", "sql", "sh", "yaml", "yml", "json", "conf", "ts", "tsx", "js", "css", "html",
    "py", "env",
];

/// What a walk over the workspace found.
#[derive(Debug)]
pub struct Finding {
    /// Sorted by file and line.
    pub violations: Vec<Violation>,
    /// The figures of all sources.
    pub density: Density,
}

/// All rules over the workspace at `root`.
///
/// # Errors
/// A file or folder cannot be read.
pub fn inspect(root: &Path) -> io::Result<Finding> {
    let mut violations = Vec::new();
    let mut sources = Vec::new();
    let walk = WalkDir::new(root).sort_by_file_name().into_iter();
    for entry in walk.filter_entry(|entry| entry.depth() == 0 || !is_skipped(entry)) {
        let entry = entry?;
        if !entry.file_type().is_file() || !is_text(entry.path()) {
            continue;
        }
        let path = relative(root, entry.path());
        let content = fs::read_to_string(entry.path())?;
        if path.ends_with("Cargo.toml") {
            violations.extend(manifests::check_manifest(&path, &content));
        }
        if entry.path().extension() != Some(OsStr::new("rs")) {
            violations.extend(text::check_text(&path, &content));
            continue;
        }
        match SourceFile::parse(&path, &content) {
            Ok(source) => sources.push(source),
            Err((line, message)) => violations.push(Violation {
                file: path,
                line,
                rule: Rule::Parse,
                message: format!("{message}: make it compile first"),
            }),
        }
    }
    mark_test_modules(&mut sources);
    violations.extend(sources.iter().flat_map(check_source));
    let density = density(&sources);
    violations.extend(density.check());
    violations.sort();
    Ok(Finding {
        violations,
        density,
    })
}

/// All rules that look at one Rust file, less what the file excuses.
#[must_use]
pub fn check_source(source: &SourceFile) -> Vec<Violation> {
    let mut found = shape::check(source);
    found.extend(panics::check(source));
    found.extend(sleeps::check(source));
    found.extend(walls::check(source));
    found.extend(text::check_text(&source.path, &source.text));
    exceptions::apply(source, found)
}

/// A file that another declares under `#[cfg(test)]` is test code, and so is what lies below it.
fn mark_test_modules(sources: &mut [SourceFile]) {
    let declared: Vec<String> = sources
        .iter()
        .flat_map(|source| source.test_modules.iter().cloned())
        .collect();
    for source in sources {
        let below = |file: &String| {
            let folder = format!("{}/", file.trim_end_matches(".rs"));
            source.path == *file || source.path.starts_with(&folder)
        };
        if declared.iter().any(below) {
            source.make_test();
        }
    }
}

fn is_skipped(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    entry.file_type().is_dir() && SKIPPED_FOLDERS.contains(&name.as_ref())
}

fn is_text(path: &Path) -> bool {
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    let folder = path.parent().and_then(Path::file_name);
    let in_scripts = folder.is_some_and(|folder| folder == "scripts" || folder == ".ci");
    let ending = path.extension().and_then(OsStr::to_str).unwrap_or_default();
    if name.contains("-lock.") {
        return false;
    }
    ending == "rs"
        || TEXT_ENDINGS.contains(&ending)
        || in_scripts
        || matches!(name, "Makefile" | "Dockerfile")
}

fn relative(root: &Path, path: &Path) -> String {
    let path = path.strip_prefix(root).unwrap_or(path);
    let parts: Vec<_> = path.iter().map(OsStr::to_string_lossy).collect();
    parts.join("/")
}
