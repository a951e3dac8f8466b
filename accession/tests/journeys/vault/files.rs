//! Files that are none, and people who may not: refused with a reason, and nothing is there afterwards.
//!
//! Never a half of a library: what can be known before anything is written is known before.

use reqwest::Method;
use serde_json::json;

use super::{backup, restores};
use crate::premises::{Premises, Said};

const RESTORE: &str = "/api/v1/libraries/restore";

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_file_is_refused_with_its_line_and_nothing_is_there_afterwards() {
    let Some(at) = Premises::embedded().await else {
        return;
    };
    let ada = at.arrives("Ada Founder").await;
    let library = at.library(&ada, "Longbourn", "family").await;
    let place = json!({ "kind": "room", "name": "Parlour" });
    let path = format!("/api/v1/libraries/{library}/places");
    at.post(&path, &ada.token, &place).await.ok();
    let file = backup(&at, &ada, &library).await;
    let written = at.written();
    for (bad, line, code) in [
        (file.replace("Parlour", "Parlous"), "line 4", "altered"),
        (file[..file.len() - 20].to_owned(), "line 3", "truncated"),
        (
            file.replace("\"version\":1", "\"version\":9"),
            "line 1",
            "unknown_version",
        ),
        ("{}".to_owned(), "line 1", "not_a_backup"),
        ("PK\u{3}\u{4}".repeat(1000), "line 1", "not_a_backup"),
    ] {
        let said = restores(&at, &ada, RESTORE, &bad).await;
        said.refused(422, "bad_backup");
        let fault = said.json()["errors"][0].clone();
        assert_eq!(
            (&fault["field"], &fault["code"]),
            (&json!(line), &json!(code)),
            "{said:?}"
        );
    }
    restores(&at, &ada, RESTORE, "")
        .await
        .refused(400, "empty_body");
    assert_eq!(at.written(), written);
    let mine = at.get("/api/read/me/libraries", &ada.token).await;
    assert_eq!(mine.items().len(), 1, "{mine:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn backups_are_for_admins_exports_for_the_staff_and_a_file_for_whoever_has_it() {
    let Some(at) = Premises::embedded().await else {
        return;
    };
    let ada = at.arrives("Ada Founder").await;
    let library = at.library(&ada, "Longbourn", "family").await;
    let eddy = at.joins(&ada, &library, "Eddy Editing", "editor").await;
    let vera = at.joins(&ada, &library, "Vera Viewing", "viewer").await;
    let olga = at.arrives("Olga Outside").await;
    let ask = async |what: &str, token: &str| -> Said {
        let path = format!("/api/read/libraries/{library}/{what}");
        at.get(&path, token).await
    };
    assert_eq!(ask("export", &eddy.token).await.status, 200);
    ask("export", &vera.token).await.refused(403, "forbidden");
    for person in [&eddy, &vera] {
        ask("backup", &person.token).await.refused(403, "forbidden");
    }
    for what in ["export", "backup"] {
        ask(what, &olga.token).await.refused(404, "not_found");
        assert_eq!(ask(what, "").await.status, 401);
    }
    // A file is no key: Olga gets a library of her own, and nobody with it.
    let file = backup(&at, &ada, &library).await;
    let restored = restores(&at, &olga, RESTORE, &file).await;
    assert_eq!(restored.status, 201, "{restored:?}");
    let own = restored.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/read/libraries/{own}/members");
    let members = at.get(&path, &olga.token).await;
    assert_eq!(members.each("account_id"), [json!(olga.account)]);
    at.get(&path, &ada.token).await.refused(404, "not_found");
    let nobody = at.request(Method::POST, RESTORE, "").body(file);
    assert_eq!(Said::to(nobody).await.status, 401);
}
