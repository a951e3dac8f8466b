//! Opens the parts that the settings name: log, read store, feed. Each is embedded unless a URL says otherwise.
//!
//! It waits a while for a store that is not up yet, and says so; it never starts with a store that would lose data.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use accession_command_api::credentials::{
    CredentialStore, Credentials, PostgresCredentials, SqliteCredentials,
};
use accession_event_log::{
    EventLog, LogError, LogStore, PostgresLog, PostgresOptions, SqliteLog, WriterOptions, migrate,
};
use accession_read_store::{EmbeddedOptions, EmbeddedStore, ReadStore, RedisOptions, RedisStore};
use anyhow::{Context as _, Result, bail};
use sqlx::postgres::PgPoolOptions;

use crate::data_dir::DataDir;
use crate::settings::{Mode, Settings, without_password};

/// How long a starting process waits for a store that is not up yet.
const START_PATIENCE: Duration = Duration::from_secs(30);
/// Looked up once in ten seconds a credential; two connections are plenty.
const CREDENTIAL_CONNECTIONS: u32 = 2;
const BETWEEN_TRIES: Duration = Duration::from_millis(500);
/// Blocks that the embedded read store keeps in memory; the hot documents have a cache of their own.
const EMBEDDED_CACHE_BYTES: u64 = 8 * 1024 * 1024;

/// The database that keeps the log, in its own type, because private tables live beside it.
#[derive(Clone)]
pub(crate) enum LogDatabase {
    /// Shared.
    Postgres(Arc<PostgresLog>),
    /// Embedded.
    Sqlite(Arc<SqliteLog>),
}

impl LogDatabase {
    pub(crate) fn store(&self) -> Arc<dyn LogStore> {
        match self {
            Self::Postgres(log) => Arc::clone(log) as Arc<dyn LogStore>,
            Self::Sqlite(log) => Arc::clone(log) as Arc<dyn LogStore>,
        }
    }
}

/// Opens the log for a process that writes. Development migrates a shared database by itself; production refuses.
pub(crate) async fn open_log(settings: &Settings, data: &DataDir) -> Result<LogDatabase> {
    let Some(url) = &settings.log_url else {
        let path = data.log();
        let log = SqliteLog::open(&path)
            .await
            .with_context(|| format!("cannot open the event log {}", path.display()))?;
        return Ok(LogDatabase::Sqlite(Arc::new(log)));
    };
    let what = format!("the event log at {}", without_password(url));
    patiently(&what, || async {
        match settings.mode {
            Mode::Development => migrate::migrate(url).await.map(|_| ()),
            Mode::Production => migrate::ensure_migrated(url).await,
        }
    })
    .await?;
    connect_postgres(url, &what).await
}

/// Opens the log for a process that only reads it, beside the one that writes.
pub(crate) async fn open_log_for_reading(
    settings: &Settings,
    data: &DataDir,
) -> Result<LogDatabase> {
    let Some(url) = &settings.log_url else {
        let path = data.log();
        if !path.exists() {
            bail!(
                "there is no event log in {}: name the data directory of a server with --data-dir",
                data.path().display()
            );
        }
        let log = SqliteLog::open_read_only(&path)
            .await
            .with_context(|| format!("cannot open the event log {}", path.display()))?;
        return Ok(LogDatabase::Sqlite(Arc::new(log)));
    };
    let what = format!("the event log at {}", without_password(url));
    patiently(&what, || migrated_by_a_writer(url)).await?;
    connect_postgres(url, &what).await
}

/// A process that only reads waits for the writer, which may be migrating at this moment.
async fn migrated_by_a_writer(url: &str) -> Result<(), LogError> {
    match migrate::pending(url).await?.len() {
        0 => Ok(()),
        missing => Err(LogError::Transient {
            reason: format!(
                "{missing} migration(s) are pending: start a command-api, or run `accession migrate`"
            ),
        }),
    }
}

