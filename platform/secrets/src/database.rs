//! The database of the private tables: Postgres beside the log, or a file of an embedded server.
//!
//! Never the log's own file: that one has a single writer, and an operator works here beside a running server.

mod file;

use std::path::Path;

use sqlx::postgres::PgPoolOptions;
use sqlx::{PgPool, SqlitePool};

use crate::error::{During, SecretsError};

/// Where the private tables are. Cheap to clone; every port of a process shares one.
#[derive(Debug, Clone)]
pub enum PrivateDatabase {
    /// Beside the log; the tables come with the log's migrations.
    Postgres(PgPool),
    /// In a file that only its owner can read.
    Sqlite(SqlitePool),
}

impl PrivateDatabase {
    /// The tables beside a log on Postgres. Connects when it is asked for something.
    pub fn postgres(url: &str, connections: u32) -> Result<Self, SecretsError> {
        let options = PgPoolOptions::new().max_connections(connections);
        let pool = options
            .connect_lazy(url)
            .during("reading the address of the database")?;
        Ok(Self::Postgres(pool))
    }

    /// Opens the file, or makes one that only its owner can read, and brings its schema up to date. Open it once per
    /// process: all ports share the pool.
    pub async fn open_file(path: &Path) -> Result<Self, SecretsError> {
        file::open(path).await.map(Self::Sqlite)
    }

    /// Ends all connections, so that a file is whole in itself.
    pub async fn close(&self) {
        match self {
            Self::Postgres(pool) => pool.close().await,
            Self::Sqlite(pool) => pool.close().await,
        }
    }
}
