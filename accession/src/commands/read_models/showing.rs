//! What the commands print about read models: for people, and with `--json` for programs.
//!
//! Only what was told; nothing is computed here.

use accession_operations::read_models::{
    Comparison, Condition, GenerationReport, GenerationState, ReadModelList, Stage, Work, WorkKind,
};

use crate::commands::output;

/// All models, with all their generations.
pub(super) fn list(list: &ReadModelList, json: bool) {
    if json {
        for item in &list.items {
            output::line(&serde_json::to_string(item).unwrap_or_default());
        }
        return;
    }
    output::line(&format!("the log ends at {}", list.head));
    for model in &list.items {
        let condition = match model.condition {
            Condition::Current => "",
            Condition::Rebuilding => "being rebuilt",
            Condition::Outdated => "OUTDATED: readers see documents of another fold",
            Condition::NotBuilt => "not built yet",
        };
        output::line(&format!(
            "{:<18} fold {}  {condition}",
            model.name, model.fold_version
        ));
        for generation in model.live.iter().chain(&model.others) {
            output::line(&generation_line(generation));
        }
        if let Some(work) = model.work.as_ref().filter(|work| work.is_active()) {
            output::line(&format!("    {}", work_line(work)));
        }
    }
}

fn generation_line(generation: &GenerationReport) -> String {
    let state = match generation.state {
        GenerationState::Building => "building",
        GenerationState::CaughtUp => "caught up",
        GenerationState::Live => "live",
        GenerationState::Previous => "previous",
        GenerationState::Outdated => "outdated",
    };
    let parked = match generation.parked {
        0 => String::new(),
        count => format!("  {count} key(s) PARKED"),
    };
    format!(
        "    generation {:<4} {state:<10} fold {:<8} at {} ({} behind){parked}",
        generation.generation, generation.fold_version, generation.position, generation.lag_events
    )
}

/// How a piece of work stands or has ended. Returns whether somebody has to look at it.
pub(super) fn work(name: &str, work: &Work, json: bool) -> bool {
    if json {
        let mut value = serde_json::to_value(work).unwrap_or_default();
        if let Some(object) = value.as_object_mut() {
            object.insert("name".to_owned(), name.into());
        }
        output::line(&value.to_string());
    } else {
        output::line(&format!("{name}: {}", work_line(work)));
        if let Some(comparison) = &work.comparison {
            output::line(&format!("  {}", comparison_line(comparison)));
            differences(comparison);
        }
    }
    work.stage == Stage::Held && work.problem.is_some()
}

fn work_line(work: &Work) -> String {
    let what = match work.what {
        WorkKind::Rebuild => "rebuild",
        WorkKind::Rollback => "rollback",
    };
    let stage = match work.stage {
        Stage::Building => "takes the log in",
        Stage::Comparing => "is being compared with the live one",
        Stage::Held => "is built and kept up; `promote` sends readers there",
        Stage::Promoting => "readers are being sent there",
        Stage::Done => "is live",
        Stage::Cancelled => "was given up",
    };
    let problem = work.problem.as_deref();
    let problem = problem.map_or_else(String::new, |problem| format!(": {problem}"));
    format!(
        "{what} by {}: generation {} {stage}{problem}",
        work.by, work.generation
    )
}

/// What a comparison found.
pub(super) fn comparison(name: &str, comparison: &Comparison, json: bool) {
    if json {
        return output::line(&serde_json::to_string(comparison).unwrap_or_default());
    }
    output::line(&format!("{name}: {}", comparison_line(comparison)));
    differences(comparison);
}

fn comparison_line(comparison: &Comparison) -> String {
    let unsettled = match comparison.unsettled {
        0 => String::new(),
        count => format!(", {count} not settled"),
    };
    format!(
        "compared {} documents and {} index entries at {}: {} differ{unsettled}",
        comparison.documents, comparison.entries, comparison.position, comparison.different
    )
}

fn differences(comparison: &Comparison) {
    let short = |side: &Option<String>| match side {
        Some(digest) => digest.chars().take(12).collect(),
        None => "missing".to_owned(),
    };
    for difference in &comparison.differences {
        output::line(&format!(
            "  {}  live {}  other {}",
            difference.what,
            short(&difference.live),
            short(&difference.other)
        ));
    }
    let listed = comparison.differences.len() as u64;
    if listed < comparison.different {
        output::line(&format!("  … and {} more", comparison.different - listed));
    }
}
