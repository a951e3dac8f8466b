//! `POST /api/v1/auth/register`: make an account.
//!
//! Never tells whether the address is somebody's already: its owner hears of it by mail, the caller does not.

use ::http::StatusCode;
use accession_events::ids::{AccountId, ChallengeId, PasswordId};
use accession_service::problem::Problem;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem;
use crate::http::body::Body;
use crate::http::call::{OpenCall, new_id};
use crate::http::describe::{CommandProblems, OpenConditions};
use crate::http::equal_time::not_before;
use crate::http::fields::{Faults, Secret};
use crate::identity::accounts::{Accounts, DocumentVersions, NewAccount, Registered, Vouching};

/// Somebody who wants an account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Registration {
    /// Where mail reaches the person.
    #[schema(example = "ana@example.org")]
    email: String,
    /// 8 to 128 characters that are hard to guess.
    #[schema(value_type = String, format = Password, example = "correct horse battery staple")]
    password: Secret,
    /// The name that others see.
    #[schema(example = "Ana Petrović")]
    name: String,
    /// Language of pages and mails.
    #[serde(default = "english")]
    #[schema(example = "en")]
    language: String,
    /// The version of the privacy notice that the person agrees to: the one of now, when the operator has set one.
    #[schema(example = "2026-11")]
    accepted_privacy_version: String,
    /// The version of the terms of use that the person agrees to.
    #[schema(example = "2026-11")]
    accepted_terms_version: String,
}

/// What is answered to everybody who asks for an account.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AskedFor {
    /// Always `check_your_mail`.
    status: &'static str,
    /// What to do now.
    detail: &'static str,
}

fn english() -> String {
    "en".into()
}

/// Make an account. The answer is the same when the address has one already; its owner is told by mail.
#[utoipa::path(post, path = "/api/v1/auth/register", tag = "identity", security(()), params(OpenConditions), request_body = Registration,
    responses((status = 201, description = "A mail says how to go on.", body = AskedFor), CommandProblems))]
pub(super) async fn register(
    call: OpenCall,
    State(accounts): State<Accounts>,
    Body { value, .. }: Body<Registration>,
) -> Result<(StatusCode, Json<AskedFor>), Problem> {
    let mut new = value.read(&accounts.options().documents, &call)?;
    let index = accounts.indexer().email(&new.email).to_string();
    let repeatable = AccountId::new(call.repeatable_id("account", &index));
    not_before(accounts.options().answers_after, async {
        // A key outlives the account that it made: then this asks for a new one.
        if !accounts.was_deleted(repeatable).await? {
            new.id = repeatable;
        }
        let id = new.id;
        let given = call.given(format!("user:{}", new.id));
        // Whoever repeats the request that made the account is nobody else who tries.
        if let Registered::Taken { owner } = accounts.register(new, &given).await?
            && owner != id
        {
            let given = call.given("anonymous");
            accounts.note_attempt(owner, call.now, &given).await?;
        }
        Ok(())
    })
    .await
    .map_err(|error| problem(error, "password"))?;
    let answer = AskedFor {
        status: "check_your_mail",
        detail: "a mail is on its way to this address; follow the link in it",
    };
    Ok((StatusCode::CREATED, Json(answer)))
}

impl Registration {
    fn read(self, documents: &DocumentVersions, call: &OpenCall) -> Result<NewAccount, Problem> {
        let mut faults = Faults::default();
        let email = faults.email("email", &self.email);
        let password = faults.password("password", &self.password);
        let name = faults.name("name", &self.name);
        let language = faults.language("language", &self.language);
        let consents = faults.consents(
            documents,
            &self.accepted_privacy_version,
            &self.accepted_terms_version,
        );
        let (Some(email), Some(password), Some(name), Some(language), Some(consents)) =
            (email, password, name, language, consents)
        else {
            return Err(faults.problem());
        };
        Ok(NewAccount {
            id: AccountId::new(new_id()),
            email,
            name,
            language,
            consents,
            password: Some((PasswordId::new(new_id()), password)),
            vouching: Vouching::Mail(ChallengeId::new(new_id())),
            guardian: None,
            role: None,
            now: call.now,
        })
    }
}
