//! `POST /api/v1/auth/oauth/{provider}/consent`: make the account of a person whom the provider vouches for.
//!
//! Never without both consents.

use ::http::HeaderMap;
use accession_events::ids::AccountId;
use accession_service::problem::Problem;
use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use super::browser;
use super::opening::{Arrival, SignInDesk, SignedIn};
use crate::front_desk::DocumentVersions;
use crate::http::body::Body;
use crate::http::call::{OpenCall, new_id};
use crate::http::describe::CommandProblems;
use crate::http::fields::Faults;
use crate::identity::http::sessions::Mode;
use crate::identity::sign_in::Agreed;

/// What the person agrees to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Agreement {
    /// What the callback told.
    continuation: String,
    /// The name that others see.
    #[schema(example = "Ana Petrović")]
    name: String,
    /// Language of pages and mails.
    #[serde(default = "english")]
    #[schema(example = "en")]
    language: String,
    /// The version of the privacy notice that the person agrees to.
    #[schema(example = "2026-11")]
    accepted_privacy_version: String,
    /// The version of the terms of use that the person agrees to.
    #[schema(example = "2026-11")]
    accepted_terms_version: String,
    /// How the tokens travel.
    #[serde(default)]
    mode: Mode,
}

fn english() -> String {
    "en".into()
}

impl Agreement {
    fn read(&self, documents: &DocumentVersions) -> Result<Agreed, Problem> {
        let mut faults = Faults::default();
        let name = faults.name("name", &self.name);
        let language = faults.language("language", &self.language);
        let consents = faults.consents(
            documents,
            &self.accepted_privacy_version,
            &self.accepted_terms_version,
        );
        let (Some(name), Some(language), Some(consents)) = (name, language, consents) else {
            return Err(faults.problem());
        };
        Ok(Agreed {
            id: AccountId::new(new_id()),
            consents,
            name,
            language,
        })
    }
}

/// Make an account whose address the provider has verified, and sign in to it.
#[utoipa::path(post, path = "/api/v1/auth/oauth/{provider}/consent", tag = "identity", security(()),
    params(("provider" = String, Path, example = "google")), request_body = Agreement,
    responses((status = 200, description = "A session, as by log-in.", body = SignedIn), CommandProblems))]
pub(super) async fn agree_and_sign_in(
    call: OpenCall,
    desk: SignInDesk,
    Path(provider): Path<String>,
    headers: HeaderMap,
    Body { value, .. }: Body<Agreement>,
) -> Result<Response, Problem> {
    let agreed = value.read(desk.documents())?;
    let browser = browser::known(&desk.sign_in, &headers).unwrap_or_default();
    let given = call.given(format!("user:{}", agreed.id));
    let key = (value.continuation.as_str(), browser.as_str());
    let (account, return_to) = desk
        .sign_in
        .agree(&provider, key, agreed, call.now, &given)
        .await?;
    let arrival = Arrival {
        account,
        provider: &provider,
        mode: value.mode,
        headers: &headers,
        return_to,
    };
    desk.let_in(arrival, &given, call.now).await
}
