//! Finishing: the browser is back with a code, the provider says whose it is, and the rule says what becomes of it.
//!
//! Never asks the provider for an attempt that is not this browser's own and under way.

use accession_event_log::Given;
use accession_events::identity::ExternalIdentity;
use accession_events::ids::{AccountId, SessionId};
use accession_events::values::{EmailAddress, HandleName};
use accession_secrets::sign_in_attempts::AttemptPurpose;
use accession_sign_in::{Answered, Vouched};
use jiff::Timestamp;

use super::attempt::{Attempt, ReturnTo, Wanted};
use super::decide::{Candidate, Decision, Found};
use super::{SignIn, SignInFailure};

/// What the browser brought back.
pub struct Brought<'a> {
    /// What it was given when it left.
    pub state: &'a str,
    /// The cookie of the browser.
    pub browser: &'a str,
    /// The provider's code; none when the person declined there.
    pub code: Option<&'a str>,
    /// Who says to have answered.
    pub issuer: Option<&'a str>,
    /// The account and session that the caller is signed in to, if any.
    pub signed_in: Option<(AccountId, SessionId)>,
}

/// What became of an attempt.
#[derive(Debug)]
pub enum Finished {
    /// The person is who this account is of: a session may begin.
    Known {
        /// The account.
        account: AccountId,
        /// Where to return to.
        return_to: Option<ReturnTo>,
    },
    /// The account that the person was signed in to is linked.
    Linked {
        /// The account.
        account: AccountId,
        /// Its version.
        version: u64,
        /// Where the link stands in the log.
        position: u64,
        /// Where to return to.
        return_to: Option<ReturnTo>,
    },
    /// There is no account yet.
    ConsentNeeded {
        /// What continues, once.
        continuation: String,
        /// Until when.
        expires_at: Timestamp,
        /// The address that the account will have.
        email: String,
        /// What the provider calls the person.
        name: Option<String>,
        /// Where to return to.
        return_to: Option<ReturnTo>,
    },
}

impl SignIn {
    /// Finishes an attempt. `continuation` is a fresh secret, for a person without an account.
    pub async fn finish(
        &self,
        provider: &str,
        brought: &Brought<'_>,
        continuation: String,
        now: Timestamp,
        given: &Given,
    ) -> Result<Finished, SignInFailure> {
        self.provider(provider)?;
        let key = (brought.state, brought.browser);
        let attempt: Option<Attempt> = self
            .attempts
            .take(AttemptPurpose::Authorization, key, now)
            .await?;
        let attempt = attempt.filter(|attempt| attempt.provider == provider);
        let attempt = attempt.ok_or(SignInFailure::NotUnderWay)?;
        if let Wanted::Link { account, session } = attempt.wanted
            && brought.signed_in != Some((account, session))
        {
            return Err(SignInFailure::OtherAccount);
        }
        let vouched = self.vouched(&attempt, brought, now).await?;
        match attempt.wanted {
            Wanted::Link { account, .. } => {
                let (version, position) = self.link(account, provider, &vouched, given).await?;
                let return_to = attempt.return_to;
                Ok(Finished::Linked {
                    account,
                    version,
                    position,
                    return_to,
                })
            }
            Wanted::SignIn => {
                let person = (vouched, attempt.return_to);
                let ask = (brought.browser, continuation);
                self.let_in(provider, person, ask, now, given).await
            }
        }
    }

    async fn vouched(
        &self,
        attempt: &Attempt,
        brought: &Brought<'_>,
        now: Timestamp,
    ) -> Result<Vouched, SignInFailure> {
        let answered = Answered {
            code: brought.code.ok_or(SignInFailure::Declined)?.to_owned(),
            issuer: brought.issuer.map(str::to_owned),
        };
        self.provider(&attempt.provider)?
            .vouch(&*self.web, &answered, &attempt.secrets, now)
            .await
            .map_err(SignInFailure::Provider)
    }

    async fn let_in(
        &self,
        provider: &str,
        (vouched, return_to): (Vouched, Option<ReturnTo>),
        (browser, continuation): (&str, String),
        now: Timestamp,
        given: &Given,
    ) -> Result<Finished, SignInFailure> {
        match self.found(provider, &vouched).await?.decide() {
            Decision::SignIn(account) => Ok(Finished::Known { account, return_to }),
            Decision::LinkAndSignIn(account) => {
                self.link(account, provider, &vouched, given).await?;
                Ok(Finished::Known { account, return_to })
            }
            Decision::AskConsent => {
                let person = (vouched, return_to);
                self.ask_consent(provider, person, (browser, continuation), now)
                    .await
            }
            Decision::Refuse(reason) => Err(reason.into()),
        }
    }

    /// Looks up whose the identity and the address are. Looking decides nothing: what is made claims it.
    async fn found(&self, provider: &str, vouched: &Vouched) -> Result<Found, SignInFailure> {
        let identity = self.identity(provider, &vouched.subject)?;
        let key = identity.claim();
        let log = self.accounts.repository().log();
        let owners = log.store().claim_owners(&[key]).await;
        let owners = owners.map_err(crate::identity::accounts::AccountsError::from)?;
        let owner = owners
            .into_iter()
            .flatten()
            .find_map(|owner| owner.parse().ok());
        let address = vouched.verified_email.as_deref();
        let address = address.and_then(|text| EmailAddress::parse(text).ok());
        let by_address = match &address {
            Some(address) => self.accounts.owner_of(address).await?,
            None => None,
        };
        Ok(Found {
            by_identity: self.candidate(owner).await?,
            by_address: self.candidate(by_address).await?,
            address_vouched: address.is_some(),
        })
    }

    async fn candidate(&self, id: Option<AccountId>) -> Result<Option<Candidate>, SignInFailure> {
        let Some(account) = id else {
            return Ok(None);
        };
        let found = self.accounts.find(account).await?;
        Ok(found.map(|found| Candidate {
            account,
            proven: found.verified,
            disabled: found.disabled,
            child: found.guardian.is_some(),
        }))
    }

    /// By what a provider's person is found. A provider's name is one, because it was checked at the start.
    pub(super) fn identity(
        &self,
        provider: &str,
        subject: &str,
    ) -> Result<ExternalIdentity, SignInFailure> {
        let provider = HandleName::parse(provider).map_err(|_| SignInFailure::UnknownProvider)?;
        let subject_index = self.accounts.indexer().external(&provider, subject);
        Ok(ExternalIdentity {
            provider,
            subject_index,
        })
    }
}
