//! Invitations that were not answered in time, and those to an address that somebody else only claims.
//!
//! Never waits a week: what stands in the log says that it is over.

use accession_event_log::{Append, NewEvent, Outcome, StreamWrite};
use accession_events::ids::EventId;
use accession_events::library::LibraryEvent;
use accession_events::{LoggedEvent as _, StreamName};
use accession_secrets::challenges::ChallengePurpose;
use serde_json::{Value, json};

use crate::app::{App, PASSWORD};

/// The invitation of this event again, good until then.
async fn is_good_until(app: &App, library: &str, invited: &Value, until: &str) {
    let events = app.events().await;
    let own = events
        .iter()
        .filter(|event| &*event.stream.aggregate_id == library);
    let resent = json!({ "InvitationResent": { "subject": invited["subject"], "challenge": invited["challenge"],
        "email": invited["email"], "expires_at": until, "by": invited["by"] } });
    let write = StreamWrite {
        stream: StreamName::new(LibraryEvent::AGGREGATE, library),
        expected_version: own.count() as u64,
        events: vec![NewEvent {
            id: EventId::new(uuid::Uuid::now_v7()),
            event_type: "InvitationResent".into(),
            event_version: 1,
            payload: resent.to_string(),
        }],
        claims: Vec::new(),
    };
    let append = Append {
        writes: vec![write],
        metadata: "{}".into(),
        ..Append::default()
    };
    let outcome = app.log.append(append).await.unwrap();
    assert!(matches!(outcome, Outcome::Committed(_)), "{outcome:?}");
}

#[tokio::test]
async fn an_invitation_that_is_over_is_gone_for_whoever_has_its_link_and_whoever_has_the_address() {
    for app in App::everywhere().await {
        let (ana, bob) = (app.proven("ana").await, app.proven("bob").await);
        let library = app.library(&ana, "family").await;
        let path = format!("/api/v1/libraries/{library}");
        for email in ["bob@example.org", "jane@example.org"] {
            let invite = app.post(format!("{path}/members")).bearer(&ana.token);
            let invite = invite.json(&json!({ "email": email, "role": "viewer" }));
            assert_eq!(invite.send().await.status, 202);
            let invited = app.last("MemberInvited").await;
            is_good_until(&app, &library, &invited, "2026-01-01T00:00:00Z").await;
        }
        let over = (410, "invitation_expired".to_owned());
        let accept = app.post(format!("{path}/invitations/accept"));
        let signed_in = accept.bearer(&bob.token).send().await;
        assert_eq!(signed_in.problem(), over);
        let challenge = app.last("MemberInvited").await["challenge"].clone();
        let token = app.token_of(ChallengePurpose::Invitation, challenge.as_str().unwrap());
        let jane = json!({ "token": token, "email": "jane@example.org", "full_name": "Jane", "password": PASSWORD,
            "accepted_privacy_version": "1", "accepted_terms_version": "1" });
        let before = app.events().await.len();
        let by_mail = app.post("/api/v1/auth/invitations/accept").json(&jane);
        assert_eq!(by_mail.send().await.problem(), over);
        assert_eq!(app.events().await.len(), before, "nobody got an account");
    }
}

#[tokio::test]
async fn whoever_registered_with_an_address_of_others_is_not_invited_by_it() {
    let app = App::embedded().await;
    let ana = app.proven("ana").await;
    let library = app.library(&ana, "family").await;
    // Eve waits with an account of Bob's address, which she cannot prove.
    let eve = app.sign_up("bob").await;
    let invite = app.post(format!("/api/v1/libraries/{library}/members"));
    let invite = invite.bearer(&ana.token);
    let bob = json!({ "email": "bob@example.org", "role": "admin" });
    assert_eq!(invite.json(&bob).send().await.status, 202);
    let invited = app.last("MemberInvited").await;
    assert_eq!(invited["account"], json!(null), "{invited}");
    for what in ["accept", "decline"] {
        let answer = app.post(format!("/api/v1/libraries/{library}/invitations/{what}"));
        let answer = answer.bearer(&eve.token).send().await;
        assert_eq!(answer.problem(), (404, "not_invited".into()));
    }
}

#[tokio::test]
async fn nobody_whose_own_address_is_not_proven_has_mails_sent_to_others() {
    let app = App::embedded().await;
    let ana = app.sign_up("ana").await;
    let library = app.library(&ana, "family").await;
    let invite = app.post(format!("/api/v1/libraries/{library}/members"));
    let invite = invite.bearer(&ana.token);
    let bob = json!({ "email": "bob@example.org", "role": "viewer" });
    let refused = invite.json(&bob).send().await;
    assert_eq!(refused.problem(), (403, "email_not_verified".into()));
}

#[tokio::test]
async fn an_answer_to_an_invitation_that_is_repeated_under_its_key_is_the_same_answer() {
    for app in App::everywhere().await {
        let ana = app.proven("ana").await;
        let library = app.library(&ana, "family").await;
        let invite = app.post(format!("/api/v1/libraries/{library}/members"));
        let invite = invite.bearer(&ana.token);
        let jane = json!({ "email": "jane@example.org", "role": "viewer" });
        invite.json(&jane).send().await;
        let challenge = app.last("MemberInvited").await["challenge"].clone();
        let token = app.token_of(ChallengePurpose::Invitation, challenge.as_str().unwrap());
        let accept = |key: &str, name: &str| {
            let body = json!({ "token": token, "email": "jane@example.org", "full_name": name, "password": PASSWORD,
                "accepted_privacy_version": "1", "accepted_terms_version": "1" });
            let call = app.post("/api/v1/auth/invitations/accept").key(key);
            call.json(&body).send()
        };
        let first = accept("k1", "Jane").await;
        assert_eq!(first.status, 201, "{first:?}");
        let again = accept("k1", "Jane").await;
        assert_eq!((again.status, again.json()), (first.status, first.json()));
        assert_eq!(again.header("idempotency-replayed"), "true");
        let altered = accept("k1", "Janet").await;
        assert_eq!(altered.problem(), (422, "idempotency_key_reused".into()));
        let other = accept("k2", "Jane").await;
        assert_eq!(other.problem(), (404, "not_invited".into()));
    }
}
