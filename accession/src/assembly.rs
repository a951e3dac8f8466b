//! Opens the parts that the settings name: log, read store, feed. Each is embedded unless a URL says otherwise.
//!
//! It waits a while for a store that is not up yet; it never starts with a store that would lose data.

use std::sync::Arc;
use std::time::Duration;

use accession_event_log::{
    EventLog, LogError, LogStore, PostgresLog, PostgresOptions, RegisterStore, SqliteLog,
    WriterOptions, migrate,
};
use accession_read_store::{EmbeddedOptions, EmbeddedStore, ReadStore, RedisOptions, RedisStore};
use anyhow::{Context as _, Result, bail};

use crate::data_dir::DataDir;
use crate::settings::{Mode, Settings};
use crate::waiting::Dependency;

/// A database that takes longer to answer its first question is taken for away.
const ANSWERS_WITHIN: Duration = Duration::from_secs(5);
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

    /// The log as operators see it.
    pub(crate) fn register(&self) -> Arc<dyn RegisterStore> {
        match self {
            Self::Postgres(log) => Arc::clone(log) as Arc<dyn RegisterStore>,
            Self::Sqlite(log) => Arc::clone(log) as Arc<dyn RegisterStore>,
        }
    }
}

/// Opens the log for a process that writes. Development migrates a shared database by itself; production refuses.
/// Refuses a log that is not whole, because its import was not finished.
pub(crate) async fn open_log(settings: &Settings, data: &DataDir) -> Result<LogDatabase> {
    let database = open_log_for_import(settings, data).await?;
    let import = database.register().log_import().await;
    if let Some(import) = import.context("cannot ask whether the log is whole")?
        && !import.finished
    {
        bail!(
            "the log is not whole: the import of {} events was not finished; run the same `accession log import` again",
            import.size
        );
    }
    Ok(database)
}

/// The same for the command that makes the log whole.
pub(crate) async fn open_log_for_import(
    settings: &Settings,
    data: &DataDir,
) -> Result<LogDatabase> {
    let Some(url) = &settings.log_url else {
        let path = data.log();
        let log = SqliteLog::open(&path)
            .await
            .with_context(|| format!("cannot open the event log {}", path.display()))?;
        return Ok(LogDatabase::Sqlite(Arc::new(log)));
    };
    let dependency = Dependency::event_log(settings, url);
    let pending = dependency.patiently(|| pending(url)).await?;
    if !pending.is_empty() {
        let migrated = match settings.mode {
            Mode::Development => migrate::migrate(url).await.map(|_| ()),
            Mode::Production => migrate::ensure_migrated(url).await,
        };
        migrated.map_err(|error| dependency.unusable(&error))?;
    }
    connect_postgres(url, &dependency).await
}

/// The migrations that the database lacks; a server that hangs is one that is away.
async fn pending(url: &str) -> Result<Vec<String>, LogError> {
    let asked = tokio::time::timeout(ANSWERS_WITHIN, migrate::pending(url)).await;
    asked.unwrap_or_else(|_| {
        Err(LogError::Transient {
            reason: format!("it did not answer within {} s", ANSWERS_WITHIN.as_secs()),
        })
    })
}

/// Opens a log that is there for an operator's command that changes something: it never makes an empty one by mistake.
pub(crate) async fn open_existing_log(settings: &Settings, data: &DataDir) -> Result<LogDatabase> {
    if settings.log_url.is_none() {
        require_embedded_log(data)?;
    }
    open_log(settings, data).await
}

/// Opens the log for a process that only reads it, beside the one that writes.
pub(crate) async fn open_log_for_reading(
    settings: &Settings,
    data: &DataDir,
) -> Result<LogDatabase> {
    let Some(url) = &settings.log_url else {
        require_embedded_log(data)?;
        let path = data.log();
        let log = SqliteLog::open_read_only(&path)
            .await
            .with_context(|| format!("cannot open the event log {}", path.display()))?;
        return Ok(LogDatabase::Sqlite(Arc::new(log)));
    };
    let dependency = Dependency::event_log(settings, url);
    dependency.patiently(|| migrated_by_a_writer(url)).await?;
    connect_postgres(url, &dependency).await
}

fn require_embedded_log(data: &DataDir) -> Result<()> {
    if !data.log().exists() {
        bail!(
            "there is no event log in {}: name the data directory of a server with --data-dir",
            data.path().display()
        );
    }
    Ok(())
}

/// A process that only reads waits for the writer, which may be migrating at this moment.
async fn migrated_by_a_writer(url: &str) -> Result<(), LogError> {
    match pending(url).await?.len() {
        0 => Ok(()),
        missing => Err(LogError::Transient {
            reason: format!(
                "{missing} migration(s) are pending: start a command-api, or run `accession migrate`"
            ),
        }),
    }
}

async fn connect_postgres(url: &str, dependency: &Dependency) -> Result<LogDatabase> {
    let log = dependency
        .patiently(|| PostgresLog::connect(url, PostgresOptions::default()))
        .await?;
    Ok(LogDatabase::Postgres(Arc::new(log)))
}

/// Starts the group commit over a log.
pub(crate) fn start_log(database: &LogDatabase) -> EventLog {
    let store = database.store();
    #[cfg(feature = "sabotage")]
    let store = crate::sabotage::log(store);
    EventLog::start(store, WriterOptions::default())
}

/// Opens the read store. A shared one is connected to when it is first used, so it need not be there yet.
pub(crate) fn open_read_store(settings: &Settings, data: &DataDir) -> Result<Arc<dyn ReadStore>> {
    let Some(options) = redis_options(settings) else {
        let options = EmbeddedOptions {
            lanes: settings.lanes,
            cache_bytes: EMBEDDED_CACHE_BYTES,
            ..EmbeddedOptions::new(data.read_store())
        };
        let store =
            EmbeddedStore::open_with(&options).context("cannot open the embedded read store")?;
        return Ok(opened(store));
    };
    let dependency = Dependency::read_store(settings);
    let store = RedisStore::new(&options).map_err(|error| dependency.unusable(&error))?;
    Ok(opened(store))
}

fn opened(store: impl ReadStore) -> Arc<dyn ReadStore> {
    let store: Arc<dyn ReadStore> = Arc::new(store);
    #[cfg(feature = "sabotage")]
    let store = crate::sabotage::read_store(store);
    store
}

/// How the shared read store is used; none when it is embedded.
pub(crate) fn redis_options(settings: &Settings) -> Option<RedisOptions> {
    let url = settings.read_store_url.as_ref()?;
    Some(RedisOptions {
        lanes: settings.lanes,
        namespace: settings.read_store_namespace.clone(),
        ..RedisOptions::new(url)
    })
}

/// The shared read store for a process that can do without: it connects when it is asked for. None when it is embedded,
/// for then it belongs to the process that projects.
pub(crate) fn read_store_at_need(settings: &Settings) -> Result<Option<Arc<dyn ReadStore>>> {
    let Some(options) = redis_options(settings) else {
        return Ok(None);
    };
    let store = RedisStore::new(&options);
    let store = store.context("read_store_url cannot be used for the operators' routes")?;
    Ok(Some(Arc::new(store)))
}
