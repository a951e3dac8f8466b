//! The tokens of a session, made from what is kept of it: an access token and the present refresh token.
//!
//! Never keeps what it makes: the row has a seed and a hash, no token.

use accession_secrets::sessions::KeptSession;
use accession_service::access::{
    self, ACCESS_LIFETIME, Membership, Standing, mint, session_claims,
};
use jiff::Timestamp;

use super::{Sessions, SessionsError};
use crate::http::call::new_id;
/// A session with its present tokens.
#[derive(Clone)]
pub struct Tokens {
    /// The session.
    pub session: access::Session,
    /// The access token.
    pub access: String,
    /// How long it is good, in seconds.
    pub expires_in: u64,
    /// The refresh token.
    pub refresh: String,
    /// The library that is selected, if one is.
    pub library: Option<Membership>,
    /// Whether the tokens travel in cookies.
    pub in_cookie: bool,
}

impl Sessions {
    /// The tokens of a session as it is kept.
    pub(super) fn tokens(
        &self,
        session: &KeptSession,
        standing: Option<&Standing>,
        now: Timestamp,
    ) -> Result<Tokens, SessionsError> {
        let of = access::Session {
            id: session.id.as_uuid(),
            account: session.account.as_uuid(),
            since: session.since.get(),
        };
        let selected = session.selected.and_then(|selected| {
            let at = selected.since.get();
            let library = standing?.selected(selected.library.as_uuid(), at)?;
            Some((library, at))
        });
        let context = selected.as_ref().map(|(library, at)| (library, *at));
        let claims = session_claims(of, context, new_id().to_string(), now);
        let refresh = self
            .refresh
            .token(session.id, &session.seed, session.generation);
        Ok(Tokens {
            session: of,
            access: mint(&self.token_key, &claims)?,
            expires_in: ACCESS_LIFETIME.as_secs(),
            refresh: refresh.text(),
            library: selected.map(|(library, _)| library),
            in_cookie: session.in_cookie,
        })
    }
}