async fn connect_postgres(url: &str, what: &str) -> Result<LogDatabase> {
    let log = patiently(what, || {
        PostgresLog::connect(url, PostgresOptions::default())
    })
    .await?;
    Ok(LogDatabase::Postgres(Arc::new(log)))
}

/// Starts the group commit over a log.
pub(crate) fn start_log(database: &LogDatabase) -> EventLog {
    EventLog::start(database.store(), WriterOptions::default())
}

/// Opens the read store; a projector also checks that it would not lose documents.
pub(crate) async fn open_read_store(
    settings: &Settings,
    data: &DataDir,
) -> Result<Arc<dyn ReadStore>> {
    let Some(url) = &settings.read_store_url else {
        let options = EmbeddedOptions {
            lanes: settings.lanes,
            cache_bytes: EMBEDDED_CACHE_BYTES,
            ..EmbeddedOptions::new(data.read_store())
        };
        let store =
            EmbeddedStore::open_with(&options).context("cannot open the embedded read store")?;
        return Ok(Arc::new(store));
    };
    let options = redis_options(settings, url);
    let what = format!("the read store at {}", without_password(url));
    let store = patiently(&what, || RedisStore::open(&options)).await?;
    Ok(Arc::new(store))
}

/// The shared read store for a process that can do without: it connects when it is asked for. None when it is embedded,
/// for then it belongs to the process that projects.
pub(crate) fn read_store_at_need(settings: &Settings) -> Result<Option<Arc<dyn ReadStore>>> {
    let Some(url) = &settings.read_store_url else {
        return Ok(None);
    };
    let store = RedisStore::new(&redis_options(settings, url));
    let store = store.context("read_store_url cannot be used for the operators' routes")?;
    Ok(Some(Arc::new(store)))
}

fn redis_options(settings: &Settings, url: &str) -> RedisOptions {
    RedisOptions {
        lanes: settings.lanes,
        namespace: settings.read_store_namespace.clone(),
        ..RedisOptions::new(url)
    }
}

/// Where service credentials are kept: beside a shared log, or in a small file of the data directory, so that an operator
/// can issue one while an embedded server holds its log.
pub(crate) async fn open_credentials(settings: &Settings, data: &DataDir) -> Result<Credentials> {
    let store: Arc<dyn CredentialStore> = if let Some(url) = &settings.log_url {
        let options = PgPoolOptions::new().max_connections(CREDENTIAL_CONNECTIONS);
        let pool = options
            .connect_lazy(url)
            .context("log_url cannot be used for the service credentials")?;
        Arc::new(PostgresCredentials::new(pool))
    } else {
        let path = data.private();
        let opened = SqliteCredentials::open(&path).await;
        Arc::new(opened.with_context(|| {
            format!("cannot open the service credentials in {}", path.display())
        })?)
    };
    Ok(Credentials::new(store))
}

/// Tries again for a while, and says once what it waits for. An error that waiting can't mend ends it at once.
pub(crate) async fn patiently<T, E, F>(what: &str, mut attempt: impl FnMut() -> F) -> Result<T>
where
    E: Display + MayPass + std::error::Error + Send + Sync + 'static,
    F: Future<Output = Result<T, E>>,
{
    let mut waited = Duration::ZERO;
    loop {
        match attempt().await {
            Ok(value) => return Ok(value),
            Err(error) if error.may_pass() && waited < START_PATIENCE => {
                if waited.is_zero() {
                    tracing::warn!(%error, "waiting for {what}, at most {} s", START_PATIENCE.as_secs());
                }
                tokio::time::sleep(BETWEEN_TRIES).await;
                waited += BETWEEN_TRIES;
            }
            Err(error) => {
                return Err(error).with_context(|| {
                    format!("cannot use {what}: is it running, and is the URL right?")
                });
            }
        }
    }
}

/// Whether an error may be gone after a while.
pub(crate) trait MayPass {
    fn may_pass(&self) -> bool;
}

impl MayPass for LogError {
    fn may_pass(&self) -> bool {
        self.is_transient()
    }
}

impl MayPass for accession_read_store::ReadStoreError {
    fn may_pass(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}
