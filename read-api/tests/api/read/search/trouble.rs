//! A directory that is taken, missing or cannot be written: searching goes on, and health says why it should be looked at.
//!
//! Never a process that ends because of its index.

use accession_service::health::Condition;
use accession_testkit::eventually;
use tempfile::TempDir;

use super::directory::{folders, found, health, shelf, start};
use crate::asks::LONG;
use crate::given::{Subject, id, over_every_store};

over_every_store!(
    a_second_process_on_the_directory_keeps_its_index_in_memory_and_says_so,
    a_directory_that_cannot_be_had_is_told_and_searching_goes_on_in_memory,
    an_index_that_cannot_be_written_answers_on_and_goes_on_by_itself,
    an_index_on_a_full_disk_answers_on_and_goes_on_when_there_is_room,
);

async fn a_second_process_on_the_directory_keeps_its_index_in_memory_and_says_so(subject: Subject) {
    let directory = TempDir::new().unwrap();
    let mut catalogue = shelf(&subject).await;
    let owner = start(&subject.store, directory.path()).await;
    let second = start(&subject.store, directory.path()).await;
    let status = health(&second);
    assert_eq!(status.condition, Condition::Degraded);
    assert_eq!(status.details["kept"], "memory");
    assert!(
        status.message.contains("belongs to another process"),
        "{status:?}"
    );
    catalogue.rename(id(3), "Winter came early");
    let at = catalogue.write().await;
    for app in [&owner, &second] {
        assert_eq!(found(app, at, "early").await["total"], 1);
    }
    assert_eq!(health(&owner).condition, Condition::Ok);
}

async fn a_directory_that_cannot_be_had_is_told_and_searching_goes_on_in_memory(subject: Subject) {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "").unwrap();
    let catalogue = shelf(&subject).await;
    let app = start(&subject.store, &file.join("search")).await;
    let page = found(&app, catalogue.position(), "volume").await;
    assert_eq!(page["total"], 40);
    let status = health(&app);
    assert_eq!(status.condition, Condition::Degraded);
    assert!(status.message.contains("cannot be used"), "{status:?}");
    assert_eq!(std::fs::read(&file).unwrap(), b"");
}

async fn an_index_that_cannot_be_written_answers_on_and_goes_on_by_itself(subject: Subject) {
    let directory = TempDir::new().unwrap();
    let mut catalogue = shelf(&subject).await;
    let app = start(&subject.store, directory.path()).await;
    let before = catalogue.position();
    let folder = folders(directory.path()).remove(0);
    let away = directory.path().join("away");
    std::fs::rename(&folder, &away).unwrap();
    catalogue.rename(id(3), "Winter came early");
    let at = catalogue.write().await;
    eventually(LONG, || async {
        health(&app).condition == Condition::Degraded
    })
    .await;
    let status = health(&app);
    assert!(status.message.contains("does not follow"), "{status:?}");
    assert_eq!(found(&app, before, "volume").await["total"], 40);
    let late = app.get_at("/api/read/search?q=early", at).await;
    assert_eq!(
        (late.status.as_u16(), &*late.code()),
        (503, "projection_behind")
    );
    std::fs::rename(&away, &folder).unwrap();
    eventually(LONG, || async { health(&app).condition == Condition::Ok }).await;
    assert_eq!(found(&app, at, "early").await["total"], 1);
}

/// What the engine's lists are written to before they get their names leads to a device that is always full.
async fn an_index_on_a_full_disk_answers_on_and_goes_on_when_there_is_room(subject: Subject) {
    let directory = TempDir::new().unwrap();
    let mut catalogue = shelf(&subject).await;
    let app = start(&subject.store, directory.path()).await;
    let before = catalogue.position();
    let folder = folders(directory.path()).remove(0);
    let full = ["meta.fresh", ".managed.fresh"].map(|name| folder.join(name));
    for path in &full {
        std::os::unix::fs::symlink("/dev/full", path).unwrap();
    }
    catalogue.rename(id(3), "Winter came early");
    let at = catalogue.write().await;
    eventually(LONG, || async {
        let status = health(&app);
        let is_told = status.message.contains("No space left on device");
        status.condition == Condition::Degraded && is_told
    })
    .await;
    assert_eq!(found(&app, before, "volume").await["total"], 40);
    for path in &full {
        std::fs::remove_file(path).unwrap();
    }
    eventually(LONG, || async { health(&app).condition == Condition::Ok }).await;
    assert_eq!(found(&app, at, "early").await["total"], 1);
    drop(app);
    let app = start(&subject.store, directory.path()).await;
    assert_eq!(found(&app, at, "early").await["total"], 1);
    assert_eq!(health(&app).details["origin"], "resumed");
}
