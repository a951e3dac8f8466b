//! Why a sign-in with others came to nothing, and the problem that the person reads.
//!
//! Never tells anybody but the provider's own person whether there is an account.

use accession_secrets::SecretsError;
use accession_service::problem::Problem;
use accession_sign_in::SignInError;
use http::StatusCode;

use super::decide::Refused;
use crate::identity::accounts::AccountsError;
use crate::identity::http::problem;

/// Why nobody was signed in or linked.
#[derive(Debug, thiserror::Error)]
pub enum SignInFailure {
    /// There is no provider with this name.
    #[error("there is no such sign-in here")]
    UnknownProvider,
    /// The attempt was used, is too old, was begun in another browser, or never began.
    #[error(
        "this sign-in is not under way any more: it was used, is too old, or was begun in another browser; begin it anew"
    )]
    NotUnderWay,
    /// The person did not agree at the provider.
    #[error("the provider was not allowed to tell who you are: nobody was signed in")]
    Declined,
    /// What the provider said, or did not.
    #[error(transparent)]
    Provider(SignInError),
    /// The provider has verified no address.
    #[error(
        "the provider has not verified your e-mail address: verify it there, or sign in with your password and link it in your settings"
    )]
    AddressNotVouched,
    /// There is an account with this address whose owner never proved it.
    #[error(
        "an account with your e-mail address exists, but nobody has proven the address yet: choose a new password by \"forgot password\", which proves that the address is yours and ends what others may have begun under it; then sign in this way again"
    )]
    AddressNotProven,
    /// The account is shut out.
    #[error("this account is disabled: an administrator can enable it again")]
    Disabled,
    /// The attempt was begun to link another account, or the caller is not signed in to the one it was begun for.
    #[error("this was begun to link another account: sign in to that one, and begin anew")]
    OtherAccount,
    /// An account could not be read or changed.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    /// Attempts could not be kept or taken up.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
}

impl From<Refused> for SignInFailure {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::AddressNotVouched => Self::AddressNotVouched,
            Refused::AddressNotProven => Self::AddressNotProven,
            Refused::Disabled => Self::Disabled,
        }
    }
}

impl From<SignInFailure> for Problem {
    fn from(failure: SignInFailure) -> Self {
        let text = failure.to_string();
        let forbidden = |code| Self::new(StatusCode::FORBIDDEN, code, text.clone());
        match failure {
            SignInFailure::UnknownProvider => Self::not_found(text),
            SignInFailure::NotUnderWay => {
                Self::new(StatusCode::BAD_REQUEST, "sign_in_not_under_way", text)
            }
            SignInFailure::Declined => forbidden("sign_in_declined"),
            SignInFailure::AddressNotVouched => forbidden("email_not_verified_by_provider"),
            SignInFailure::AddressNotProven => {
                Self::new(StatusCode::CONFLICT, "email_not_proven", text)
            }
            SignInFailure::Disabled => forbidden("account_disabled"),
            SignInFailure::OtherAccount => forbidden("link_of_another_account"),
            SignInFailure::Provider(error) => of_provider(&error),
            SignInFailure::Accounts(error) => problem(error, "current_password"),
            SignInFailure::Secrets(error) => problem(error.into(), "state"),
        }
    }
}

fn of_provider(error: &SignInError) -> Problem {
    let text = error.to_string();
    match error {
        SignInError::Away { retry_after, .. } => {
            tracing::warn!(%error, "an identity provider is away");
            Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "provider_unavailable",
                text,
            )
            .retry_after(*retry_after)
        }
        SignInError::CodeRefused { .. } => {
            Problem::new(StatusCode::BAD_REQUEST, "sign_in_code_refused", text)
        }
        SignInError::Untrusted { .. } => {
            tracing::warn!(%error, "an identity provider's answer was refused");
            Problem::new(StatusCode::FORBIDDEN, "provider_not_trusted", text)
        }
        SignInError::Misconfigured { .. } => {
            tracing::error!(%error, "an identity provider is not set up correctly");
            Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "provider_misconfigured",
                text,
            )
            .retry_after(SignInError::PAUSE)
        }
    }
}
