//! Leases in the table `import_leases` beside the log.
//!
//! The table comes with the log's migrations; this never creates or changes it.

use async_trait::async_trait;
use sqlx::postgres::PgRow;
use sqlx::{PgPool, Row as _};
use uuid::Uuid;

use super::{ImportLease, ImportLeaseStore, time};
use crate::error::{During, SecretsError};

pub(super) struct PostgresLeases(pub(super) PgPool);

#[async_trait]
impl ImportLeaseStore for PostgresLeases {
    async fn take(&self, wanted: &ImportLease) -> Result<ImportLease, SecretsError> {
        // When another's lease stands in the way, nothing is updated and nothing returned; should that one end in between, the
        // second look finds the way free.
        loop {
            let taken = sqlx::query(
                "INSERT INTO import_leases AS held (source, holder, input, taken_at, until) \
                 VALUES ($1, $2, $3, to_timestamp($4::double precision / 1000000), to_timestamp($5::double precision / 1000000)) \
                 ON CONFLICT (source) DO UPDATE SET holder = excluded.holder, input = excluded.input, until = excluded.until, \
                   taken_at = CASE WHEN held.holder = excluded.holder THEN held.taken_at ELSE excluded.taken_at END \
                 WHERE held.holder = excluded.holder OR held.until <= excluded.taken_at \
                 RETURNING source, holder, input, (extract(epoch FROM taken_at) * 1000000)::bigint AS taken_at, \
                   (extract(epoch FROM until) * 1000000)::bigint AS until",
            )
            .bind(&wanted.source)
            .bind(wanted.holder)
            .bind(&wanted.input)
            .bind(wanted.taken_at.as_microsecond())
            .bind(wanted.until.as_microsecond())
            .fetch_optional(&self.0)
            .await
            .during("taking the lease of an import")?;
            if let Some(row) = taken {
                return lease(&row);
            }
            let held = sqlx::query(
                "SELECT source, holder, input, (extract(epoch FROM taken_at) * 1000000)::bigint AS taken_at, \
                   (extract(epoch FROM until) * 1000000)::bigint AS until \
                 FROM import_leases WHERE source = $1",
            )
            .bind(&wanted.source)
            .fetch_optional(&self.0)
            .await
            .during("looking for the lease of an import")?;
            if let Some(row) = held {
                return lease(&row);
            }
        }
    }

    async fn give_back(&self, source: &str, holder: Uuid) -> Result<bool, SecretsError> {
        let given = sqlx::query("DELETE FROM import_leases WHERE source = $1 AND holder = $2")
            .bind(source)
            .bind(holder)
            .execute(&self.0)
            .await
            .during("giving back the lease of an import")?;
        Ok(given.rows_affected() > 0)
    }
}

fn lease(row: &PgRow) -> Result<ImportLease, SecretsError> {
    let read = || {
        Ok(ImportLease {
            source: row.try_get("source")?,
            holder: row.try_get("holder")?,
            input: row.try_get("input")?,
            taken_at: time(row.try_get("taken_at")?),
            until: time(row.try_get("until")?),
        })
    };
    read().during("reading the lease of an import")
}
