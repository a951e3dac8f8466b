//! Links in the table `calendar_links` beside the log.
//!
//! The table comes with the log's migrations; this never creates or changes it.

use accession_events::ids::AccountId;
use async_trait::async_trait;
use sqlx::PgPool;
use uuid::Uuid;

use super::{CalendarLink, CalendarLinks, CalendarToken, link_of};
use crate::error::{During, SecretsError};

pub(super) struct PostgresLinks(pub(super) PgPool);

#[async_trait]
impl CalendarLinks for PostgresLinks {
    async fn keep(
        &self,
        link: &CalendarLink,
        token: &CalendarToken,
        most: u32,
    ) -> Result<bool, SecretsError> {
        let done = sqlx::query(
            "INSERT INTO calendar_links (token_hash, link_id, account_id, created_at) \
             SELECT $1, $2, $3, to_timestamp($4::double precision / 1000000) \
             WHERE (SELECT count(*) FROM calendar_links WHERE account_id = $3) < $5",
        )
        .bind(token.hash().as_slice())
        .bind(link.id)
        .bind(link.account.as_uuid())
        .bind(link.created_at.as_microsecond())
        .bind(i64::from(most))
        .execute(&self.0)
        .await
        .during("keeping a calendar link")?;
        Ok(done.rows_affected() > 0)
    }

    async fn of(&self, account: AccountId) -> Result<Vec<CalendarLink>, SecretsError> {
        let rows: Vec<(Uuid, i64)> = sqlx::query_as(
            "SELECT link_id, (extract(epoch FROM created_at) * 1000000)::bigint FROM calendar_links \
             WHERE account_id = $1 ORDER BY created_at, link_id",
        )
        .bind(account.as_uuid())
        .fetch_all(&self.0)
        .await
        .during("listing calendar links")?;
        let links = rows.into_iter();
        links
            .map(|(id, micros)| link_of(id, account, micros))
            .collect()
    }

    async fn owner(&self, token: &CalendarToken) -> Result<Option<AccountId>, SecretsError> {
        let owner: Option<Uuid> =
            sqlx::query_scalar("SELECT account_id FROM calendar_links WHERE token_hash = $1")
                .bind(token.hash().as_slice())
                .fetch_optional(&self.0)
                .await
                .during("looking up a calendar link")?;
        Ok(owner.map(AccountId::new))
    }

    async fn revoke(&self, account: AccountId, link: Uuid) -> Result<bool, SecretsError> {
        let done = sqlx::query("DELETE FROM calendar_links WHERE account_id = $1 AND link_id = $2")
            .bind(account.as_uuid())
            .bind(link)
            .execute(&self.0)
            .await
            .during("revoking a calendar link")?;
        Ok(done.rows_affected() > 0)
    }

    async fn forget(&self, account: AccountId) -> Result<(), SecretsError> {
        sqlx::query("DELETE FROM calendar_links WHERE account_id = $1")
            .bind(account.as_uuid())
            .execute(&self.0)
            .await
            .during("forgetting calendar links")?;
        Ok(())
    }
}
