//! Credentials in the private table `service_credentials` beside the log in Postgres.
//!
//! The table comes with the log's migrations; this never creates or changes it.

use accession_events::ids::ServiceCredentialId;
use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row};

use super::kept::{self, scope_names, scopes_named};
use super::{Credential, CredentialError, CredentialStore, KeptCredential};

/// Times travel as microseconds since 1970, so that the database crate needs no calendar.
const COLUMNS: &str = "id, name, secret_hash, scopes, \
    (extract(epoch FROM created_at) * 1000000)::bigint AS created, \
    (extract(epoch FROM revoked_at) * 1000000)::bigint AS revoked, \
    (extract(epoch FROM last_used_at) * 1000000)::bigint AS used";

/// Credentials in Postgres.
#[derive(Debug, Clone)]
pub struct PostgresCredentials {
    pool: PgPool,
}

impl PostgresCredentials {
    /// Credentials in the database that this pool leads to.
    #[must_use]
    pub const fn new(pool: PgPool) -> Self {
        Self { pool }
    }
}

#[async_trait]
impl CredentialStore for PostgresCredentials {
    async fn insert(&self, kept: &KeptCredential) -> Result<(), CredentialError> {
        let credential = &kept.credential;
        sqlx::query(
            "INSERT INTO service_credentials (id, name, secret_hash, scopes, created_at) \
             VALUES ($1, $2, $3, $4, to_timestamp($5::double precision / 1000000))",
        )
        .bind(credential.id.as_uuid())
        .bind(&credential.name)
        .bind(&kept.secret_hash)
        .bind(scope_names(&credential.scopes))
        .bind(credential.created_at.as_microsecond())
        .execute(&self.pool)
        .await
        .map_err(|source| CredentialError::Store {
            doing: "keeping a new one",
            source,
        })?;
        Ok(())
    }

    async fn find(
        &self,
        id: ServiceCredentialId,
    ) -> Result<Option<KeptCredential>, CredentialError> {
        let row = sqlx::query(&format!(
            "SELECT {COLUMNS} FROM service_credentials WHERE id = $1"
        ))
        .bind(id.as_uuid())
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
            "UPDATE service_credentials SET revoked_at = to_timestamp($2::double precision / 1000000) \
             WHERE id = $1 AND (revoked_at IS NULL OR revoked_at > to_timestamp($2::double precision / 1000000))",
        )
        .bind(id.as_uuid())
        .bind(at.as_microsecond())
        .execute(&self.pool)
        .await
        .map_err(|source| CredentialError::Store { doing: "letting one end", source })?;
        Ok(done.rows_affected() > 0)
    }

    async fn used(&self, id: ServiceCredentialId, at: Timestamp) -> Result<(), CredentialError> {
        sqlx::query(
            "UPDATE service_credentials SET last_used_at = to_timestamp($2::double precision / 1000000) WHERE id = $1",
        )
        .bind(id.as_uuid())
        .bind(at.as_microsecond())
        .execute(&self.pool)
        .await
        .map_err(|source| CredentialError::Store { doing: "noting a use", source })?;
        Ok(())
    }
}

fn kept(row: &PgRow) -> Result<KeptCredential, CredentialError> {
    let read = || -> Result<_, sqlx::Error> {
        let times: (i64, Option<i64>, Option<i64>) = (
            row.try_get("created")?,
            row.try_get("revoked")?,
            row.try_get("used")?,
        );
        let scopes: Vec<String> = row.try_get("scopes")?;
        Ok((
            ServiceCredentialId::new(row.try_get("id")?),
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
