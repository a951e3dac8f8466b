//! Pictures in the private file of an embedded server: some ten kilobytes each.
//!
//! What is forgotten is overwritten in the file: it is opened with `secure_delete`.

use accession_events::ids::AccountId;
use accession_events::values::ContentHash;
use async_trait::async_trait;
use sqlx::SqlitePool;

use super::AvatarStore;
use crate::error::{During, SecretsError};

pub(super) struct SqliteAvatars(pub(super) SqlitePool);

#[async_trait]
impl AvatarStore for SqliteAvatars {
    async fn keep(
        &self,
        account: AccountId,
        sha256: &ContentHash,
        image: &[u8],
    ) -> Result<(), SecretsError> {
        sqlx::query(
            "INSERT INTO avatars (sha256, account_id, image) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        )
        .bind(sha256.as_bytes().as_slice())
        .bind(account.to_string())
        .bind(image)
        .execute(&self.0)
        .await
        .during("keeping a picture")?;
        Ok(())
    }

    async fn find(&self, sha256: &ContentHash) -> Result<Option<Vec<u8>>, SecretsError> {
        sqlx::query_scalar("SELECT image FROM avatars WHERE sha256 = ?1 LIMIT 1")
            .bind(sha256.as_bytes().as_slice())
            .fetch_optional(&self.0)
            .await
            .during("looking up a picture")
    }

    async fn forget_all_but(
        &self,
        account: AccountId,
        kept: Option<&ContentHash>,
    ) -> Result<u64, SecretsError> {
        // No picture has an empty hash, so without one to keep all go.
        let kept = kept.map_or(&[][..], |kept| kept.as_bytes().as_slice());
        let done = sqlx::query("DELETE FROM avatars WHERE account_id = ?1 AND sha256 <> ?2")
            .bind(account.to_string())
            .bind(kept)
            .execute(&self.0)
            .await
            .during("forgetting pictures")?;
        Ok(done.rows_affected())
    }
}
