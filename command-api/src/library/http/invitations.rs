//! Answering an invitation: signed in, or by the token of the mail.
//!
//! Never lets another address in than the one that was asked.

use accession_events::ids::{AccountId, LibraryId, PasswordId};
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::refusals::problem;
use crate::front_desk::DocumentVersions;
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::{Body, NoBody};
use crate::http::call::{AccountCall, KeysOf, OpenCall, new_id};
use crate::http::describe::{CommandProblems, Conditions, OpenConditions};
use crate::http::execute::{answer, change};
use crate::http::fields::{Faults, Secret, digest_without_secrets, token};
use crate::http::keyed::open_answered_before;
use crate::http::paths::Id;
use crate::library::libraries::{Libraries, LibrariesError, Newcomer};
use crate::library::library::LibraryCommand;
use crate::library::library::accept_invitation::AcceptInvitation;
use crate::library::library::decline_invitation::DeclineInvitation;

/// Somebody new who follows the link of an invitation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewMember {
    /// The token of the link.
    #[schema(value_type = String)]
    token: Secret,
    /// The address that the mail went to.
    #[schema(format = Email)]
    email: String,
    /// What you are called.
    full_name: String,
    /// Your password.
    #[schema(value_type = String, format = Password, min_length = 8)]
    password: Secret,
    /// Language of pages and mails; English unless told.
    #[serde(default)]
    language: Option<String>,
    /// The version of the privacy notice that you agree to.
    accepted_privacy_version: String,
    /// The version of the terms of use that you agree to.
    accepted_terms_version: String,
}

/// The token of a link.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MailToken {
    /// The token.
    #[schema(value_type = String)]
    token: Secret,
}

/// Accept an invitation to your address. Accepting twice changes nothing.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/invitations/accept", tag = "library", params(("id" = String, Path), Conditions),
    responses((status = 200, description = "You belong to it.", body = Changed), CommandProblems))]
pub(super) async fn accept_invitation(
    AccountCall { call, account, .. }: AccountCall,
    Id(library): Id<LibraryId>,
    State(libraries): State<Libraries>,
    NoBody(digest): NoBody,
) -> Result<Answer, Problem> {
    let address = libraries.proven_address(account).await;
    let command = LibraryCommand::Accept(AcceptInvitation {
        account,
        address: address.map_err(|error| problem(error, "id"))?,
        challenge: None,
        now: call.now,
    });
    change(libraries.repository(), library, &call, &digest, &command).await
}

/// Decline an invitation to your address. You may be asked again.
#[utoipa::path(post, path = "/api/v1/libraries/{id}/invitations/decline", tag = "library", params(("id" = String, Path), Conditions),
    responses((status = 200, description = "You are not asked any longer.", body = Changed), CommandProblems))]
pub(super) async fn decline_invitation(
    AccountCall { call, account, .. }: AccountCall,
    Id(library): Id<LibraryId>,
    State(libraries): State<Libraries>,
    NoBody(digest): NoBody,
) -> Result<Answer, Problem> {
    let address = libraries.proven_address(account).await;
    let command = LibraryCommand::Decline(DeclineInvitation::SignedIn {
        account,
        address: address.map_err(|error| problem(error, "id"))?,
    });
    change(libraries.repository(), library, &call, &digest, &command).await
}

/// Accept an invitation as somebody new: makes your account, which needs no further proof of its address, and has you
/// join. Who has an account signs in and accepts there.
#[utoipa::path(post, path = "/api/v1/auth/invitations/accept", tag = "library", params(OpenConditions), security(()),
    request_body = NewMember, responses((status = 201, description = "You belong to it; `account_id` is yours.", body = Changed), CommandProblems))]
pub(super) async fn accept_by_mail(
    call: OpenCall,
    State(libraries): State<Libraries>,
    Body { value, .. }: Body<NewMember>,
) -> Result<Answer, Problem> {
    let mut new = value.read(libraries.documents(), call.now)?;
    let told = |error: LibrariesError| problem(error, "password");
    let (shown, of) = (token(&value.token), KeysOf::link(token(&value.token)));
    let digest = digest_without_secrets(&[&value.email, &value.full_name]);
    let before = call.keyed(&of, &digest, &Reply::changed(""));
    let log = libraries.repository().log();
    if let Some(answer) = open_answered_before(log, before.as_ref()).await? {
        return Ok(answer);
    }
    let invitation = libraries.invited_by(shown).await.map_err(told)?;
    let (library, challenge) = invitation;
    // The account comes before the membership, whose append keeps the answer.
    new.account = AccountId::new(call.repeatable_id("newcomer", &challenge.to_string()));
    let reply = Reply::created(library, format!("/api/read/libraries/{library}"))
        .with("account_id", new.account.to_string());
    let keyed = call.keyed(&of, &digest, &reply);
    let given = call.given_once(format!("user:{}", new.account), keyed);
    let executed = libraries.join_as_newcomer(invitation, new, &given).await;
    answer(executed.map_err(told)?, reply)
}

/// Decline an invitation by the token of its mail.
#[utoipa::path(post, path = "/api/v1/auth/invitations/decline", tag = "library", params(OpenConditions), security(()),
    request_body = MailToken, responses((status = 200, description = "You are not asked any longer.", body = Changed), CommandProblems))]
pub(super) async fn decline_by_mail(
    call: OpenCall,
    State(libraries): State<Libraries>,
    Body { value, .. }: Body<MailToken>,
) -> Result<Answer, Problem> {
    let told = |error: LibrariesError| problem(error, "token");
    let (shown, digest) = (token(&value.token), digest_without_secrets(&[]));
    let keyed = |reply: &Reply| call.keyed(&KeysOf::link(shown), &digest, reply);
    let log = libraries.repository().log();
    let before = keyed(&Reply::changed(""));
    if let Some(answer) = open_answered_before(log, before.as_ref()).await? {
        return Ok(answer);
    }
    let (library, challenge) = libraries.invited_by(shown).await.map_err(told)?;
    let reply = Reply::changed(library);
    let given = call.given_once("anonymous", keyed(&reply));
    let command = LibraryCommand::Decline(DeclineInvitation::ByToken(challenge));
    let executed = libraries.execute(library, &given, &command).await;
    answer(executed.map_err(told)?, reply)
}

impl NewMember {
    fn read(
        &self,
        documents: &DocumentVersions,
        now: jiff::Timestamp,
    ) -> Result<Newcomer, Problem> {
        let mut faults = Faults::default();
        let email = faults.email("email", &self.email);
        let name = faults.name("full_name", &self.full_name);
        let password = faults.password("password", &self.password);
        let language = faults.language("language", self.language.as_deref().unwrap_or("en"));
        let consents = faults.consents(
            documents,
            &self.accepted_privacy_version,
            &self.accepted_terms_version,
        );
        let (Some(email), Some(name), Some(password), Some(language), Some(consents)) =
            (email, name, password, language, consents)
        else {
            return Err(faults.problem());
        };
        Ok(Newcomer {
            account: AccountId::new(new_id()),
            email,
            name,
            language,
            consents,
            password: (PasswordId::new(new_id()), password),
            now,
        })
    }
}
