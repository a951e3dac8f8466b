//! One suite for both places where credentials are kept.
//!
//! Never reads a secret from where it is kept: there is none.

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

async fn suite(store: Arc<dyn CredentialStore>) {
    let credentials = Credentials::new(Arc::clone(&store));
    let (id, text) = credentials
        .issue(" goodbooks importer ", &[Scope::Import], at(1000))
        .await
        .unwrap();
    assert!(
        text.starts_with(CREDENTIAL_PREFIX) && text.len() == 4 + 32 + 1 + 64,
        "{text}"
    );

    let good = credentials.verify(&text, at(1001)).await.unwrap().unwrap();
    assert_eq!(
        (good.id, good.name.as_str(), good.scopes.as_slice()),
        (id, "goodbooks importer", &[Scope::Import][..])
    );

    let wrong = format!(
        "{}{}",
        &text[..text.len() - 1],
        if text.ends_with('0') { '1' } else { '0' }
    );
    for text in [
        wrong.as_str(),
        "acc_",
        "acc_x_y",
        "",
        "eyJ",
        &format!("{CREDENTIAL_PREFIX}{}_00", id.as_uuid().as_simple()),
    ] {
        assert_eq!(
            credentials.verify(text, at(1001)).await.unwrap(),
            None,
            "{text}"
        );
    }

    let kept = store.find(id).await.unwrap().unwrap();
    assert!(!text.contains(&kept.secret_hash), "only a hash is kept");
    assert_eq!(
        kept.credential.last_used_at,
        Some(at(1001)),
        "the first use is noted"
    );
    assert_eq!(
        (kept.credential.created_at, kept.credential.ends_at),
        (at(1000), None)
    );

    uses_are_noted_coarsely(&store, id, &text).await;
    let (other, other_text) = credentials
        .issue("operator", &Scope::ALL, at(1200))
        .await
        .unwrap();
    assert!(credentials.revoke(id, at(1300)).await.unwrap());
    assert!(
        !credentials.revoke(id, at(1400)).await.unwrap(),
        "only once"
    );
    assert_eq!(
        credentials.verify(&text, at(1301)).await.unwrap(),
        None,
        "at once, although it was just verified"
    );
    assert!(
        credentials
            .verify(&other_text, at(1301))
            .await
            .unwrap()
            .is_some()
    );

    let all = credentials.list().await.unwrap();
    assert_eq!(
        all.iter()
            .map(|credential| credential.id)
            .collect::<Vec<_>>(),
        [id, other]
    );
    assert_eq!(all[0].ends_at, Some(at(1300)));
    assert_eq!(all[1].scopes, Scope::ALL);
    assert!(matches!(
        credentials.issue(" ", &[Scope::Import], at(0)).await,
        Err(CredentialError::Empty)
    ));
    assert!(matches!(
        credentials.issue("x", &[], at(0)).await,
        Err(CredentialError::Empty)
    ));
}

async fn uses_are_noted_coarsely(
    store: &Arc<dyn CredentialStore>,
    id: ServiceCredentialId,
    text: &str,
) {
    let elsewhere = Credentials::new(Arc::clone(store));
    elsewhere.verify(text, at(1030)).await.unwrap().unwrap();
    assert_eq!(
        store
            .find(id)
            .await
            .unwrap()
            .unwrap()
            .credential
            .last_used_at,
        Some(at(1001)),
        "coarse"
    );
    Credentials::new(Arc::clone(store))
        .verify(text, at(1100))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        store
            .find(id)
            .await
            .unwrap()
            .unwrap()
            .credential
            .last_used_at,
        Some(at(1100))
    );
}

async fn in_file(path: &std::path::Path) -> SqliteCredentials {
    let database = accession_secrets::PrivateDatabase::open_file(path).await;
    let accession_secrets::PrivateDatabase::Sqlite(pool) = database.unwrap() else {
        unreachable!("a file is SQLite")
    };
    SqliteCredentials::new(pool)
}

#[tokio::test]
async fn credentials_in_a_private_sqlite_file_are_issued_verified_and_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("private.db");
    suite(Arc::new(in_file(&path).await)).await;
    let again = Credentials::new(Arc::new(in_file(&path).await));
    assert_eq!(
        again.list().await.unwrap().len(),
        2,
        "they are still there when the file is opened again"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn the_private_file_can_be_read_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("private.db");
    in_file(&path).await;
    assert_eq!(
        std::fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

#[tokio::test]
async fn credentials_in_postgres_are_issued_verified_and_revoked() {
    let stores = accession_testkit::Stores::shared();
    let database = accession_testkit::fresh_database(&stores.postgres_url).await;
    accession_event_log::migrate::migrate(database.url())
        .await
        .unwrap();
    let pool = sqlx::PgPool::connect(database.url()).await.unwrap();
    suite(Arc::new(PostgresCredentials::new(pool))).await;
}
