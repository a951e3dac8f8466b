//! `POST /api/v1/auth/verify-email` and `…/resend-verification`: prove that the address is one's own.
//!
//! Never tells whether an address is somebody's, or proven already.

use ::http::StatusCode;
use accession_event_log::{EventLog, Given};
use accession_events::ids::ChallengeId;
use accession_events::values::EmailAddress;
use accession_secrets::challenges::ChallengePurpose;
use accession_service::problem::Problem;
use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::problem;
use crate::http::answer::{Answer, Changed, Reply};
use crate::http::body::{Body, BodyDigest};
use crate::http::call::{KeysOf, OpenCall, new_id};
use crate::http::describe::{CommandProblems, OpenConditions};
use crate::http::equal_time::not_before;
use crate::http::execute::answer;
use crate::http::fields::{Faults, Secret, digest_without_secrets, token};
use crate::http::keyed::open_answered_before;
use crate::identity::accounts::{Accounts, AccountsError};

/// A token that was mailed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MailedToken {
    /// The token, from the link in the mail.
    #[schema(value_type = String)]
    pub(super) token: Secret,
}

/// Somebody's address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Address {
    /// The address.
    #[schema(example = "ana@example.org")]
    email: String,
}

impl Address {
    pub(super) fn read(&self) -> Result<EmailAddress, Problem> {
        let mut faults = Faults::default();
        match faults.email("email", &self.email) {
            Some(address) => Ok(address),
            None => Err(faults.problem()),
        }
    }
}

/// Prove an address with the token that was mailed to it, within a day and once.
#[utoipa::path(post, path = "/api/v1/auth/verify-email", tag = "identity", security(()), params(OpenConditions), request_body = MailedToken,
    responses((status = 200, description = "It is proven.", body = Changed), CommandProblems))]
pub(super) async fn verify_email(
    call: OpenCall,
    State(accounts): State<Accounts>,
    Body { value, .. }: Body<MailedToken>,
) -> Result<Answer, Problem> {
    let link = Link::shown(&call, token(&value.token));
    if let Some(answer) = link.answered_before(accounts.log()).await? {
        return Ok(answer);
    }
    let told = |error| problem(error, "token");
    let purpose = ChallengePurpose::VerifyEmail;
    let answered = accounts.answered(link.token, purpose).await.map_err(told)?;
    let reply = Reply::changed(answered.0);
    let given = link.given(&reply);
    let executed = accounts.verify_email(answered, call.now, &given).await;
    answer(executed.map_err(told)?, reply)
}

/// Mail the question again. The answer is the same whether or not there is somebody to be asked.
#[utoipa::path(post, path = "/api/v1/auth/resend-verification", tag = "identity", security(()), params(OpenConditions), request_body = Address,
    responses((status = 204, description = "If there is an account whose address is not proven, a mail is on its way."), CommandProblems))]
pub(super) async fn resend_verification(
    call: OpenCall,
    State(accounts): State<Accounts>,
    Body { value, .. }: Body<Address>,
) -> Result<StatusCode, Problem> {
    let address = value.read()?;
    let (id, given) = (
        ChallengeId::new(new_id()),
        asked_once(&call, &accounts, &address),
    );
    let work = accounts.request_verification(&address, id, call.now, &given);
    mailed_or_not(&accounts, work).await
}

/// What the log is given with a mail that is asked for by whoever: repeated under its key it is not sent again.
pub(super) fn asked_once(call: &OpenCall, accounts: &Accounts, address: &EmailAddress) -> Given {
    let of = KeysOf::address(&accounts.indexer().email(address));
    let keyed = call.keyed(&of, &digest_without_secrets(&[]), &Reply::changed("mail"));
    call.given_once("anonymous", keyed)
}

/// The token of a link that somebody shows, good once: a repeat under the call's key is told what the first was told.
pub(super) struct Link<'a> {
    call: &'a OpenCall,
    pub(super) token: &'a str,
    of: KeysOf,
    body: BodyDigest,
}

impl<'a> Link<'a> {
    pub(super) fn shown(call: &'a OpenCall, token: &'a str) -> Self {
        Self {
            call,
            token,
            of: KeysOf::link(token),
            body: digest_without_secrets(&[]),
        }
    }

    /// What this very call was answered before, if it was: the token is used up since.
    pub(super) async fn answered_before(&self, log: &EventLog) -> Result<Option<Answer>, Problem> {
        let keyed = self.call.keyed(&self.of, &self.body, &Reply::changed(""));
        open_answered_before(log, keyed.as_ref()).await
    }

    /// What the log is given with what the link does.
    pub(super) fn given(&self, reply: &Reply) -> Given {
        let keyed = self.call.keyed(&self.of, &self.body, reply);
        self.call.given_once("mailbox", keyed)
    }
}

/// The same answer, after the same time, whether or not there was somebody to write to.
pub(super) async fn mailed_or_not(
    accounts: &Accounts,
    work: impl Future<Output = Result<(), AccountsError>>,
) -> Result<StatusCode, Problem> {
    not_before(accounts.options().answers_after, work)
        .await
        .map_err(|error| problem(error, "email"))?;
    Ok(StatusCode::NO_CONTENT)
}
