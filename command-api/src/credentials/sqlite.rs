//! Credentials of an embedded server, in its private SQLite file.
//!
//! Never in the log's file: that one has a single writer, and an operator issues credentials beside a running server.

use accession_events::ids::ServiceCredentialId;
use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqlitePool};

use super::kept::{self, scope_names, scopes_named};
use super::{Credential, CredentialError, CredentialStore, KeptCredential};

const COLUMNS: &str = "id, name, secret_hash, scopes, created_at, revoked_at, last_used_at";

/// Credentials in a private file.
#[derive(Debug, Clone)]
pub struct SqliteCredentials {
    pool: SqlitePool,
}

impl SqliteCredentials {
    /// Credentials in the private file that this pool leads to; its schema comes with the file.
    #[must_use]
    pub const fn new(pool: SqlitePool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl CredentialStore for SqliteCredentials {
    async fn insert(&self, kept: &KeptCredential) -> Result<(), CredentialError> {
        let credential = &kept.credential;
        sqlx::query(
            "INSERT INTO service_credentials (id, name, secret_hash, scopes, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        )
        .bind(credential.id.to_string())
        .bind(&credential.name)
        .bind(&kept.secret_hash)
        .bind(scope_names(&credential.scopes).join(" "))
        .bind(credential.created_at.as_microsecond())
        .execute(&self.pool)
        .await
        .map_err(|source| CredentialError::Store { doing: "keeping a new one", source })?;
        Ok(())
    }

    async fn find(
        &self,
        id: ServiceCredentialId,
    ) -> Result<Option<KeptCredential>, CredentialError> {
        let row = sqlx::query(&format!(
            "SELECT {COLUMNS} FROM service_credentials WHERE id = ?1"
        ))
        .bind(id.to_string())
        .fetch_optional(&self.pool)
        .await
        .map_err(|source| CredentialError::Store {
            doing: "looking one up",
            source,
        })?;
        row.as_ref().map(kept).transpose()
    }

    async fn list(&self) -> Result<Vec<Credential>, CredentialError> {
        let rows = sqlx::query(&format!(
            "SELECT {COLUMNS} FROM service_credentials ORDER BY created_at, id"
        ))
        .fetch_all(&self.pool)
        .await
        .map_err(|source| CredentialError::Store {
            doing: "listing them",
            source,
        })?;
        rows.iter()
            .map(|row| kept(row).map(|kept| kept.credential))
            .collect()
    }

    async fn end(&self, id: ServiceCredentialId, at: Timestamp) -> Result<bool, CredentialError> {
        let done = sqlx::query(
            "UPDATE service_credentials SET revoked_at = ?2 WHERE id = ?1 AND (revoked_at IS NULL OR revoked_at > ?2)",
        )
        .bind(id.to_string())
        .bind(at.as_microsecond())
        .execute(&self.pool)
        .await
        .map_err(|source| CredentialError::Store {
            doing: "letting one end",
            source,
        })?;
        Ok(done.rows_affected() > 0)
    }

    async fn used(&self, id: ServiceCredentialId, at: Timestamp) -> Result<(), CredentialError> {
        sqlx::query("UPDATE service_credentials SET last_used_at = ?2 WHERE id = ?1")
            .bind(id.to_string())
            .bind(at.as_microsecond())
            .execute(&self.pool)
            .await
            .map_err(|source| CredentialError::Store {
                doing: "noting a use",
                source,
            })?;
        Ok(())
    }
}

fn kept(row: &SqliteRow) -> Result<KeptCredential, CredentialError> {
    let read = || -> Result<_, sqlx::Error> {
        let times: (i64, Option<i64>, Option<i64>) = (
            row.try_get("created_at")?,
            row.try_get("revoked_at")?,
            row.try_get("last_used_at")?,
        );
        let (id, scopes): (String, String) = (row.try_get("id")?, row.try_get("scopes")?);
        Ok((
            id,
            row.try_get("name")?,
            row.try_get("secret_hash")?,
            scopes,
            times,
        ))
    };
    let (id, name, secret_hash, scopes, (created, revoked, used)) =
        read().map_err(|source| CredentialError::Store {
            doing: "reading one",
            source,
        })?;
    let id: ServiceCredentialId = id.parse().map_err(|error| CredentialError::Unreadable {
        id,
        reason: format!("{error}"),
    })?;
    let scopes: Vec<String> = scopes.split_whitespace().map(str::to_owned).collect();
    let credential = Credential {
        id,
        name,
        scopes: scopes_named(id, &scopes)?,
        created_at: kept::time(id, created)?,
        ends_at: revoked.map(|micros| kept::time(id, micros)).transpose()?,
        last_used_at: used.map(|micros| kept::time(id, micros)).transpose()?,
    };
    Ok(KeptCredential {
        credential,
        secret_hash,
    })
}
