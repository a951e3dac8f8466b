//! Where operators issue, rotate and revoke: the private table first, then the log, over HTTP and on the command line alike.
//!
//! Never leaves a credential good that the log could not be told of.

use accession_event_log::{EventLog, ExecuteError, Executed, Given, Repository};
use accession_events::ids::ServiceCredentialId;
use accession_events::values::{HandleName, ShortText};
use accession_service::access::Scope;
use jiff::{SignedDuration, Timestamp};

use super::issue::Issue;
use super::revoke::Revoke;
use super::rotate::Rotate;
use super::{ServiceCredential, ServiceCredentialCommand, ServiceCredentialError};
use crate::credentials::{Credential, CredentialError, Credentials, Rotated};

/// Issues, rotates and revokes. Cheap to clone.
#[derive(Clone)]
pub struct Desk {
    credentials: Credentials,
    told: Repository<ServiceCredential>,
    overlap: SignedDuration,
}

/// For how long a credential that was replaced stays good when nobody says.
const USUAL_OVERLAP: SignedDuration = SignedDuration::from_hours(1);

/// A credential and its text, which is told once.
#[derive(Debug)]
pub struct Issued {
    /// Its id.
    pub id: ServiceCredentialId,
    /// Its text.
    pub text: String,
    /// What came of telling the log.
    pub executed: Executed<ServiceCredential>,
}

/// What an operator wants could not be done.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The private table.
    #[error(transparent)]
    Kept(#[from] CredentialError),
    /// The log.
    #[error("{0}")]
    Told(ExecuteError<ServiceCredentialError>),
    /// There is no such credential, or none that is good.
    #[error("there is no service credential {0} that is good: see the list of them")]
    NoneGood(ServiceCredentialId),
    /// A name that is none.
    #[error("a service credential needs a name of 1 to 200 characters on one line")]
    BadName,
}

impl Desk {
    /// A desk over what is kept and what is told.
    #[must_use]
    pub const fn new(credentials: Credentials, told: Repository<ServiceCredential>) -> Self {
        Self {
            credentials,
            told,
            overlap: USUAL_OVERLAP,
        }
    }

    /// The same; a credential that was replaced stays good for so long when whoever replaces it does not say.
    #[must_use]
    pub const fn overlapping(mut self, overlap: SignedDuration) -> Self {
        self.overlap = overlap;
        self
    }

    /// For how long a credential that was replaced stays good when nobody says.
    #[must_use]
    pub const fn usual_overlap(&self) -> SignedDuration {
        self.overlap
    }

    /// All credentials, the oldest first, without their secrets.
    pub async fn list(&self) -> Result<Vec<Credential>, DeskError> {
        Ok(self.credentials.list().await?)
    }

    /// The log that is told.
    #[must_use]
    pub fn log(&self) -> &EventLog {
        self.told.log()
    }

    /// Makes a credential with this new id.
    pub async fn issue(
        &self,
        id: ServiceCredentialId,
        name: &str,
        scopes: &[Scope],
        given: &Given,
        now: Timestamp,
    ) -> Result<Issued, DeskError> {
        let name = ShortText::parse(name.trim()).map_err(|_| DeskError::BadName)?;
        let name = name.as_str();
        let text = self.credentials.issue_as(id, name, scopes, now).await?;
        let command = told_of(name, scopes, None)?;
        let executed = self.tell_or_take_back(id, given, &command, now).await?;
        Ok(Issued { id, text, executed })
    }

    /// Makes one with a new id that takes the place of another, which stays good for the overlap.
    pub async fn rotate(
        &self,
        id: ServiceCredentialId,
        successor: ServiceCredentialId,
        overlap: SignedDuration,
        given: &Given,
        now: Timestamp,
    ) -> Result<(Rotated, Executed<ServiceCredential>), DeskError> {
        let found = self.credentials.find(id).await?;
        let old = found.filter(|old| old.is_good(now));
        let old = old.ok_or(DeskError::NoneGood(id))?;
        let good_until = now.saturating_add(overlap).unwrap_or(now);
        let kept = (&*old.name, &*old.scopes);
        let text = self
            .credentials
            .issue_as(successor, kept.0, kept.1, now)
            .await?;
        let rotate = ServiceCredentialCommand::Rotate(Rotate {
            successor,
            good_until,
        });
        // What is decided is decided about the old one; a refusal leaves nothing new behind.
        let told = self.told.execute(&id.to_string(), given, &rotate).await;
        let executed = match self.or_take_back(successor, told, now).await? {
            executed if executed.replayed.is_some() => {
                let rotated = Rotated {
                    old,
                    successor,
                    text,
                    good_until,
                };
                return Ok((rotated, executed));
            }
            executed => executed,
        };
        let command = told_of(&old.name, &old.scopes, Some(id))?;
        let alone = Given {
            expected_version: None,
            idempotency: None,
            ..given.clone()
        };
        self.tell_or_take_back(successor, &alone, &command, now)
            .await?;
        self.credentials.end(id, good_until).await?;
        let rotated = Rotated {
            old,
            successor,
            text,
            good_until,
        };
        Ok((rotated, executed))
    }

    /// Lets a credential open nothing any more, at once; also again, when the log could not be told the first time.
    pub async fn revoke(
        &self,
        id: ServiceCredentialId,
        given: &Given,
        now: Timestamp,
    ) -> Result<Executed<ServiceCredential>, DeskError> {
        if self.credentials.find(id).await?.is_none() {
            return Err(DeskError::NoneGood(id));
        }
        self.credentials.revoke(id, now).await?;
        let command = ServiceCredentialCommand::Revoke(Revoke);
        let told = self.told.execute(&id.to_string(), given, &command).await;
        told.map_err(DeskError::Told)
    }

    async fn tell_or_take_back(
        &self,
        id: ServiceCredentialId,
        given: &Given,
        command: &ServiceCredentialCommand,
        now: Timestamp,
    ) -> Result<Executed<ServiceCredential>, DeskError> {
        let told = self.told.execute_new(&id.to_string(), given, command).await;
        self.or_take_back(id, told, now).await
    }

    /// What was made is taken back when the log refused it, or had it from another request under the same key.
    async fn or_take_back(
        &self,
        made: ServiceCredentialId,
        told: Result<Executed<ServiceCredential>, ExecuteError<ServiceCredentialError>>,
        now: Timestamp,
    ) -> Result<Executed<ServiceCredential>, DeskError> {
        if told
            .as_ref()
            .map_or(true, |executed| executed.replayed.is_some())
        {
            self.credentials.revoke(made, now).await?;
        }
        told.map_err(DeskError::Told)
    }
}

fn told_of(
    name: &str,
    scopes: &[Scope],
    replaces: Option<ServiceCredentialId>,
) -> Result<ServiceCredentialCommand, DeskError> {
    let scopes = scopes.iter().map(|scope| HandleName::parse(scope.as_str()));
    let scopes: Result<Vec<_>, _> = scopes.collect();
    Ok(ServiceCredentialCommand::Issue(Issue {
        name: ShortText::parse(name.trim()).map_err(|_| DeskError::BadName)?,
        scopes: scopes.map_err(|_| DeskError::BadName)?,
        replaces,
    }))
}
