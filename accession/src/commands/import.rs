//! `accession import SOURCE`: one-shot or cron-driven; a progress bar on a terminal, JSON lines otherwise, and a report.
//!
//! Exit codes: 0 all well, 2 usage, 3 some rows rejected, 4 nothing imported, 5 server out of reach.

mod progress;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use accession_importer::{ImportOptions, Report, Server, Source, Wishes};
use anyhow::{Context as _, Result};

use crate::commands::output;
use crate::data_dir::DataDir;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which source: goodbooks, anime-list, sample, goodreads, storygraph, librarything, csv, mal-xml, marc, marcxml, onix,
    /// opds, open-library-dump, open-library, google-books, shikimori, kodik
    source: String,
    /// The input file, plain or gzip
    #[arg(long, visible_alias = "books", value_name = "FILE")]
    file: Option<PathBuf>,
    /// Address of the server, for example <http://127.0.0.1:8080>
    #[arg(long, env = "ACCESSION_SERVER", value_name = "URL")]
    server: Option<String>,
    /// Service credential with scope import
    #[arg(
        long,
        env = "ACCESSION_IMPORT_CREDENTIAL",
        hide_env_values = true,
        value_name = "TEXT"
    )]
    credential: Option<String>,
    /// Data directory of an embedded server that runs on this machine, instead of --server and --credential
    #[arg(long, env = "ACCESSION_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Columns of a CSV file, for example title=Name,authors=Writers
    #[arg(long, value_name = "FIELD=COLUMN,…", value_parser = Columns::parse)]
    map: Option<Columns>,
    /// The dump of authors that goes with a dump of works
    #[arg(long, value_name = "FILE")]
    authors: Option<PathBuf>,
    /// What to ask a provider for when there is no file: ISBNs, or ids as the provider has them
    #[arg(long = "id", value_name = "ID", value_delimiter = ',')]
    ids: Vec<String>,
    /// Words to ask a provider for
    #[arg(long, value_name = "WORDS")]
    query: Option<String>,
    /// Who asks: an address of yours for the User-Agent; a provider is not asked without it
    #[arg(long, env = "ACCESSION_IMPORT_CONTACT", value_name = "ADDRESS")]
    contact: Option<String>,
    /// The provider's token or key
    #[arg(
        long,
        env = "ACCESSION_PROVIDER_TOKEN",
        hide_env_values = true,
        value_name = "TEXT"
    )]
    token: Option<String>,
    /// Where to ask instead of the provider's own address
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Let that address lie in a private network: a mirror of your own
    #[arg(long, requires = "base_url")]
    private_mirror: bool,
    /// A name for where the file comes from: keeps apart the record ids of two libraries
    #[arg(long = "as", value_name = "NAME")]
    named: Option<String>,
    /// At most so many records
    #[arg(long)]
    limit: Option<u64>,
    /// Where rejected rows go, to fix and send again; beside the input by default
    #[arg(long, value_name = "FILE")]
    rejected: Option<PathBuf>,
    /// Print the report as one JSON object
    #[arg(long)]
    json: bool,
    /// How many seconds to keep trying while the server does not answer
    #[arg(long, default_value_t = 60)]
    patience: u64,
}

/// Which column holds which field.
#[derive(Debug, Clone)]
struct Columns(Vec<(String, String)>);

impl Columns {
    fn parse(text: &str) -> Result<Self, String> {
        Wishes::columns_of(text).map(Self)
    }
}

pub(crate) async fn run(args: Args) -> Result<ExitCode> {
    let json = args.json;
    let options = match options(args) {
        Ok(options) => options,
        Err(Wrong { code, problem }) => {
            output::error(&format!("accession import: {problem}"));
            return Ok(ExitCode::from(code.number()));
        }
    };
    Ok(ExitCode::from(import(options, json).await))
}

