//! The routes of accounts, and how their refusals read on the wire.
//!
//! The only axum in the room; it decides nothing. No answer tells a stranger whether an account exists.

mod admin;
mod avatar;
mod consents;
mod delete;
mod email;
mod password;
mod preferences;
mod profile;
mod register;
mod reset;
pub mod sessions;
mod tour;
mod verification;

use ::http::StatusCode;
use accession_service::problem::{FieldError, Problem};
use axum::extract::DefaultBodyLimit;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::front_desk::DeskRefusal;
use crate::http::failure::{
    Refusal, from_log, from_repository, from_seal, from_secrets, problem_of,
};
use crate::identity::account::AccountError;
use crate::identity::accounts::AccountsError;
use crate::identity::passwords::HashingBusy;
use crate::services::Services;
use crate::ties::problem_of_held;

/// The largest body of a command: a name, an address, two passwords.
const BODY: usize = 16 * 1024;
/// A picture, and what a form puts around it.
const PICTURE: usize = crate::identity::picture::LARGEST + 64 * 1024;

/// All routes of accounts.
#[must_use]
pub fn routes() -> OpenApiRouter<Services> {
    let pictures = OpenApiRouter::new()
        .routes(routes!(avatar::set_avatar, avatar::remove_avatar))
        .layer(DefaultBodyLimit::max(PICTURE));
    OpenApiRouter::new()
        .routes(routes!(register::register))
        .routes(routes!(verification::verify_email))
        .routes(routes!(verification::resend_verification))
        .routes(routes!(reset::forgot_password))
        .routes(routes!(reset::reset_password))
        .routes(routes!(email::confirm_email_change))
        .routes(routes!(email::request_email_change))
        .routes(routes!(password::change_password))
        .routes(routes!(profile::change_profile, delete::delete_account))
        .routes(routes!(preferences::set_preferences))
        .routes(routes!(consents::own_consents, consents::give_consents))
        .routes(routes!(tour::complete_tour))
        .routes(routes!(tour::reset_tour))
        .routes(routes!(avatar::read_avatar))
        .routes(routes!(admin::disable_account))
        .routes(routes!(admin::enable_account))
        .routes(routes!(admin::set_role))
        .layer(DefaultBodyLimit::max(BODY))
        .merge(pictures)
}

impl Refusal for AccountError {
    fn problem(&self) -> Problem {
        let conflict = |code| Problem::new(StatusCode::CONFLICT, code, self.to_string());
        match self {
            Self::Unknown | Self::NotLinked => Problem::not_found(self.to_string()),
            Self::AlreadyRegistered => conflict("already_registered"),
            Self::AlreadyVerified => conflict("already_verified"),
            Self::OnlyWayIn => conflict("only_way_in"),
            Self::LastAdministrator => conflict("last_administrator"),
            Self::Disabled => {
                Problem::new(StatusCode::FORBIDDEN, "account_disabled", self.to_string())
            }
            Self::NotVerified => Problem::new(
                StatusCode::FORBIDDEN,
                "email_not_verified",
                self.to_string(),
            ),
            Self::OfAChild => {
                Problem::new(StatusCode::FORBIDDEN, "childs_account", self.to_string())
            }
            Self::ChallengeNotOpen => Problem::new(
                StatusCode::BAD_REQUEST,
                "challenge_not_open",
                self.to_string(),
            ),
            Self::SameEmail => at("email", "same_email", self.to_string()),
        }
    }
}

/// The problem that a caller reads. `password` names the field in which a password was sent.
pub(crate) fn problem(error: AccountsError, password: &'static str) -> Problem {
    match error {
        AccountsError::Execute(error) => problem_of(error),
        AccountsError::Log(error) => from_log(&error),
        AccountsError::Repository(error) => from_repository(&error),
        AccountsError::Secrets(error) => from_secrets(&error),
        AccountsError::Seal(error) => from_seal(&error),
        AccountsError::Busy(HashingBusy::Full { retry_after }) => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "overloaded",
            "more passwords are being checked than can be taken on; try again in a moment",
        )
        .retry_after(retry_after),
        AccountsError::Busy(HashingBusy::Failed(error)) => {
            tracing::error!(%error, "a password could not be checked");
            Problem::internal()
        }
        AccountsError::WrongPassword => {
            let text = "this is not the account's password";
            Problem::new(StatusCode::FORBIDDEN, "wrong_password", text)
                .with_errors(vec![FieldError::new(password, "wrong_password", text)])
        }
        AccountsError::Held(held) => problem_of_held(&held),
        AccountsError::Weak(weakness) => at(password, "weak_password", weakness.message),
    }
}

impl DeskRefusal for AccountsError {
    fn problem(self: Box<Self>, password: &'static str) -> Problem {
        problem(*self, password)
    }
}

/// A rule that one field breaks.
fn at(field: &str, code: &'static str, message: String) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, message.clone())
        .with_errors(vec![FieldError::new(field, code, message)])
}
