//! What an operator can set: command line over environment over file over default, checked before anything starts.
//!
//! Keys and their meaning are listed in `docs/operating.md`; adding one here means adding it there.

mod checks;
mod choices;
mod keys;

use std::net::SocketAddr;
use std::path::PathBuf;

use accession_command_api::identity::accounts::DocumentVersions;
use accession_events::values::{Authority, AuthorityOrder, ShortText};
use accession_service::config::{self, ByteSize, ConfigError};
use accession_service::telemetry::LogFormat;
use accession_sign_in::SignInSettings;
use serde::{Deserialize, Serialize};

pub(crate) use choices::{Mode, ProxyHeader, Role};
use keys::{KEYS, OTHERS};

/// The whole configuration.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    /// Where embedded stores, keys and the running server's address live.
    pub(crate) data_dir: PathBuf,
    /// Where HTTP is served.
    pub(crate) listen: SocketAddr,
    /// `postgres://…`; embedded SQLite in the data directory when unset.
    pub(crate) log_url: Option<String>,
    /// `postgres://…` of the views of personal data, for a read-api that does not get `log_url`.
    pub(crate) private_url: Option<String>,
    /// `nats://…`; in-process wake-ups when unset.
    pub(crate) bus_url: Option<String>,
    /// Name of the JetStream stream.
    pub(crate) bus_stream: String,
    /// How much of the log's tail the stream keeps; the NATS server sets as much aside.
    pub(crate) bus_max_bytes: ByteSize,
    /// Copies of the stream in a NATS cluster.
    pub(crate) bus_replicas: u8,
    /// `redis://…`; embedded store in the data directory when unset.
    pub(crate) read_store_url: Option<String>,
    /// First part of every Redis key.
    pub(crate) read_store_namespace: String,
    /// How many shares the document keys are split into.
    pub(crate) lanes: u16,
    /// How long a starting process waits for a store that is away, in seconds.
    pub(crate) start_patience_seconds: u64,
    /// Where people's browsers reach this server: the beginning of links in mails and of redirects.
    pub(crate) public_url: Option<String>,
    /// Who else may vouch for people, by name.
    pub(crate) sign_in_providers: SignInSettings,
    /// Who gets the first account, an administrator's, when a server starts that knows none.
    pub(crate) admin_email: Option<String>,
    /// A file whose first line is that account's password.
    pub(crate) admin_password_file: Option<PathBuf>,
    /// Development or production.
    pub(crate) mode: Mode,
    /// The key that everything private hangs on: 32 bytes in base64url.
    pub(crate) root_key: Option<String>,
    /// A file with that key, instead.
    pub(crate) root_key_file: Option<PathBuf>,
    /// Version of the privacy notice that people have to agree to; any when unset.
    pub(crate) privacy_version: Option<String>,
    /// Version of the terms of use that people have to agree to; any when unset.
    pub(crate) terms_version: Option<String>,
    /// For how long a service credential that was replaced stays good when nobody says, in seconds.
    pub(crate) credential_overlap_seconds: u32,
    /// How long a library keeps what a removed member was called, in days.
    pub(crate) removed_member_days: u32,
    /// Shape of log lines.
    pub(crate) log_format: LogFormat,
    /// Which log lines, in the form of `RUST_LOG`.
    pub(crate) log_filter: String,
    /// Ed25519 public keys (base64url) whose tokens are accepted; the data directory's own key when empty.
    pub(crate) token_public_keys: Vec<String>,
    /// HS256 secret of at least 32 bytes, instead of Ed25519.
    pub(crate) token_secret: Option<String>,
    /// An OpenTelemetry collector (OTLP over HTTP) that gets traces; none are recorded when unset.
    pub(crate) trace_endpoint: Option<String>,
    /// Which share of the traces that begin here is recorded, 0 to 1.
    pub(crate) trace_ratio: f64,
    /// Whose word counts, strongest first.
    pub(crate) authority_order: Vec<Authority>,
    /// Sources whose facts count as a primary provider's; all others are secondary.
    pub(crate) primary_sources: Vec<String>,
    /// Origins that browsers may call from.
    pub(crate) cors_origins: Vec<String>,
    /// Networks of the proxies whose word about a client's address is believed.
    pub(crate) trusted_proxies: Vec<String>,
    /// The header in which they say it.
    pub(crate) proxy_header: ProxyHeader,
    /// Whether calls are counted.
    pub(crate) rate_limiter: bool,
    /// Limits other than the usual ones: `<name>=<calls>/<seconds>`.
    pub(crate) rate_limits: Vec<String>,
    /// Size of the read API's cache of hot documents, in MiB.
    pub(crate) cache_mb: u64,
    /// Whether the read API keeps a search index of its own, and answers search and suggest from it.
    pub(crate) search: bool,
    /// Where it lies: a directory of one process; in the data directory when unset, in memory when empty.
    pub(crate) search_dir: Option<PathBuf>,
    /// How many aggregates the command API keeps in memory.
    pub(crate) aggregate_cache: u64,
    /// Seals the log at most so often while events come slowly, in seconds.
    pub(crate) checkpoint_seconds: u64,
    /// The key that signs checkpoints: a file, or the text of the key; the data directory's own when unset.
    pub(crate) checkpoint_key: Option<String>,
    /// Name of the log in its checkpoints, used when a key is made.
    pub(crate) checkpoint_origin: Option<String>,
    /// Directory outside the database that also takes checkpoints and tiles.
    pub(crate) checkpoint_dir: Option<PathBuf>,
    /// Address that every checkpoint is posted to.
    pub(crate) checkpoint_url: Option<String>,
    /// Who takes mail: `smtps://…`, `smtp://…`, or `log:` for nobody.
    pub(crate) mail_url: String,
    /// In production: whether the server may start although nobody gets mail.
    pub(crate) mail_only_log: bool,
    /// Whom mail is from: `Name <address>`; `accession@` and the host of `public_url` when unset.
    pub(crate) mail_from: Option<String>,
    /// A certificate (PEM) that is trusted for mail besides those of the web.
    pub(crate) mail_ca_file: Option<PathBuf>,
    /// Directory of mail templates that come before the built-in ones.
    pub(crate) mail_templates: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("accession-data"),
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            log_url: None,
            private_url: None,
            bus_url: None,
            bus_stream: "ACCESSION_EVENTS".into(),
            bus_max_bytes: ByteSize::mebibytes(512),
            bus_replicas: 1,
            read_store_url: None,
            read_store_namespace: "accession".into(),
            lanes: 1,
            start_patience_seconds: 30,
            public_url: None,
            sign_in_providers: SignInSettings::new(),
            admin_email: None,
            admin_password_file: None,
            mode: Mode::Development,
            root_key: None,
            root_key_file: None,
            privacy_version: None,
            terms_version: None,
            credential_overlap_seconds: 3600,
            removed_member_days: 365,
            log_format: LogFormat::Auto,
            log_filter: "info,fjall=warn,lsm_tree=warn".into(),
            token_public_keys: Vec::new(),
            token_secret: None,
            trace_endpoint: None,
            trace_ratio: 1.0,
            authority_order: Authority::ALL.to_vec(),
            primary_sources: vec!["goodbooks".into(), "anime-list".into()],
            cors_origins: Vec::new(),
            trusted_proxies: Vec::new(),
            proxy_header: ProxyHeader::XForwardedFor,
            rate_limiter: true,
            rate_limits: Vec::new(),
            cache_mb: 24,
            search: true,
            search_dir: None,
            aggregate_cache: 20_000,
            checkpoint_seconds: 10,
            checkpoint_key: None,
            checkpoint_origin: None,
            checkpoint_dir: None,
            checkpoint_url: None,
            mail_url: "log:".into(),
            mail_only_log: false,
            mail_from: None,
            mail_ca_file: None,
            mail_templates: None,
        }
    }
}

