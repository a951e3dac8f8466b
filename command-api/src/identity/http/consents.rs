//! `GET` and `POST /api/v1/users/me/consents`: what one has agreed to, and agreeing to what is asked now.
//!
//! Never a way to take an agreement back and keep the account: both texts are what it rests on.

use accession_events::values::ShortText;
use accession_service::problem::Problem;
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::problem;
use crate::http::answer::{Answer, Changed};
use crate::http::body::Body;
use crate::http::call::AccountCall;
use crate::http::describe::{CommandProblems, Conditions};
use crate::http::execute::change;
use crate::http::fields::Faults;
use crate::identity::account::give_consent::GiveConsent;
use crate::identity::account::{AccountCommand, AccountError};
use crate::identity::accounts::Accounts;

/// What one has agreed to of one text.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Agreed {
    /// The version that one agreed to last.
    #[schema(example = "2026-11")]
    accepted_version: String,
    /// The version as it is now; null when the operator has set none, and every agreement is good.
    current_version: Option<String>,
    /// Whether it is another: agree to it with POST.
    outdated: bool,
    /// Always false: without it there is no account, so whoever does not agree any more deletes theirs.
    withdrawable: bool,
}

/// What one has agreed to.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OwnConsents {
    /// The privacy notice.
    privacy: Agreed,
    /// The terms of use.
    terms: Agreed,
}

/// What one agrees to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewConsents {
    /// The version of the privacy notice that the person agrees to.
    #[schema(example = "2026-11")]
    accepted_privacy_version: String,
    /// The version of the terms of use that the person agrees to.
    #[schema(example = "2026-11")]
    accepted_terms_version: String,
}

/// What one has agreed to, and whether it is what is asked now.
#[utoipa::path(get, path = "/api/v1/users/me/consents", tag = "identity",
    responses((status = 200, body = OwnConsents), CommandProblems))]
pub(super) async fn own_consents(
    AccountCall { account, .. }: AccountCall,
    State(accounts): State<Accounts>,
) -> Result<Json<OwnConsents>, Problem> {
    let found = accounts.find(account).await;
    let found = found.and_then(|found| Ok(found.ok_or(AccountError::Unknown)?));
    let agreed = found.map_err(|error| problem(error, "password"))?.consents;
    let now = &accounts.options().documents;
    let outdated = now.outdated(&agreed);
    let of = |accepted: ShortText, current: &Option<ShortText>, outdated| Agreed {
        accepted_version: accepted.as_str().to_owned(),
        current_version: current.as_ref().map(|text| text.as_str().to_owned()),
        outdated,
        withdrawable: false,
    };
    Ok(Json(OwnConsents {
        privacy: of(agreed.privacy, &now.privacy, outdated.privacy),
        terms: of(agreed.terms, &now.terms, outdated.terms),
    }))
}

/// Agree to the texts as they are now. A version that is not the present one is refused, when the operator has set it.
#[utoipa::path(post, path = "/api/v1/users/me/consents", tag = "identity", params(Conditions), request_body = NewConsents,
    responses((status = 200, description = "It is noted.", body = Changed), CommandProblems))]
pub(super) async fn give_consents(
    AccountCall { call, account, .. }: AccountCall,
    State(accounts): State<Accounts>,
    Body { value, digest }: Body<NewConsents>,
) -> Result<Answer, Problem> {
    let mut faults = Faults::default();
    let consents = faults.consents(
        &accounts.options().documents,
        &value.accepted_privacy_version,
        &value.accepted_terms_version,
    );
    let consents = consents.ok_or_else(|| faults.problem())?;
    let command = AccountCommand::GiveConsent(GiveConsent { consents });
    change(accounts.repository(), account, &call, &digest, &command).await
}
