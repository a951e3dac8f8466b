//! Views of personal data in the table `personal_views` beside the log.
//!
//! The table comes with the log's migrations; this never creates or changes it.

use accession_service::views::{OPERATOR, View, ViewLog, ViewsAway};
use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::PgPool;
use uuid::Uuid;

use super::{away, no_time};
use crate::steps::{step_of, sweep_postgres};

pub(super) struct PostgresViews(pub(super) PgPool);

#[async_trait]
impl ViewLog for PostgresViews {
    async fn note(&self, views: &[View]) -> Result<(), ViewsAway> {
        let subjects: Vec<Uuid> = views.iter().map(|view| view.subject).collect();
        let times: Vec<i64> = views.iter().map(|view| view.at.as_microsecond()).collect();
        let viewers: Vec<Uuid> = views.iter().map(|view| view.viewer).collect();
        let routes: Vec<&str> = views.iter().map(|view| &*view.route).collect();
        sqlx::query(
            "INSERT INTO personal_views (subject, viewed_at, viewer, route) \
             SELECT subject, to_timestamp(micros::double precision / 1000000), viewer, route \
             FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::text[]) AS new (subject, micros, viewer, route)",
        )
        .bind(&subjects)
        .bind(&times)
        .bind(&viewers)
        .bind(&routes)
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
        let rows: Vec<(i64, Uuid, String)> = sqlx::query_as(
            "SELECT (extract(epoch FROM viewed_at) * 1000000)::bigint, viewer, route FROM personal_views \
             WHERE subject = $1 AND ($2::bigint IS NULL OR viewed_at < to_timestamp($2::double precision / 1000000)) \
             ORDER BY viewed_at DESC LIMIT $3",
        )
        .bind(subject)
        .bind(before.map(Timestamp::as_microsecond))
        .bind(i64::from(limit))
        .fetch_all(&self.0)
        .await
        .map_err(|error| away(&error))?;
        let view = |(micros, viewer, route): (i64, Uuid, String)| {
            let at = Timestamp::from_microsecond(micros).map_err(|_| no_time(micros))?;
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
        let step = step_of!(
            "ctid",
            "personal_views",
            "viewed_at < to_timestamp($1::double precision / 1000000)"
        );
        let swept = sweep_postgres(&self.0, step, before).await;
        swept.map_err(|error| away(&error))
    }

    async fn forget(&self, person: Uuid) -> Result<(), ViewsAway> {
        sqlx::query(
            "WITH gone AS (DELETE FROM personal_views WHERE subject = $1) \
             UPDATE personal_views SET viewer = $2 WHERE viewer = $1 AND subject <> $1",
        )
        .bind(person)
        .bind(OPERATOR)
        .execute(&self.0)
        .await
        .map_err(|error| away(&error))?;
        Ok(())
    }
}
