//! A restore whose server is killed: the same file sent again goes on, and the library is the one that it would have been.
//!
//! Never waits a time: the kill comes when some copies are there and others are not.

mod faults {
    use accession_backup::{CopyLine, Line, Sealing, TitleLine};
    use accession_events::ids::{CopyId, TitleId};
    use accession_testkit::eventually;
    use reqwest::Method;
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::super::{backup, canonical, restores};
    use crate::premises::{Person, Premises, Said};
    use crate::system::SOON;

    const COPIES: u128 = 2_000;
    const RESTORE: &str = "/api/v1/libraries/restore";

    /// A library's backup with this many copies more, each of a title of its own.
    fn enlarged(file: &str) -> String {
        let mut sealing = Sealing::default();
        let mut written = String::new();
        let mut write = |line: &Line| {
            written.push_str(std::str::from_utf8(&sealing.line(line).unwrap()).unwrap());
        };
        for line in file.lines() {
            let line: Line = serde_json::from_str(line).unwrap();
            if !matches!(line, Line::End(_)) {
                write(&line);
            }
        }
        for number in 0..COPIES {
            let title: TitleLine = serde_json::from_value(json!({
                "id": TitleId::new(Uuid::from_u128(7_000_000 + number)), "kind": "book",
                "slug": format!("volume-{number}"), "name": format!("Volume {number}") }))
            .unwrap();
            let copy: CopyLine = serde_json::from_value(json!({
                "id": CopyId::new(Uuid::from_u128(8_000_000 + number)), "title": title.id,
                "barcode": format!("V-{number}"), "state": "present", "added_at": "2026-01-01T00:00:00Z" }))
            .unwrap();
            write(&Line::Title(title));
            write(&Line::Copy(copy));
        }
        written.push_str(std::str::from_utf8(&sealing.end().unwrap()).unwrap());
        written
    }

    async fn copies_of(at: &Premises, ada: &Person, name: &str) -> u64 {
        let request = at.request(Method::GET, "/api/read/me/libraries", &ada.token);
        let mine = Said::to(request).await;
        if mine.status != 200 {
            return 0;
        }
        let items = mine.items();
        let named = |library: &&Value| library.to_string().contains(&format!("\"{name}\""));
        let Some(library) = items.iter().find(named) else {
            return 0;
        };
        let id = library["id"].as_str().or(library["library_id"].as_str());
        let path = format!("/api/read/libraries/{}/statistics", id.unwrap());
        let said = Said::to(at.request(Method::GET, &path, &ada.token)).await;
        if said.status != 200 {
            return 0;
        }
        said.json()["copies"].as_u64().unwrap_or_default()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_restore_whose_server_is_killed_goes_on_with_the_same_file_and_ends_with_the_same_library()
     {
        let Some(mut at) = Premises::embedded().await else {
            return;
        };
        let ada = at.arrives("Ada Founder").await;
        let library = at.library(&ada, "Longbourn", "family").await;
        let file = enlarged(&backup(&at, &ada, &library).await);
        let path = format!("{RESTORE}?name=Interrupted");
        let request = at.request(Method::POST, &path, &ada.token);
        let sent = tokio::spawn(request.body(file.clone()).send());
        eventually(SOON, async || {
            copies_of(&at, &ada, "Interrupted").await >= 100
        })
        .await;
        at.killed_and_started_again().await;
        let first = sent.await.unwrap();
        assert!(
            first.is_err(),
            "the kill came too late to matter: {first:?}"
        );

        let interrupted = restores(&at, &ada, &path, &file).await;
        assert_eq!(interrupted.status, 201, "{interrupted:?}");
        let undisturbed = restores(&at, &ada, &format!("{RESTORE}?name=Undisturbed"), &file).await;
        let (interrupted, undisturbed) = (interrupted.json(), undisturbed.json());
        assert_eq!(interrupted["restored"]["copies"], 2_000, "{interrupted}");
        let mut files = Vec::new();
        for restored in [&interrupted, &undisturbed] {
            let id = restored["id"].as_str().unwrap();
            files.push(canonical(&backup(&at, &ada, id).await));
        }
        for file in &mut files {
            file[0]["name"] = Value::Null;
        }
        assert_eq!(files[0], files[1]);
    }
}
