//! `train` prints weights, `measure` prints the table, `pairs` judges any file of labelled pairs.
//!
//! Never writes a file: what it prints is looked at before it is kept.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use accession_matching::{Band, Explained, Factor, Model, NAMES, Thresholds};
use accession_matching_trial::{
    Options, cross_validated, fitted, judge, labelled, report, training, whole_sets,
};
use anyhow::Result;
use clap::{Parser, Subcommand};

/// Fits and judges the comparison of records.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
    /// Data that is not part of the project
    #[arg(long, global = true, default_value = "../shared")]
    shared: PathBuf,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Fit to the training halves; print the weights and what cross-validation says of them
    Train {
        /// Holds the weights small
        #[arg(long)]
        ridge: Option<f64>,
        /// Total weight of each whole set
        #[arg(long)]
        whole: Option<f64>,
    },
    /// Print every figure, next to the baselines
    Measure,
    /// Show where the model and the truth of a whole set differ
    Whole {
        /// Its folder
        set: String,
        /// Missed and wrong pairs to show, at most
        #[arg(long, default_value_t = 30)]
        most: usize,
    },
    /// Judge a file of labelled pairs with the weights of the program
    Pairs {
        /// Comma-separated, with columns of a left and a right record and a label
        file: PathBuf,
        /// Where the tables are that the pairs were made from, for their ISBNs; the file's own folder by default
        #[arg(long)]
        tables: Option<PathBuf>,
        /// Show the pairs that were judged against their label, with reasons
        #[arg(long)]
        errors: bool,
    },
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let text = match &arguments.command {
        Command::Train { ridge, whole } => {
            let mut options = Options::default();
            options.ridge = ridge.unwrap_or(options.ridge);
            options.whole = whole.unwrap_or(options.whole);
            train(&arguments.shared, options)?
        }
        Command::Whole { set, most } => differing(&arguments.shared, set, *most)?,
        Command::Measure => report(&arguments.shared)?,
        Command::Pairs {
            file,
            tables,
            errors,
        } => {
            let folder = tables
                .as_deref()
                .or_else(|| file.parent())
                .unwrap_or(Path::new("."));
            judged(file, folder, *errors)?
        }
    };
    writeln!(std::io::stdout().lock(), "{text}")?;
    Ok(())
}

fn train(shared: &Path, options: Options) -> Result<String> {
    let (weights, bias) = fitted(shared, options)?;
    let mut text = format!(
        "pub(crate) const BIAS: f32 = {bias:?};\n\npub(crate) const WEIGHTS: [f32; COUNT] = [\n"
    );
    for (weight, name) in weights.iter().zip(NAMES) {
        let _ = writeln!(text, "    {weight:?}, // {name}");
    }
    text.push_str("];\n");
    let sets = training(shared)?;
    for (set, judged) in sets.iter().zip(cross_validated(shared, &sets, options)?) {
        let _ = writeln!(
            text,
            "{}: likely {}, certain {}, shown {}",
            set.name, judged.likely, judged.certain, judged.shown
        );
    }
    Ok(text)
}

fn differing(shared: &Path, name: &str, most: usize) -> Result<String> {
    let model = Model::standard(Thresholds::default());
    let sets = whole_sets(&shared.join("data/dedup"))?;
    let mut text = String::new();
    for set in sets.iter().filter(|set| set.name == name) {
        for (label, explained, left, right) in set.against(&model, most) {
            let names = (left.names(), right.names());
            let _ = writeln!(
                text,
                "{label} {:.2} {names:?}\n   {}",
                explained.compared.score,
                said(&explained)
            );
        }
    }
    Ok(text)
}

/// The reasons of a judgement on one line.
fn said(explained: &Explained) -> String {
    let factor = |factor: &Factor| {
        format!(
            "{} {:.2} ({:+.1})",
            factor.name, factor.value, factor.contribution
        )
    };
    let factors: Vec<String> = explained.factors.iter().map(factor).collect();
    let doubts: Vec<&str> = explained.doubts.iter().map(|doubt| doubt.words()).collect();
    let rule = explained
        .contradiction
        .map_or_else(|| "none".to_owned(), |rule| rule.to_string());
    format!(
        "{}; doubts: {}; rule: {rule}",
        factors.join(", "),
        doubts.join("; ")
    )
}

fn judged(file: &Path, tables: &Path, errors: bool) -> Result<String> {
    let set = labelled(file, tables)?;
    let model = Model::standard(Thresholds::default());
    let judged = judge(&model, &set.pairs);
    let mut text = format!(
        "{} pairs of {}: F1 (precision / recall; false + missed)\n",
        set.pairs.len(),
        set.name
    );
    let _ = writeln!(
        text,
        "likely  {}\ncertain {}\nshown   {}",
        judged.likely, judged.certain, judged.shown
    );
    for pair in set.pairs.iter().filter(|_| errors) {
        let explained = model.explain(&pair.ready.0, &pair.ready.1);
        let band = explained.compared.band;
        if (band >= Band::Likely) != pair.label || (band == Band::Certain && !pair.label) {
            let _ = writeln!(
                text,
                "\nlabel {}, {band:?} {:.3}\n  {:?}\n  {:?}",
                pair.label, explained.compared.score, pair.left, pair.right
            );
            let _ = writeln!(text, "  {}", said(&explained));
        }
    }
    Ok(text)
}
