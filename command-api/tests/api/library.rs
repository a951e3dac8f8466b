//! The routes of libraries.
//!
//! Mails are not sent here: their tokens are derived as the sender derives them.

mod admins;
mod at_once;
mod belonging;
mod childs_password;
mod deleting;
mod expired;
mod isolation;

use accession_secrets::challenges::ChallengePurpose;
use serde_json::json;

use crate::app::{App, Person};

impl App {
    /// Somebody whose address is proven, with a session.
    pub(crate) async fn proven(&self, name: &str) -> Person {
        let person = self.sign_up(name).await;
        let challenge = self.last("EmailVerificationRequested").await["challenge"].clone();
        let token = self.token_of(ChallengePurpose::VerifyEmail, challenge.as_str().unwrap());
        let verified = self
            .post("/api/v1/auth/verify-email")
            .json(&json!({ "token": token }))
            .send()
            .await;
        assert!(verified.status.is_success(), "{verified:?}");
        person
    }

    /// A library of this kind that somebody makes; its id.
    pub(crate) async fn library(&self, by: &Person, kind: &str) -> String {
        let body = json!({ "name": "Longbourn", "kind": kind });
        self.post("/api/v1/libraries")
            .bearer(&by.token)
            .json(&body)
            .send()
            .await
            .created()
    }

    /// Has somebody with an account invited and accept.
    pub(crate) async fn joins(&self, library: &str, by: &Person, name: &str, role: &str) -> Person {
        let person = self.proven(name).await;
        let email = format!("{name}@example.org");
        let invited = self
            .post(format!("/api/v1/libraries/{library}/members"))
            .bearer(&by.token)
            .json(&json!({ "email": email, "role": role }))
            .send()
            .await;
        assert_eq!(invited.status, 202, "{invited:?}");
        self.post(format!("/api/v1/libraries/{library}/invitations/accept"))
            .bearer(&person.token)
            .send()
            .await
            .ok();
        person
    }
}