/// Imports and prints; returns the exit code.
pub(crate) async fn import(options: ImportOptions, json: bool) -> u8 {
    let mut observer = progress::Watcher::new(options.source.name());
    let result = accession_importer::run(options, &mut observer).await;
    observer.finish();
    match result {
        Ok(report) => {
            print(&report, json);
            report.exit_code().number()
        }
        Err(error) => {
            output::error(&format!("accession import: {error}"));
            let code = error.exit_code().number();
            if json {
                output::line(
                    &serde_json::json!({ "error": error.to_string(), "exit_code": code })
                        .to_string(),
                );
            }
            code
        }
    }
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

/// A command line that cannot be carried out.
struct Wrong {
    code: accession_importer::ExitCode,
    problem: String,
}

fn usage(problem: impl Into<String>) -> Wrong {
    Wrong {
        code: accession_importer::ExitCode::Usage,
        problem: problem.into(),
    }
}

/// What was asked for beside the file.
fn wishes(args: &mut Args) -> Wishes {
    Wishes {
        columns: args
            .map
            .take()
            .map(|Columns(columns)| columns)
            .unwrap_or_default(),
        named: args.named.take(),
        authors: args.authors.take(),
        ids: std::mem::take(&mut args.ids),
        query: args.query.take(),
        contact: args.contact.take(),
        token: args.token.take(),
        base: args.base_url.take(),
        allow_private: args.private_mirror,
    }
}

fn options(mut args: Args) -> Result<ImportOptions, Wrong> {
    let wishes = wishes(&mut args);
    let known = || Source::ALL.map(Source::name).join(", ");
    let source = Source::named(&args.source).ok_or_else(|| {
        usage(format!(
            "`{}` is not a source; expected one of {}",
            args.source,
            known()
        ))
    })?;
    if args.file.is_none() && !source.is_built_in() && !source.can_be_asked() {
        return Err(usage(format!(
            "{} needs an input: name it with --file FILE; expected is {}",
            source.name(),
            source.expects()
        )));
    }
    if let Some(missing) = args.file.as_deref().filter(|file| !file.is_file()) {
        return Err(usage(format!("there is no file {}", missing.display())));
    }
    let patience = Duration::from_secs(args.patience);
    let server = match (args.server, args.credential, args.data_dir) {
        (Some(url), Some(credential), _) => Server {
            url,
            credential,
            patience,
        },
        (Some(_), None, _) => {
            return Err(usage(
                "--server needs a credential: set ACCESSION_IMPORT_CREDENTIAL or give --credential",
            ));
        }
        (None, _, Some(data_dir)) => of_data_dir(&data_dir, patience).map_err(|error| Wrong {
            code: accession_importer::ExitCode::OutOfReach,
            problem: format!("{error:#}"),
        })?,
        (None, _, None) => {
            return Err(usage(
                "name the server: --server URL, or --data-dir DIR of an embedded one",
            ));
        }
    };
    let rejected_file = args
        .rejected
        .unwrap_or_else(|| beside(args.file.as_deref(), source));
    Ok(ImportOptions {
        source,
        file: args.file,
        server,
        limit: args.limit,
        rejected_file,
        wishes,
    })
}

/// The embedded server that runs on a data directory of this machine.
pub(crate) fn of_data_dir(path: &Path, patience: Duration) -> Result<Server> {
    let shown = path.display();
    let data = DataDir::open(path)?;
    let running = data.running_server().with_context(|| {
        format!("no server runs on {shown}; start one: accession serve --data-dir {shown}")
    })?;
    let credential = std::fs::read_to_string(data.import_credential()).with_context(|| {
        format!("cannot read the import credential of {shown}: is this directory yours?")
    })?;
    Ok(Server {
        url: format!("http://{}", running.address),
        credential: credential.trim().into(),
        patience,
    })
}

/// `books.csv.gz` → `books.rejected.csv` in the working directory.
fn beside(file: Option<&Path>, source: Source) -> PathBuf {
    let name = file
        .and_then(Path::file_name)
        .map_or_else(|| source.name().into(), |name| name.to_string_lossy());
    let stem = name
        .trim_end_matches(".gz")
        .trim_end_matches(".csv")
        .trim_end_matches(".xml");
    PathBuf::from(format!("{stem}.rejected.csv"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejected_rows_lie_in_a_file_named_after_the_input() {
        assert_eq!(
            beside(Some(Path::new("/x/books.csv.gz")), Source::Goodbooks),
            Path::new("books.rejected.csv")
        );
        assert_eq!(
            beside(None, Source::Sample),
            Path::new("sample.rejected.csv")
        );
    }
}
