//! `accession import SOURCE`: one-shot or cron-driven; a progress bar on a terminal, JSON lines otherwise, and a report.
//!
//! Exit codes: 0 all well, 2 usage, 3 some rows rejected, 4 nothing imported, 5 server out of reach, 6 another import of the
//! source is under way.

mod asked;
mod metrics;
mod progress;

use std::path::PathBuf;
use std::process::ExitCode;

use accession_importer::{ImportError, ImportOptions, Report};
use anyhow::{Context as _, Result};

use crate::commands::log::undo_run;
use crate::commands::output;
use asked::{Command, Wrong, options};

pub(crate) use asked::{Args, of_data_dir};

/// How an import is shown and noted.
struct Manner {
    json: bool,
    dry_run: bool,
    metrics: Option<PathBuf>,
}

pub(crate) async fn run(mut args: Args) -> Result<ExitCode> {
    if let Some(Command::Revert(revert)) = args.command.take() {
        return undo_run::revert(revert).await;
    }
    let manner = Manner {
        json: args.json,
        dry_run: args.dry_run,
        metrics: args.metrics_file.take(),
    };
    let options = match options(args) {
        Ok(options) => options,
        Err(Wrong { code, problem }) => {
            output::error(&format!("accession import: {problem}"));
            return Ok(ExitCode::from(code.number()));
        }
    };
    let source = options.source.name();
    let (code, figures) = if manner.dry_run {
        (foresee(options, manner.json).await, None)
    } else {
        bring_in(options, manner.json).await
    };
    if let Some(file) = &manner.metrics
        && !manner.dry_run
    {
        metrics::write(file, source, code, figures.as_ref()).with_context(|| {
            format!("cannot write the figures of the run to {}", file.display())
        })?;
    }
    Ok(ExitCode::from(code))
}

/// Imports and prints; returns the exit code.
pub(crate) async fn import(options: ImportOptions, json: bool) -> u8 {
    bring_in(options, json).await.0
}

async fn bring_in(options: ImportOptions, json: bool) -> (u8, Option<Report>) {
    let mut observer = progress::Watcher::new(options.source.name());
    let result = accession_importer::run(options, &mut observer).await;
    observer.finish();
    match result {
        Ok(report) => {
            print(&report, json);
            (report.exit_code().number(), Some(report))
        }
        Err(error) => (failed(&error, json), None),
    }
}

/// Tells what an import would do; returns the exit code that it would end with.
async fn foresee(options: ImportOptions, json: bool) -> u8 {
    let mut observer = progress::Watcher::new(options.source.name());
    let result = accession_importer::foresee(options, &mut observer).await;
    observer.finish();
    match result {
        Ok(told) => {
            if json {
                let mut value = serde_json::to_value(&told).unwrap_or_default();
                if let Some(object) = value.as_object_mut() {
                    object.insert("exit_code".into(), told.exit_code().number().into());
                }
                output::line(&value.to_string());
            } else {
                told.lines().iter().for_each(|line| output::line(line));
            }
            told.exit_code().number()
        }
        Err(error) => failed(&error, json),
    }
}

fn failed(error: &ImportError, json: bool) -> u8 {
    output::error(&format!("accession import: {error}"));
    let code = error.exit_code().number();
    if json {
        let told = serde_json::json!({ "error": error.to_string(), "exit_code": code });
        output::line(&told.to_string());
    }
    code
}

fn print(report: &Report, json: bool) {
    if !json {
        return report.lines().iter().for_each(|line| output::line(line));
    }
    let mut value = serde_json::to_value(report).unwrap_or_default();
    if let Some(object) = value.as_object_mut() {
        object.insert("exit_code".into(), report.exit_code().number().into());
    }
    output::line(&value.to_string());
}
