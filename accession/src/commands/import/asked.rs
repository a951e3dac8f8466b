//! What the command line asks of an import: which source, from where, to which server, and how much of it.
//!
//! Never starts anything: what is wrong with it is told before a server is asked.

use std::path::{Path, PathBuf};
use std::time::Duration;

use accession_importer::{ImportOptions, Server, Source, Wishes};
use anyhow::{Context as _, Result};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::commands::log::undo_run;
use crate::data_dir::DataDir;

#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    /// Which source: goodbooks, anime-list, sample, goodreads, storygraph, librarything, csv, mal-xml, marc, marcxml, onix,
    /// opds, open-library-dump, open-library, google-books, shikimori, kodik
    #[arg(required = true)]
    source: Option<String>,
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
    /// A file whose first line is that credential
    #[arg(
        long,
        env = "ACCESSION_IMPORT_CREDENTIAL_FILE",
        value_name = "FILE",
        conflicts_with = "credential"
    )]
    credential_file: Option<PathBuf>,
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
    /// Only tell what would be added, changed field by field, said in vain and rejected; nothing is written
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Read everything anew, also where an earlier attempt stopped half-way
    #[arg(long, conflicts_with_all = ["since", "dry_run"])]
    full: bool,
    /// Only what has changed since then: a day (2026-03-01) or a time (2026-03-01T10:00:00Z)
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<String>,
    /// Write figures of the run to this file, for the textfile collector of Prometheus' node exporter
    #[arg(long, value_name = "FILE")]
    pub(super) metrics_file: Option<PathBuf>,
    /// Where rejected rows go, to fix and send again; beside the input by default
    #[arg(long, value_name = "FILE")]
    rejected: Option<PathBuf>,
    /// Print the report as one JSON object
    #[arg(long)]
    pub(super) json: bool,
    /// How many seconds to keep trying while the server does not answer
    #[arg(long, default_value_t = 60)]
    patience: u64,
}

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Take back what an import run brought in; what somebody has built upon since is told and stays
    Revert(undo_run::Revert),
}

/// A day or a time, as importers compare times: in UTC, to the second.
fn moment(text: &str) -> Result<String, String> {
    let at = text.parse::<Timestamp>().or_else(|_| {
        let day = text.parse::<Date>()?;
        day.to_zoned(TimeZone::UTC).map(|day| day.timestamp())
    });
    let at = at.map_err(|_| {
        format!("`{text}` is no time: expected one such as 2026-03-01 or 2026-03-01T10:00:00Z")
    })?;
    Ok(at.strftime("%Y-%m-%dT%H:%M:%S").to_string())
}

/// Which column holds which field.
#[derive(Debug, Clone)]
struct Columns(Vec<(String, String)>);

impl Columns {
    fn parse(text: &str) -> Result<Self, String> {
        Wishes::columns_of(text).map(Self)
    }
}

/// A command line that cannot be carried out.
pub(super) struct Wrong {
    pub(super) code: accession_importer::ExitCode,
    pub(super) problem: String,
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
        since: args.since.take(),
    }
}

pub(super) fn options(mut args: Args) -> Result<ImportOptions, Wrong> {
    let wishes = wishes(&mut args);
    let known = || Source::ALL.map(Source::name).join(", ");
    let named = args.source.take().unwrap_or_default();
    let source = Source::named(&named).ok_or_else(|| {
        usage(format!(
            "`{named}` is not a source; expected one of {}",
            known()
        ))
    })?;
    if wishes.since.is_some() && !source.knows_changes() {
        return Err(usage(format!(
            "records of {} do not tell when they changed: leave --since out (what is in already says nothing new)",
            source.name()
        )));
    }
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
    let rejected_file = args
        .rejected
        .take()
        .unwrap_or_else(|| beside(args.file.as_deref(), source));
    Ok(ImportOptions {
        source,
        server: server(&mut args)?,
        file: args.file,
        limit: args.limit,
        rejected_file,
        wishes,
        full: args.full,
    })
}

/// The server that the command line names, and how to be let in.
fn server(args: &mut Args) -> Result<Server, Wrong> {
    let patience = Duration::from_secs(args.patience);
    let credential = match (args.credential.take(), &args.credential_file) {
        (None, Some(file)) => Some(credential_in(file)?),
        (given, _) => given,
    };
    Ok(
        match (args.server.take(), credential, args.data_dir.take()) {
            (Some(url), Some(credential), _) => Server {
                url,
                credential,
                patience,
            },
            (Some(_), None, _) => {
                return Err(usage(
                    "--server needs a credential: set ACCESSION_IMPORT_CREDENTIAL, or give --credential or --credential-file",
                ));
            }
            (None, _, Some(data_dir)) => {
                of_data_dir(&data_dir, patience).map_err(|error| Wrong {
                    code: accession_importer::ExitCode::OutOfReach,
                    problem: format!("{error:#}"),
                })?
            }
            (None, _, None) => {
                return Err(usage(
                    "name the server: --server URL, or --data-dir DIR of an embedded one",
                ));
            }
        },
    )
}

/// The credential in a file: its first line.
fn credential_in(file: &Path) -> Result<String, Wrong> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        usage(format!(
            "cannot read the credential file {}: {error}",
            file.display()
        ))
    })?;
    match text.lines().next().map(str::trim) {
        Some(credential) if !credential.is_empty() => Ok(credential.to_owned()),
        _ => Err(usage(format!(
            "the credential file {} is empty",
            file.display()
        ))),
    }
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
    fn a_day_and_a_time_are_one_kind_of_moment() {
        assert_eq!(moment("2026-03-01").unwrap(), "2026-03-01T00:00:00");
        assert_eq!(
            moment("2026-03-01T12:00:00+02:00").unwrap(),
            "2026-03-01T10:00:00"
        );
        assert!(moment("yesterday").unwrap_err().contains("`yesterday`"));
    }

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
