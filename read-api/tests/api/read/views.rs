//! What administrators are shown of others is written down first, or not shown.
//!
//! Never about what a person sees of themselves.

use std::sync::atomic::Ordering;

use accession_events::ids::EventId;
use accession_events::{Event, Position, RecordedEvent, StreamName};
use accession_projector::identity::AccountModel;
use accession_projector::library::InvitationModel;
use accession_read_store::Commit;
use accession_service::access::{ACCESS_LIFETIME, Role};
use http::StatusCode;
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use crate::asks::{App, Got, session_token, token};
use crate::given::people::event_of_library;
use crate::given::{Fold, Subject, an_admin_of_a_library, id, over_every_store};

over_every_store!(
    whoever_is_shown_an_account_is_written_down_once_for_each_answer,
    what_cannot_be_written_down_is_not_shown,
    whoever_is_shown_open_invitations_is_written_down_or_shown_nothing,
);

/// The account of somebody.
fn registered(position: u64, account: Uuid) -> (Event, RecordedEvent) {
    let payload = json!({ "AccountRegistered": {
        "email": { "known": "ana@example.org" }, "email_index": "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE", "name": { "known": "Ana" },
        "language": "en", "consents": { "privacy": "1", "terms": "1" },
    } });
    let recorded = RecordedEvent {
        position: Position::new(position),
        stream: StreamName::new("identity.account", account),
        sequence: 1,
        event_id: EventId::new(id(7000 + u128::from(position))),
        event_type: "AccountRegistered".into(),
        event_version: 1,
        payload: payload.to_string().into(),
        metadata: "{}".into(),
        recorded_at: Timestamp::UNIX_EPOCH,
    };
    (Event::decode(&recorded).unwrap(), recorded)
}

async fn with_two_accounts(subject: &Subject) -> App {
    let mut accounts = Fold::take_over(&*subject.store, AccountModel, 1).await;
    let step = accounts.step(&[registered(1, id(1)), registered(2, id(2))]);
    let commit = Commit {
        lane: 0,
        steps: vec![step],
    };
    subject.store.commit(commit).await.unwrap();
    subject.store.promote(accounts.reference()).await.unwrap();
    App::over(&subject.store).await
}

async fn ask(app: &App, path: &str) -> Got {
    let bearer = format!("Bearer {}", token(Some(Role::Admin), ACCESS_LIFETIME));
    app.get_with(path, &[("authorization", &bearer)]).await
}

async fn whoever_is_shown_an_account_is_written_down_once_for_each_answer(subject: Subject) {
    let app = with_two_accounts(&subject).await;
    let (list, one) = ("/api/read/admin/accounts", "/api/read/admin/accounts/{id}");
    assert_eq!(ask(&app, &format!("{list}?limit=1")).await.status, 200);
    assert_eq!(app.views.told(), [(id(2), list.to_owned())]);
    assert_eq!(ask(&app, &format!("{list}/{}", id(1))).await.status, 200);
    assert_eq!(app.views.told()[1..], [(id(1), one.to_owned())]);
    assert_eq!(ask(&app, &format!("{list}/{}", id(3))).await.status, 404);
    let stranger = app.get_as_curator(list).await;
    assert_eq!(stranger.status, StatusCode::FORBIDDEN);
    assert_eq!(app.views.told().len(), 2, "nobody was shown anything else");
}

async fn what_cannot_be_written_down_is_not_shown(subject: Subject) {
    let app = with_two_accounts(&subject).await;
    app.views.away.store(true, Ordering::SeqCst);
    for path in ["", &format!("/{}", id(1))] {
        let refused = ask(&app, &format!("/api/read/admin/accounts{path}")).await;
        assert_eq!(
            (refused.status.as_u16(), refused.code()),
            (503, "dependency_unavailable".to_owned())
        );
        assert!(!refused.json().to_string().contains("ana@example.org"));
    }
    app.views.away.store(false, Ordering::SeqCst);
    assert_eq!(ask(&app, "/api/read/admin/accounts").await.status, 200);
}

async fn whoever_is_shown_open_invitations_is_written_down_or_shown_nothing(subject: Subject) {
    let (admin, library, guest) = (id(1), id(2), id(3));
    an_admin_of_a_library(&subject, admin, library).await;
    let invited = json!({ "subject": guest, "challenge": id(4), "account": null,
        "email": { "known": "guest@example.org" },
        "email_index": "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE", "name": null, "role": "viewer",
        "expires_at": "2099-01-01T00:00:00Z", "by": admin });
    let mut invitations = Fold::take_over(&*subject.store, InvitationModel, 1).await;
    let step = invitations.step(&[event_of_library(3, library, "MemberInvited", &invited)]);
    let commit = Commit {
        lane: 0,
        steps: vec![step],
    };
    subject.store.commit(commit).await.unwrap();
    let model = invitations.reference();
    subject.store.promote(model).await.unwrap();
    let app = App::over(&subject.store).await;
    let path = format!("/api/read/libraries/{library}/invitations");
    let bearer = session_token(admin);

    app.views.away.store(true, Ordering::SeqCst);
    let refused = app.get_as(&path, &bearer).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!refused.json().to_string().contains("guest@example.org"));
    app.views.away.store(false, Ordering::SeqCst);

    let shown = app.get_as(&path, &bearer).await;
    assert_eq!(shown.json()["items"][0]["email"], "guest@example.org");
    let route = "/api/read/libraries/{id}/invitations".to_owned();
    assert_eq!(app.views.told(), [(guest, route)]);
    let stranger = app.get_as(&path, &session_token(guest)).await;
    assert!(stranger.status.is_client_error());
    assert_eq!(app.views.told().len(), 1, "nobody was shown anything else");
}
