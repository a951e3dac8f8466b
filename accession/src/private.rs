//! The private room of a process: the database of the private tables, the root key, and the keys of persons under it.
//!
//! Opened once per process and shared; a process that only answers questions has none.

use std::path::Path;
use std::sync::Arc;

use accession_command_api::credentials::{
    CredentialStore, Credentials, PostgresCredentials, SqliteCredentials,
};
use accession_command_api::identity::accounts::Secrets;
use accession_secrets::{Opening, PrivateDatabase, RootKey, SubjectKeys, check_root_key};
use anyhow::{Context as _, Result, bail};

use crate::data_dir::DataDir;
use crate::settings::{Mode, Settings};

/// Enough for look-ups that are remembered for a while, and for what is kept for sign-ins and mails.
const CONNECTIONS: u32 = 4;

/// What a process needs to work with what is private.
#[derive(Debug, Clone)]
pub(crate) struct Private {
    /// The private tables.
    pub(crate) database: PrivateDatabase,
    /// The key that all others come from.
    pub(crate) root: RootKey,
    /// The keys of persons; one cache for all who seal and open in this process.
    pub(crate) keys: SubjectKeys,
    /// Service credentials; one for the whole process, so that all of it knows of a revocation at once.
    credentials: Credentials,
}

impl Private {
    /// Opens boxes on their way to those who fold them.
    pub(crate) fn opening(&self) -> Opening {
        Opening::new(self.keys.clone())
    }

    /// As use cases need it.
    pub(crate) fn secrets(&self) -> Secrets {
        Secrets {
            database: self.database.clone(),
            root: self.root.clone(),
            keys: self.keys.clone(),
        }
    }

    /// Service credentials.
    pub(crate) fn credentials(&self) -> Credentials {
        self.credentials.clone()
    }
}

/// Opens the private room of a process that writes or projects; refuses a root key that is not the database's own.
pub(crate) async fn open(settings: &Settings, data: &DataDir) -> Result<Private> {
    let database = open_database(settings, data).await?;
    let root = root_key(settings, data)?;
    check_root_key(&database, &root).await?;
    let keys = SubjectKeys::new(&database, &root);
    Ok(Private {
        credentials: credentials_in(&database),
        database,
        root,
        keys,
    })
}

/// The private tables alone: beside a shared log, or in a file of the data directory, so that an operator can work there
/// while an embedded server holds its log.
pub(crate) async fn open_database(settings: &Settings, data: &DataDir) -> Result<PrivateDatabase> {
    if let Some(url) = &settings.log_url {
        return PrivateDatabase::postgres(url, CONNECTIONS)
            .context("log_url cannot be used for the private tables");
    }
    let path = data.private();
    PrivateDatabase::open_file(&path)
        .await
        .with_context(|| format!("cannot open the private tables in {}", path.display()))
}

/// Where a process that only answers questions writes down who looks at whose data: at `private_url`, or beside the log
/// where it has its address. It connects when it is asked.
pub(crate) fn views_at_need(settings: &Settings) -> Result<Option<PrivateDatabase>> {
    let url = settings.private_url.as_ref().or(settings.log_url.as_ref());
    let database = url.map(|url| PrivateDatabase::postgres(url, CONNECTIONS));
    database
        .transpose()
        .context("private_url cannot be used for the views of personal data")
}

/// Service credentials in this database.
pub(crate) fn credentials_in(database: &PrivateDatabase) -> Credentials {
    let store: Arc<dyn CredentialStore> = match database {
        PrivateDatabase::Postgres(pool) => Arc::new(PostgresCredentials::new(pool.clone())),
        PrivateDatabase::Sqlite(pool) => Arc::new(SqliteCredentials::new(pool.clone())),
    };
    Credentials::new(store)
}

/// The root key that the settings name, or the data directory's own. Only development makes one.
pub(crate) fn root_key(settings: &Settings, data: &DataDir) -> Result<RootKey> {
    if let Some(text) = &settings.root_key {
        return Ok(RootKey::parse(text, "root_key")?);
    }
    if let Some(path) = &settings.root_key_file {
        if settings.mode == Mode::Production {
            refuse_open_file(path)?;
        }
        return Ok(RootKey::read(path)?);
    }
    let path = data.root_key();
    if path.exists() {
        return Ok(RootKey::read(&path)?);
    }
    if settings.mode == Mode::Production {
        bail!(
            "refusing to start: there is no root key, so personal data could not be sealed. Make one once with `openssl rand \
             -base64 32`, keep a copy apart from the database, and give every command-api and projector the same as \
             root_key_file (or root_key, or {})",
            path.display()
        );
    }
    make(&path)
}

/// Two roles may start on one directory at the same time: the second takes what the first has made.
fn make(path: &Path) -> Result<RootKey> {
    match RootKey::create(path) {
        Err(_) if path.exists() => Ok(RootKey::read(path)?),
        made => Ok(made?),
    }
}

/// A secret that others on the machine can read is none. A secret of a container is often readable by its group.
fn refuse_open_file(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path)
        .with_context(|| format!("cannot read the root key {}", path.display()))?
        .permissions()
        .mode();
    if mode & 0o007 != 0 {
        bail!(
            "refusing to start: others may read the root key {} (mode {:o}); chmod 600 it",
            path.display(),
            mode & 0o777
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(folder: &Path, change: impl FnOnce(&mut Settings)) -> (Settings, DataDir) {
        let mut settings = Settings {
            data_dir: folder.to_owned(),
            ..Settings::default()
        };
        change(&mut settings);
        (settings, DataDir::open(folder).unwrap())
    }

    #[test]
    fn development_makes_a_root_key_once_and_production_refuses_to() {
        let folder = tempfile::tempdir().unwrap();
        let (production, data) = on(folder.path(), |settings| settings.mode = Mode::Production);
        let refused = root_key(&production, &data).unwrap_err().to_string();
        assert!(
            refused.contains("root_key_file") && refused.contains("openssl"),
            "{refused}"
        );
        let (development, data) = on(folder.path(), |_| {});
        root_key(&development, &data).unwrap();
        let made = std::fs::read_to_string(data.root_key()).unwrap();
        root_key(&production, &data).unwrap();
        assert_eq!(std::fs::read_to_string(data.root_key()).unwrap(), made);
    }

    #[test]
    fn a_key_file_that_everybody_can_read_is_refused_in_production() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        RootKey::create(&path).unwrap();
        let (settings, data) = on(folder.path(), |settings| {
            settings.mode = Mode::Production;
            settings.root_key_file = Some(path.clone());
        });
        root_key(&settings, &data).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let refused = root_key(&settings, &data).unwrap_err().to_string();
        assert!(refused.contains("chmod 600"), "{refused}");
    }

    #[tokio::test]
    async fn another_root_key_than_the_first_is_refused_at_the_start() {
        let folder = tempfile::tempdir().unwrap();
        let (settings, data) = on(folder.path(), |_| {});
        open(&settings, &data).await.unwrap();
        std::fs::remove_file(data.root_key()).unwrap();
        let refused = open(&settings, &data).await.unwrap_err().to_string();
        assert!(refused.contains("not the one"), "{refused}");
    }
}
