//! `POST /api/v1/libraries/{id}/members/children`: a parent has an account made for a child.
//!
//! The child's account has no mailbox: whoever answers for it gets its mail.

use accession_events::ids::{AccountId, LibraryId, PasswordId};
use accession_events::values::Year;
use accession_service::access::MemberRole;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::refusals::problem;
use crate::front_desk::DocumentVersions;
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::Body;
use crate::http::call::{AccountCall, new_id};
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::answer;
use crate::http::fields::{Faults, Secret, digest_without_secrets};
use crate::http::paths::Id;
use crate::library::libraries::{Libraries, NewChild, undeliverable};

/// A child.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Child {
    /// What it is called.
    #[schema(example = "Lydia Bennet")]
    full_name: String,
    /// The password that it signs in with.
    #[schema(value_type = String, format = Password, min_length = 8)]
    password: Secret,
    /// When it was born.
    #[serde(default)]
    birth_year: Option<i64>,
    /// The version of the privacy notice that you agree to for the child.
    #[schema(example = "2026-11")]
    accepted_privacy_version: String,
    /// The version of the terms of use.
    #[schema(example = "2026-11")]
    accepted_terms_version: String,
    /// Language of pages; English unless told.
    #[serde(default)]
    language: Option<String>,
}

/// Add a child. Turns kids mode on. The answer tells the address that the child signs in with; no mail goes there.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/members/children", tag = "library", params(("id" = String, Path), Conditions),
    request_body = Child, responses((status = 201, description = "It belongs to the library; `account_id` and `email` are the child's.", body = Changed), CommandProblems))]
pub(super) async fn add_child(
    AccountCall { call, account, .. }: AccountCall,
    Id(library): Id<LibraryId>,
    State(libraries): State<Libraries>,
    Body { value, .. }: Body<Child>,
) -> Result<Answer, Problem> {
    call.member_of(library, MemberRole::Editor)?;
    // The account comes before the membership, whose append keeps the answer.
    let child = AccountId::new(call.repeatable_id("child"));
    let email = undeliverable(child).map_err(|error| problem(error, "password"))?;
    let new = value.read(libraries.documents(), child, account, call.now)?;
    let at = format!("/api/read/libraries/{library}/members/{child}");
    let reply = Reply::created(library, at)
        .with("account_id", child.to_string())
        .with("email", email.as_str());
    let digest = digest_without_secrets(&[&value.full_name]);
    let given = call.given(&digest, &reply);
    let executed = libraries.add_child(library, new, email, &given).await;
    answer(executed.map_err(|error| problem(error, "password"))?, reply)
}

impl Child {
    fn read(
        &self,
        documents: &DocumentVersions,
        account: AccountId,
        guardian: AccountId,
        now: jiff::Timestamp,
    ) -> Result<NewChild, Problem> {
        let mut faults = Faults::default();
        let name = faults.name("full_name", &self.full_name);
        let password = faults.password("password", &self.password);
        let language = faults.language("language", self.language.as_deref().unwrap_or("en"));
        let consents = faults.consents(
            documents,
            &self.accepted_privacy_version,
            &self.accepted_terms_version,
        );
        let birth_year = match self.birth_year {
            Some(year) => faults
                .take("birth_year", "bad_year", Year::new(year))
                .map(Some),
            None => Some(None),
        };
        let (Some(name), Some(password), Some(language), Some(consents), Some(birth_year)) =
            (name, password, language, consents, birth_year)
        else {
            return Err(faults.problem());
        };
        Ok(NewChild {
            account,
            name,
            birth_year,
            language,
            consents,
            password: (PasswordId::new(new_id()), password),
            guardian,
            now,
        })
    }
}
