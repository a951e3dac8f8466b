//! Begin a session: the one way in, whatever a person proved themselves by.
//!
//! Never asks for a proof itself: whoever calls has seen it.

use std::sync::Arc;

use accession_event_log::Given;
use accession_events::Position;
use accession_events::identity::{ClientClass, SessionEnd, SignInMethod};
use accession_events::ids::{AccountId, LibraryId, SessionId, SubjectId};
use accession_secrets::sessions::{FamilySeed, KeptSession, Selected};
use accession_service::access::Standing;
use accession_service::keys::{KeyError, random_bytes};
use jiff::Timestamp;

use super::{SessionCommand, Sessions, SessionsError, Tokens};
use crate::http::call::new_id;
use crate::identity::session::Start;

/// Sessions that an account has at most; a further one ends the oldest. A program that signs in anew each time would otherwise
/// make a list without an end.
const MOST_AT_ONCE: usize = 100;

/// Somebody who proved who they are.
#[derive(Debug, Clone)]
pub struct Proven {
    /// Whose account it is.
    pub account: AccountId,
    /// By what they proved it.
    pub method: SignInMethod,
    /// What kind of program they use.
    pub client: ClientClass,
    /// What they call the device.
    pub device: Option<String>,
    /// Whether the tokens travel in cookies.
    pub in_cookie: bool,
}

impl Sessions {
    /// Begins a session of somebody who proved who they are: the one way in, whatever they proved it by.
    pub async fn start(
        &self,
        proven: Proven,
        given: &Given,
        now: Timestamp,
    ) -> Result<Tokens, SessionsError> {
        let id = SessionId::new(new_id());
        let text = id.to_string();
        let device = match &proven.device {
            Some(name) => {
                let subject = SubjectId::new(proven.account.as_uuid());
                let stream = self.repository.stream(&text);
                Some(self.sealer.seal(subject, &stream, "device", name).await?)
            }
            None => None,
        };
        let command = SessionCommand::Start(Start {
            account: proven.account,
            method: proven.method,
            client: proven.client,
            device,
        });
        let executed = self.repository.execute_new(&text, given, &command).await?;
        let seed = seed()?;
        let first = self.refresh.token(id, &seed, 0);
        let standing = self.hint(proven.account, executed.position).await;
        let mut session = KeptSession {
            id,
            account: proven.account,
            since: executed.position,
            seed,
            generation: 0,
            token_hash: first.hash(),
            in_cookie: proven.in_cookie,
            selected: None,
            started_at: now,
            rotated_at: now,
            expires_at: now + self.options.lifetime,
            ended_at: None,
        };
        let others = self.store.of_account(proven.account, now).await?;
        session.selected = usual_library(&session, standing.as_deref(), &others);
        self.store.begin(&session).await?;
        self.end_the_oldest(&others, given, now).await?;
        self.tokens(&session, standing.as_deref(), now)
    }

    /// How the account stands, where it is only a hint: nobody is let in by it.
    async fn hint(&self, account: AccountId, since: Position) -> Option<Arc<Standing>> {
        let asked = self.standings.standing(account.as_uuid(), since.get());
        asked.await.ok().flatten()
    }

    /// Ends what an account has of sessions beyond [`MOST_AT_ONCE`], now that one more began; `others` has the newest first.
    async fn end_the_oldest(
        &self,
        others: &[KeptSession],
        given: &Given,
        now: Timestamp,
    ) -> Result<(), SessionsError> {
        for old in others.iter().skip(MOST_AT_ONCE - 1) {
            self.end(old.id, SessionEnd::Revoked, given, now).await?;
        }
        Ok(())
    }
}

/// The library that is selected by itself: the last one, else the only one.
fn usual_library(
    session: &KeptSession,
    standing: Option<&Standing>,
    others: &[KeptSession],
) -> Option<Selected> {
    let standing = standing?;
    let last = others.iter().find_map(|other| other.selected);
    let last = last.filter(|last| standing.member_of(last.library.as_uuid()).is_some());
    let only = match standing.memberships.as_slice() {
        [only] => Some(only.library_id),
        _ => None,
    };
    let library = last.map(|last| last.library.as_uuid()).or(only);
    library.map(|library| Selected {
        library: LibraryId::new(library),
        since: session.since,
    })
}

fn seed() -> Result<FamilySeed, KeyError> {
    let bytes = random_bytes()?;
    let mut seed = FamilySeed::default();
    for (place, byte) in seed.iter_mut().zip(bytes) {
        *place = byte;
    }
    Ok(seed)
}
