//! Views of personal data in the private file of an embedded server.
//!
//! All views of one answer are written down in one piece, or none is.

use accession_service::views::{OPERATOR, View, ViewLog, ViewsAway};
use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::SqlitePool;
use uuid::Uuid;

use super::{away, no_time};
use crate::steps::{step_of, sweep_sqlite};

pub(super) struct SqliteViews(pub(super) SqlitePool);

#[async_trait]
impl ViewLog for SqliteViews {
    async fn note(&self, views: &[View]) -> Result<(), ViewsAway> {
        let list: Vec<_> = views
            .iter()
            .map(|view| {
                let (subject, viewer) = (view.subject.to_string(), view.viewer.to_string());
                serde_json::json!([subject, view.at.as_microsecond(), viewer, view.route])
            })
            .collect();
        sqlx::query(
            "INSERT INTO personal_views (subject, viewed_at, viewer, route) \
             SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?1)",
        )
        .bind(serde_json::Value::from(list).to_string())
        .execute(&self.0)
        .await
        .map_err(|error| away(&error))?;
        Ok(())
    }

    async fn of(
        &self,
        subject: Uuid,
        before: Option<Timestamp>,
        limit: u32,
    ) -> Result<Vec<View>, ViewsAway> {
        let rows: Vec<(i64, String, String)> = sqlx::query_as(
            "SELECT viewed_at, viewer, route FROM personal_views \
             WHERE subject = ?1 AND (?2 IS NULL OR viewed_at < ?2) ORDER BY viewed_at DESC LIMIT ?3",
        )
        .bind(subject.to_string())
        .bind(before.map(Timestamp::as_microsecond))
        .bind(limit)
        .fetch_all(&self.0)
        .await
        .map_err(|error| away(&error))?;
        let view = |(micros, viewer, route): (i64, String, String)| {
            let at = Timestamp::from_microsecond(micros).map_err(|_| no_time(micros))?;
            let viewer = Uuid::parse_str(&viewer).map_err(|error| ViewsAway {
                reason: error.to_string(),
            })?;
            Ok(View {
                at,
                viewer,
                subject,
                route,
            })
        };
        rows.into_iter().map(view).collect()
    }

    async fn purge(&self, before: Timestamp) -> Result<u64, ViewsAway> {
        let step = step_of!("rowid", "personal_views", "viewed_at < ?1");
        let swept = sweep_sqlite(&self.0, step, before).await;
        swept.map_err(|error| away(&error))
    }

    async fn forget(&self, person: Uuid) -> Result<(), ViewsAway> {
        let statements = [
            "DELETE FROM personal_views WHERE subject = ?1 AND ?2 = ?2",
            "UPDATE personal_views SET viewer = ?2 WHERE viewer = ?1",
        ];
        for statement in statements {
            sqlx::query(statement)
                .bind(person.to_string())
                .bind(OPERATOR.to_string())
                .execute(&self.0)
                .await
                .map_err(|error| away(&error))?;
        }
        Ok(())
    }
}
