//! Figures of an import for the textfile collector of Prometheus' node exporter: a run that cron starts is gone before anybody
//! could ask it.
//!
//! Never half a file: it is written beside its place and renamed into it.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use accession_importer::Report;

/// Name, and what it tells.
const ENDED: (&str, &str) = (
    "accession_import_ended_timestamp_seconds",
    "When the last import of the source ended.",
);
const EXIT_CODE: (&str, &str) = (
    "accession_import_exit_code",
    "With which exit code it ended; 0 is all well.",
);

/// Writes the figures of an import that ended with this exit code; those of its report when it came to one.
#[expect(
    clippy::disallowed_methods,
    reason = "a command of the operator ends here: this is where time comes in"
)]
pub(super) fn write(
    file: &Path,
    source: &str,
    code: u8,
    report: Option<&Report>,
) -> std::io::Result<()> {
    let ended = jiff::Timestamp::now().as_second();
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut beside = tempfile_in(folder.unwrap_or(Path::new(".")), file)?;
    beside
        .1
        .write_all(text(source, code, ended, report).as_bytes())?;
    beside.1.sync_all()?;
    std::fs::rename(&beside.0, file)
}

/// A file beside another, with a name that the collector does not read.
fn tempfile_in(folder: &Path, of: &Path) -> std::io::Result<(std::path::PathBuf, std::fs::File)> {
    let name = of.file_name().unwrap_or_default().to_string_lossy();
    let path = folder.join(format!(".{name}.{}", std::process::id()));
    let file = std::fs::File::create(&path)?;
    Ok((path, file))
}

fn text(source: &str, code: u8, ended: i64, report: Option<&Report>) -> String {
    let mut text = String::new();
    let mut gauge = |(name, help): (&str, &str), values: &[(&str, f64)]| {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge");
        for (labels, value) in values {
            let _ = writeln!(text, "{name}{{source=\"{source}\"{labels}}} {value}");
        }
    };
    gauge(ENDED, &[("", float(ended.unsigned_abs()))]);
    gauge(EXIT_CODE, &[("", f64::from(code))]);
    if let Some(report) = report {
        let records = (
            "accession_import_records",
            "Records of the input by what became of them, over all attempts on it.",
        );
        let counts = report.counts;
        gauge(
            records,
            &[
                (",outcome=\"accepted\"", float(counts.accepted)),
                (",outcome=\"unchanged\"", float(counts.unchanged)),
                (",outcome=\"rejected\"", float(counts.rejected)),
            ],
        );
        let took = (
            "accession_import_duration_seconds",
            "How long the last attempt took.",
        );
        gauge(took, &[("", report.seconds)]);
    }
    text
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a figure for a chart; none here has 2^52"
)]
const fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_figures_are_in_prometheus_words_and_nothing_is_left_beside_them() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("marc.prom");
        for code in [0, 5] {
            write(&file, "marc", code, None).unwrap();
            let told = std::fs::read_to_string(&file).unwrap();
            let line = format!("accession_import_exit_code{{source=\"marc\"}} {code}\n");
            assert!(told.contains(&line), "{told}");
            assert!(told.contains("# TYPE accession_import_ended_timestamp_seconds gauge\n"));
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