/// What the command line may override.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Overrides {
    /// TOML file with settings
    #[arg(long, env = "ACCESSION_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Directory of the embedded stores and keys
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Address to serve on, for example 127.0.0.1:8080; port 0 picks a free one
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
}

impl Settings {
    /// Reads file and environment, lets the command line win, and checks the whole.
    pub(crate) fn load(overrides: &Overrides) -> Result<Self, ConfigError> {
        let mut settings: Self = config::read(overrides.config.as_deref(), KEYS, OTHERS)?;
        if let Some(data_dir) = &overrides.data_dir {
            settings.data_dir.clone_from(data_dir);
        }
        if let Some(listen) = overrides.listen {
            settings.listen = listen;
        }
        settings.check()?;
        Ok(settings)
    }

    /// Where people's browsers reach this server, without a slash at the end.
    pub(crate) fn public_url(&self) -> String {
        let local = || format!("http://{}", self.listen);
        let url = self.public_url.clone().unwrap_or_else(local);
        url.trim_end_matches('/').to_owned()
    }

    /// Whom mail is from.
    pub(crate) fn mail_from(&self) -> String {
        self.mail_from.clone().unwrap_or_else(|| {
            let url = self.public_url();
            let host = url.split_once("://").map_or(&*url, |(_, rest)| rest);
            let host = host.split(['/', ':']).next().unwrap_or_default();
            let named = host.parse::<std::net::IpAddr>().is_err()
                && !host.starts_with('[')
                && !host.is_empty();
            format!(
                "Accession <accession@{}>",
                if named { host } else { "localhost" }
            )
        })
    }

    /// The texts that people have to agree to.
    pub(crate) fn documents(&self) -> Result<DocumentVersions, ConfigError> {
        let read = |key: &str, text: &Option<String>| {
            let version = text.as_deref().map(ShortText::parse).transpose();
            version.map_err(|error| checks::bad(key, &error.to_string()))
        };
        Ok(DocumentVersions {
            privacy: read("privacy_version", &self.privacy_version)?,
            terms: read("terms_version", &self.terms_version)?,
        })
    }

    /// The order of authorities by which effective values are chosen.
    pub(crate) fn order(&self) -> Result<AuthorityOrder, ConfigError> {
        AuthorityOrder::new(&self.authority_order)
            .map_err(|error| checks::bad("authority_order", &error.to_string()))
    }
}

/// A URL that may be shown: what stands between `:` and `@` is left out.
pub(crate) fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let Some((login, host)) = rest.rsplit_once('@') else {
        return url.to_owned();
    };
    let user = login.split_once(':').map_or(login, |(user, _)| user);
    format!("{scheme}://{user}@{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_a_known_key_and_every_known_key_a_setting() {
        let value = serde_json::to_value(Settings::default()).unwrap();
        let mut fields: Vec<&str> = value
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        fields.sort_unstable();
        assert_eq!(fields, KEYS);
    }
}
