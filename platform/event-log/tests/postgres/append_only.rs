//! Nobody changes or removes what was written, by trigger and by privilege; and the schema is what this program knows.

use accession_event_log::{LogError, LogStore, PostgresLog, PostgresOptions, migrate};
use accession_testkit::{Stores, fresh_database};
use sqlx::{Connection, PgConnection, Row};

use crate::support::ground;
use crate::write::{id, notes, of};

#[tokio::test]
async fn even_the_superuser_is_refused_to_change_delete_or_truncate_events() {
    let ground = ground().await;
    ground.log.append(of(notes(&id(), 0, 2))).await.unwrap();
    let raw = ground.raw().await;
    for statement in [
        "UPDATE events SET payload = '{}'",
        "DELETE FROM events",
        "TRUNCATE events",
        "TRUNCATE events CASCADE",
        "UPDATE events SET position = position + 1 WHERE position = 99",
    ] {
        let refused = sqlx::query(statement).execute(&raw).await.unwrap_err();
        assert!(
            refused.to_string().contains("append-only"),
            "{statement}: {refused}"
        );
    }
    let mut replica = raw.acquire().await.unwrap();
    sqlx::query("SET session_replication_role = replica")
        .execute(&mut *replica)
        .await
        .unwrap();
    sqlx::query("DELETE FROM events")
        .execute(&mut *replica)
        .await
        .unwrap_err();
    assert_eq!(
        ground
            .store
            .read_feed(accession_events::Position::START, 10)
            .await
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn the_application_role_can_append_and_read_but_holds_no_right_to_change_events() {
    let ground = ground().await;
    let raw = ground.raw().await;
    let user = accession_testkit::unique_name("app");
    sqlx::query(&format!("CREATE ROLE {user} LOGIN IN ROLE accession_app"))
        .execute(&raw)
        .await
        .unwrap();
    let url =
        ground
            .database
            .url()
            .replacen("postgres://postgres", &format!("postgres://{user}"), 1);

    migrate::ensure_migrated(&url).await.unwrap();
    let log = PostgresLog::connect(&url, PostgresOptions::default())
        .await
        .unwrap();
    log.append(&[of(notes(&id(), 0, 1))]).await.unwrap();
    assert_eq!(log.head().await.unwrap().get(), 1);

    let mut app = PgConnection::connect(&url).await.unwrap();
    let rights = sqlx::query(
        "SELECT has_table_privilege('events', 'UPDATE') OR has_table_privilege('events', 'DELETE')
             OR has_table_privilege('events', 'TRUNCATE') AS change, has_table_privilege('events', 'INSERT') AS append",
    )
    .fetch_one(&mut app)
    .await
    .unwrap();
    assert!(!rights.get::<bool, _>("change"));
    assert!(rights.get::<bool, _>("append"));
    let refused = sqlx::query("ALTER TABLE events DISABLE TRIGGER ALL")
        .execute(&mut app)
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("owner"), "{refused}");
    drop(log);
    app.close().await.unwrap();
    sqlx::query(&format!("DROP ROLE {user}"))
        .execute(&raw)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_database_without_migrations_is_refused_with_what_to_do_and_migrating_twice_changes_nothing()
 {
    let database = fresh_database(&Stores::shared().postgres_url).await;
    let refused = migrate::ensure_migrated(database.url()).await.unwrap_err();
    assert!(
        refused.to_string().contains("accession migrate"),
        "{refused}"
    );
    assert_eq!(
        migrate::pending(database.url())
            .await
            .unwrap()
            .first()
            .unwrap(),
        "0001 events"
    );

    let (one, two) = tokio::join!(
        migrate::migrate(database.url()),
        migrate::migrate(database.url())
    );
    assert!(
        one.unwrap() + two.unwrap() >= 9,
        "both ran at the same time, between them all was applied"
    );
    assert_eq!(migrate::migrate(database.url()).await.unwrap(), 0);
    migrate::ensure_migrated(database.url()).await.unwrap();
}

#[tokio::test]
async fn a_migration_that_was_changed_after_it_ran_is_noticed() {
    let ground = ground().await;
    let raw = ground.raw().await;
    sqlx::query("UPDATE _sqlx_migrations SET checksum = 'other' WHERE version = 7")
        .execute(&raw)
        .await
        .unwrap();
    let refused = migrate::ensure_migrated(ground.database.url())
        .await
        .unwrap_err();
    assert!(
        matches!(&refused, LogError::Permanent { reason } if reason.contains('7')),
        "{refused}"
    );
}

#[tokio::test]
async fn a_function_call_under_another_isolation_level_is_refused() {
    let ground = ground().await;
    let mut raw = ground.raw().await.acquire().await.unwrap().detach();
    sqlx::query("BEGIN ISOLATION LEVEL REPEATABLE READ")
        .execute(&mut raw)
        .await
        .unwrap();
    let nothing = "'{}', ".repeat(26);
    let refused = sqlx::query(&format!("SELECT append_events({nothing}false)"))
        .execute(&mut raw)
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("READ COMMITTED"), "{refused}");
}
