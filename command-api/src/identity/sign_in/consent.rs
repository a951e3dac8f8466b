//! Consent: a person without an account says yes, and gets one whose address the provider has proven.
//!
//! Never makes an account by itself: until the person agrees, what the provider said stays sealed and expires.

use accession_event_log::Given;
use accession_events::identity::Consents;
use accession_events::ids::AccountId;
use accession_events::values::{EmailAddress, LanguageTag, PersonName};
use accession_secrets::sign_in_attempts::AttemptPurpose;
use accession_sign_in::Vouched;
use jiff::Timestamp;

use super::attempt::{Awaiting, ReturnTo, end_of};
use super::finish::Finished;
use super::{SignIn, SignInFailure};
use crate::identity::accounts::{NewAccount, Registered, Vouching};

/// What the person agreed to, and wants to be called.
#[derive(Debug, Clone)]
pub struct Agreed {
    /// The id of the new account.
    pub id: AccountId,
    /// What the person agreed to.
    pub consents: Consents,
    /// The person's name.
    pub name: PersonName,
    /// Language of pages and mails.
    pub language: LanguageTag,
}

impl SignIn {
    pub(super) async fn ask_consent(
        &self,
        provider: &str,
        (vouched, return_to): (Vouched, Option<ReturnTo>),
        (browser, continuation): (&str, String),
        now: Timestamp,
    ) -> Result<Finished, SignInFailure> {
        let email = vouched.verified_email.clone();
        let email = email.ok_or(SignInFailure::AddressNotVouched)?;
        let name = vouched.name.clone();
        let expires_at = end_of(now);
        let awaiting = Awaiting {
            provider: provider.to_owned(),
            vouched,
            return_to: return_to.clone(),
        };
        let key = (continuation.as_str(), browser);
        self.attempts
            .keep(AttemptPurpose::Consent, key, &awaiting, (now, expires_at))
            .await?;
        Ok(Finished::ConsentNeeded {
            continuation,
            expires_at,
            email,
            name,
            return_to,
        })
    }

    /// Makes the account of a person who agreed, in the browser that was asked.
    pub async fn agree(
        &self,
        provider: &str,
        (continuation, browser): (&str, &str),
        agreed: Agreed,
        now: Timestamp,
        given: &Given,
    ) -> Result<(AccountId, Option<ReturnTo>), SignInFailure> {
        let key = (continuation, browser);
        let awaiting: Option<Awaiting> = self
            .attempts
            .take(AttemptPurpose::Consent, key, now)
            .await?;
        let awaiting = awaiting.filter(|awaiting| awaiting.provider == provider);
        let Awaiting {
            vouched, return_to, ..
        } = awaiting.ok_or(SignInFailure::NotUnderWay)?;
        let address = vouched.verified_email.as_deref().unwrap_or_default();
        let email = EmailAddress::parse(address).map_err(|_| SignInFailure::AddressNotVouched)?;
        let identity = self.identity(provider, &vouched.subject)?;
        let new = NewAccount {
            id: agreed.id,
            email,
            name: agreed.name,
            language: agreed.language,
            consents: agreed.consents,
            password: None,
            vouching: Vouching::Provider {
                identity,
                subject: vouched.subject,
            },
            guardian: None,
            role: None,
            now,
        };
        match self.accounts.register(new, given).await? {
            Registered::New { account, .. } => Ok((account, return_to)),
            // Somebody was faster: the rule for an account that is there has to be asked anew.
            Registered::Taken { .. } => Err(SignInFailure::NotUnderWay),
        }
    }
}
