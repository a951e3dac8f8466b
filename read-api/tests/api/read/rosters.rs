//! The roster of a large library, page by page.
//!
//! Never a box to be opened: what a page needs was opened when its documents were written.

use accession_projector::library::MemberModel;
use accession_read_store::Commit;
use http::StatusCode;
use serde_json::{Value, json};

use crate::asks::{App, session_token};
use crate::given::people::{event_of_account, event_of_library};
use crate::given::{Fold, Subject, an_admin_of_a_library, id, over_every_store};

over_every_store!(a_library_of_five_hundred_is_read_page_by_page_in_the_order_of_names);

const MEMBERS: u128 = 500;

async fn with_five_hundred_members(subject: &Subject) -> App {
    let library = id(1);
    an_admin_of_a_library(subject, id(1), library).await;
    let mut events = Vec::new();
    for number in 1..=MEMBERS {
        let position = u64::try_from(number * 2).unwrap();
        // In another order than that of their ids, and some of one name.
        let name = format!("Reader {:03} of Meryton", number * 7 % 400);
        let registered = json!({ "email": { "known": format!("reader{number}@example.org") }, "name": { "known": name },
            "email_index": "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE", "language": "en",
            "consents": { "privacy": "1", "terms": "1" } });
        let role = if number == 1 { "admin" } else { "viewer" };
        let joined = json!({ "account": id(number), "role": role, "kind": "family", "kids_mode": false, "how": "founder" });
        events.push(event_of_account(
            position - 1,
            id(number),
            "AccountRegistered",
            &registered,
        ));
        events.push(event_of_library(position, library, "MemberJoined", &joined));
    }
    let mut members = Fold::take_over(&*subject.store, MemberModel, 1).await;
    let step = members.step(&events);
    let commit = Commit {
        lane: 0,
        steps: vec![step],
    };
    subject.store.commit(commit).await.unwrap();
    subject.store.promote(members.reference()).await.unwrap();
    App::over(&subject.store).await
}

async fn page(app: &App, token: &str, more: &str) -> Value {
    let path = format!("/api/read/libraries/{}/members?limit=200{more}", id(1));
    let got = app.get_as(&path, token).await;
    assert_eq!(got.status, StatusCode::OK, "{got:?}");
    got.json()
}

async fn a_library_of_five_hundred_is_read_page_by_page_in_the_order_of_names(subject: Subject) {
    let app = with_five_hundred_members(&subject).await;
    // Somebody who sees addresses, so that each page is written down as well.
    let token = session_token(id(1));
    let (mut names, mut more) = (Vec::new(), String::new());
    loop {
        let page = page(&app, &token, &more).await;
        let items = page["items"].as_array().unwrap();
        names.extend(
            items
                .iter()
                .map(|item| item["name"].as_str().unwrap().to_owned()),
        );
        match page["next_cursor"].as_str() {
            Some(cursor) => more = format!("&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(names.len() as u128, MEMBERS);
    assert!(names.is_sorted(), "{names:?}");
}
