//! The stores that a measurement uses: fresh databases and scratch folders; and what asks a server one thing.
//!
//! The stores themselves are started around the harness.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use sqlx::{Connection as _, PgConnection};
use uuid::Uuid;

/// A fresh database on the server that was started for us; its URL.
pub(crate) async fn database(name: &str) -> Result<String> {
    let admin = variable("ACCESSION_TEST_POSTGRES_URL")?;
    let name = format!("{name}_{}", Uuid::now_v7().as_simple());
    let mut connection = PgConnection::connect(&admin)
        .await
        .context("cannot reach the Postgres of the benchmark")?;
    sqlx::raw_sql(&format!("CREATE DATABASE {name}"))
        .execute(&mut connection)
        .await?;
    sqlx::raw_sql("CHECKPOINT").execute(&mut connection).await?;
    let (base, _) = admin
        .rsplit_once('/')
        .context("ACCESSION_TEST_POSTGRES_URL names no database")?;
    Ok(format!("{base}/{name}"))
}

/// A database of exactly this name, anew.
pub(crate) async fn database_named(name: &str) -> Result<()> {
    let mut connection = PgConnection::connect(&variable("ACCESSION_TEST_POSTGRES_URL")?).await?;
    sqlx::raw_sql(&format!("DROP DATABASE IF EXISTS {name}"))
        .execute(&mut connection)
        .await?;
    sqlx::raw_sql(&format!("CREATE DATABASE {name}"))
        .execute(&mut connection)
        .await?;
    Ok(())
}

/// What `scripts/with-stores` exports.
pub(crate) fn variable(name: &str) -> Result<String> {
    std::env::var(name)
        .with_context(|| format!("{name} is not set: run `make bench`, which starts the stores"))
}

/// An empty folder on the disk of the target directory, so that fsync is real.
pub(crate) fn scratch(name: &str) -> Result<PathBuf> {
    let folder = Path::new("target/bench").join(format!("{name}-{}", Uuid::now_v7().as_simple()));
    std::fs::create_dir_all(&folder)?;
    Ok(folder.canonicalize()?)
}

/// A whole number of an answer.
pub(crate) fn number(answer: &serde_json::Value, key: &str) -> Result<u64> {
    answer
        .get(key)
        .and_then(serde_json::Value::as_u64)
        .with_context(|| format!("`{key}` is missing in {answer}"))
}

/// One request of a client that is made for it: for waiting and looking, not for measuring.
pub(crate) async fn get(url: &str) -> Result<reqwest::Response> {
    let client = reqwest::Client::builder()
        .timeout(Duration::from_secs(10))
        .build()?;
    Ok(client.get(url).send().await?)
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?
        .local_addr()?
        .port())
}
