//! Links in the private file of an embedded server.
//!
//! What is forgotten is overwritten in the file: it is opened with `secure_delete`.

use accession_events::ids::AccountId;
use async_trait::async_trait;
use sqlx::SqlitePool;
use uuid::Uuid;

use super::{CalendarLink, CalendarLinks, CalendarToken, link_of};
use crate::error::{During, SecretsError};

pub(super) struct SqliteLinks(pub(super) SqlitePool);

#[async_trait]
impl CalendarLinks for SqliteLinks {
    async fn keep(
        &self,
        link: &CalendarLink,
        token: &CalendarToken,
        most: u32,
    ) -> Result<bool, SecretsError> {
        let done = sqlx::query(
            "INSERT INTO calendar_links (token_hash, link_id, account_id, created_at) \
             SELECT ?1, ?2, ?3, ?4 WHERE (SELECT count(*) FROM calendar_links WHERE account_id = ?3) < ?5",
        )
        .bind(token.hash().as_slice())
        .bind(link.id.to_string())
        .bind(link.account.to_string())
        .bind(link.created_at.as_microsecond())
        .bind(most)
        .execute(&self.0)
        .await
        .during("keeping a calendar link")?;
        Ok(done.rows_affected() > 0)
    }

    async fn of(&self, account: AccountId) -> Result<Vec<CalendarLink>, SecretsError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "SELECT link_id, created_at FROM calendar_links WHERE account_id = ?1 ORDER BY created_at, link_id",
        )
        .bind(account.to_string())
        .fetch_all(&self.0)
        .await
        .during("listing calendar links")?;
        let links = rows.into_iter();
        links
            .map(|(id, micros)| link_of(read(&id)?, account, micros))
            .collect()
    }

    async fn owner(&self, token: &CalendarToken) -> Result<Option<AccountId>, SecretsError> {
        let owner: Option<String> =
            sqlx::query_scalar("SELECT account_id FROM calendar_links WHERE token_hash = ?1")
                .bind(token.hash().as_slice())
                .fetch_optional(&self.0)
                .await
                .during("looking up a calendar link")?;
        owner
            .map(|owner| Ok(AccountId::new(read(&owner)?)))
            .transpose()
    }

    async fn revoke(&self, account: AccountId, link: Uuid) -> Result<bool, SecretsError> {
        let done = sqlx::query("DELETE FROM calendar_links WHERE account_id = ?1 AND link_id = ?2")
            .bind(account.to_string())
            .bind(link.to_string())
            .execute(&self.0)
            .await
            .during("revoking a calendar link")?;
        Ok(done.rows_affected() > 0)
    }

    async fn forget(&self, account: AccountId) -> Result<(), SecretsError> {
        sqlx::query("DELETE FROM calendar_links WHERE account_id = ?1")
            .bind(account.to_string())
            .execute(&self.0)
            .await
            .during("forgetting calendar links")?;
        Ok(())
    }
}

fn read(id: &str) -> Result<Uuid, SecretsError> {
    Uuid::parse_str(id).map_err(|_| SecretsError::Unusable {
        reason: format!("calendar_links holds {id:?}, which is no id"),
    })
}
