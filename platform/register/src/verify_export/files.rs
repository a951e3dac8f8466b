//! Which files make up an export, in the order of their positions.
//!
//! It looks at the first line of each and at nothing else.

use std::path::{Path, PathBuf};

use crate::export_file::{Decoded, ExportError, Mark, decoded, open};

/// The exports of a directory in the order of their positions, or the one file.
pub(super) fn files_of(path: &Path) -> Result<Vec<PathBuf>, ExportError> {
    let failed = |reason: String| ExportError::File {
        file: path.display().to_string(),
        reason,
    };
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path).map_err(|error| failed(error.to_string()))? {
        let file = entry.map_err(|error| failed(error.to_string()))?.path();
        let plain = file.with_extension("");
        let is = |path: &Path, extension| path.extension().is_some_and(|found| found == extension);
        let compressed = is(&file, "gz") && is(&plain, "jsonl");
        if !is(&file, "jsonl") && !compressed {
            continue;
        }
        found.push((begins_after(&file)?, file));
    }
    if found.is_empty() {
        return Err(failed(
            "it holds no export (*.jsonl or *.jsonl.gz)".to_owned(),
        ));
    }
    found.sort();
    Ok(found.into_iter().map(|(_, file)| file).collect())
}

fn begins_after(file: &Path) -> Result<u64, ExportError> {
    let failed = |reason: String| ExportError::Line {
        file: file.display().to_string(),
        line: 1,
        reason,
    };
    let mut line = Vec::new();
    open(file)
        .and_then(|mut file| std::io::BufRead::read_until(&mut file, b'\n', &mut line))
        .map_err(|error| failed(error.to_string()))?;
    match decoded(&line) {
        Ok(Decoded::Mark(Mark::Head { after, .. })) => Ok(after),
        _ => Err(failed("not the first line of an export".to_owned())),
    }
}
