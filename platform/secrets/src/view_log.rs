//! Views of personal data by virtue of an office, in the private tables.
//!
//! Not in the log: it cannot forget, and whoever is erased takes the views of their data along.

mod postgres;
mod sqlite;

use std::sync::Arc;

use accession_service::views::{ViewLog, ViewsAway};

use crate::database::PrivateDatabase;

/// The views in this database.
#[must_use]
pub fn open(database: &PrivateDatabase) -> Arc<dyn ViewLog> {
    match database {
        PrivateDatabase::Postgres(pool) => Arc::new(postgres::PostgresViews(pool.clone())),
        PrivateDatabase::Sqlite(pool) => Arc::new(sqlite::SqliteViews(pool.clone())),
    }
}

/// What the database says when it does not do it.
fn away(error: &sqlx::Error) -> ViewsAway {
    ViewsAway {
        reason: error.to_string(),
    }
}

/// A time that the database cannot have made up.
fn no_time(micros: i64) -> ViewsAway {
    ViewsAway {
        reason: format!("{micros} is no time"),
    }
}
