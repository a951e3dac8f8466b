//! `accession log as-of`: what a document said at a position or a time, folded from the log by the read models' code.
//!
//! It opens the log for reading only and needs no read store; the document goes to standard output byte for byte.

use std::process::ExitCode;

use accession_events::Position;
use accession_operations::as_of::{
    Answer, AsOf, AsOfError, Kind, MOST_CHANGES, Question, USUAL_CHANGES, When,
};
use accession_secrets::view_log;
use accession_service::views::{OPERATOR, View};
use anyhow::{Context as _, Result};
use jiff::Timestamp;

use super::bounds;
use crate::assembly;
use crate::commands::output;
use crate::data_dir::DataDir;
use crate::private::{self, Private};
use crate::settings::{Overrides, Settings};

/// As views by this command are written down.
const ROUTE: &str = "accession log as-of";
/// Exit code for a moment that the log does not have.
const NO_SUCH_MOMENT: u8 = 2;
/// Exit code for a document that was not there then.
const NOT_THERE: u8 = 4;

#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("when").required(true).args(["position", "time"])))]
pub(crate) struct Args {
    #[command(flatten)]
    overrides: Overrides,
    /// As of this event, which is included
    #[arg(long)]
    position: Option<u64>,
    /// As of the last event recorded at this time or earlier: RFC 3339, or a date
    #[arg(long, value_parser = bounds::time)]
    time: Option<Timestamp>,
    /// Of a history: only changes before this position
    #[arg(long)]
    before: Option<u64>,
    /// Of a history: at most so many changes
    #[arg(long, default_value_t = USUAL_CHANGES, value_parser = limit)]
    limit: usize,
    /// title, card, edition, episode, provenance, history, import-run, account, standing or sessions
    kind: Kind,
    /// The id; of a title also any slug that leads to it today
    id: String,
}

fn limit(text: &str) -> Result<usize, String> {
    let number = text.parse().ok();
    number
        .filter(|number| (1..=MOST_CHANGES).contains(number))
        .ok_or_else(|| format!("`{text}` is no limit; expected 1 to {MOST_CHANGES}"))
}

pub(super) async fn run(args: Args) -> Result<ExitCode> {
    let settings = Settings::load(&args.overrides)?;
    let data = DataDir::open(&settings.data_dir)?;
    let log = assembly::open_log_for_reading(&settings, &data)
        .await?
        .store();
    let by_time = args.time.map(When::Time);
    let question = Question {
        kind: args.kind,
        id: args.id,
        when: by_time.unwrap_or(When::Position(Position::new(args.position.unwrap_or(0)))),
        before: args.before.map(Position::new),
        limit: args.limit,
    };
    let private = private::open(&settings, &data).await?;
    let past = AsOf::new(log, settings.order()?).opened_by(private.opening());
    match past.ask(&question).await {
        Ok(answer) => {
            note(&answer, &question, &private).await?;
            show(&answer);
            Ok(ExitCode::SUCCESS)
        }
        Err(AsOfError::Log(error)) => Err(error.into()),
        Err(refused) => {
            output::error(&format!("accession: {refused}"));
            Ok(ExitCode::from(match refused {
                AsOfError::Beyond { .. } => NO_SUCH_MOMENT,
                _ => NOT_THERE,
            }))
        }
    }
}

/// Writes down whose data is about to be shown, as it is for those who ask over HTTP.
#[expect(
    clippy::disallowed_methods,
    reason = "a command at the edge: this is where time enters"
)]
async fn note(answer: &Answer, question: &Question, private: &Private) -> Result<()> {
    let at = Timestamp::now();
    let views: Vec<View> = answer
        .people(question)
        .into_iter()
        .map(|subject| View {
            at,
            viewer: OPERATOR,
            subject,
            route: ROUTE.to_owned(),
        })
        .collect();
    if views.is_empty() {
        return Ok(());
    }
    let log = view_log::open(&private.database);
    log.note(&views)
        .await
        .context("what is looked at is written down, and that is not possible just now")
}

fn show(answer: &Answer) {
    output::error(&format!(
        "as of position {}: {} event{}, found by {}{}",
        answer.position,
        answer.events,
        if answer.events == 1 { "" } else { "s" },
        answer.found_by.as_str(),
        if answer.hidden {
            "; only curators could see it"
        } else {
            ""
        }
    ));
    if let Some((position, reason)) = &answer.parked {
        output::error(&format!(
            "event {position} could not be taken in, as a projector would have parked it: {reason}"
        ));
    }
    output::line(&String::from_utf8_lossy(&answer.body));
}
