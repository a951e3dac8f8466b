//! Who calls, and with which rights: access tokens are minted and verified here.
//!
//! A token of another purpose, audience or issuer is refused. Service credentials are looked up elsewhere; what they
//! grant has the same shape.

mod audience;
mod bearers;
mod caller;
mod claims;
pub mod cookies;
mod csrf;
mod deciding;
mod gate;
mod member;
pub mod routes;
mod standing;

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use http::header::AUTHORIZATION;
use jiff::Timestamp;
use jsonwebtoken::Validation;
use moka::sync::Cache;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::keys::VerifyingKey;
use crate::problem::Problem;

pub use audience::Audience;
pub use bearers::Bearers;
pub use caller::{Caller, Person, Role, Scope, Session};
pub use claims::{Claims, access_claims, mint, session_claims};
pub use csrf::{CSRF_HEADER, Csrf, forged, is_unsafe};
pub use deciding::{AsOf, Decided, Decider, Deciding};
pub use gate::{CREDENTIAL_PREFIX, CredentialsAway, Gate, INTERNAL_TOKEN, ServiceCredentials};
pub use member::{LibraryKind, MemberRole, Membership};
pub use standing::{NobodyKnows, STANDING_PATIENCE, Spared, Standing, StandingAway, Standings};

/// How long an access token is good for.
pub const ACCESS_LIFETIME: Duration = Duration::from_mins(15);
/// Who issues our tokens.
pub const ISSUER: &str = "accession";
/// Whom our access tokens are for.
pub const AUDIENCE: &str = "accession";
/// What our access tokens are for; a token of any other purpose opens nothing.
pub const PURPOSE: &str = "access";
const VERIFIED_TOKENS_KEPT: u64 = 10_000;
/// A token of ours is far shorter, whatever it says.
const LONGEST_TOKEN: usize = 4096;
/// By how many seconds the clocks of two of our processes may differ.
const CLOCKS_DIFFER: i64 = 30;

/// Why a token opens nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccessError {
    /// There is none.
    #[error("this needs an access token: send `Authorization: Bearer <token>`")]
    Missing,
    /// The header is not a bearer token.
    #[error("the Authorization header is not of the form `Bearer <token>`")]
    NotBearer,
    /// It was good once.
    #[error("the access token has expired: get a new one")]
    Expired,
    /// It is not ours, not for us, or not for this.
    #[error("the access token is not valid: {reason}")]
    Invalid {
        /// What is wrong with it, without its content.
        reason: &'static str,
    },
    /// Its session is over.
    #[error("the session of this access token has ended: log in again")]
    SessionEnded,
    /// Its account is closed.
    #[error("the account of this access token is closed")]
    AccountClosed,
}

impl From<AccessError> for Problem {
    fn from(error: AccessError) -> Self {
        let code = match error {
            AccessError::Missing => "token_missing",
            AccessError::Expired => "token_expired",
            AccessError::NotBearer | AccessError::Invalid { .. } => "token_invalid",
            AccessError::SessionEnded => "session_ended",
            AccessError::AccountClosed => "account_closed",
        };
        Self::unauthenticated(code, error.to_string())
    }
}

/// Whom these claims name, as far as they say.
fn caller_of(claims: &Claims) -> Result<Caller, AccessError> {
    let Some(session) = &claims.sid else {
        let role = claims.role.as_deref().and_then(Role::named);
        return Ok(Caller::Person(Person::minted(&*claims.sub, role)));
    };
    let session = Session {
        id: uuid_of(session)?,
        account: uuid_of(&claims.sub)?,
        since: claims.pos.ok_or(AccessError::Invalid {
            reason: "a claim is missing",
        })?,
    };
    let library = claims.library_id.as_deref().map(uuid_of).transpose()?;
    let library = bearers::as_told(library, claims.role.as_deref());
    Ok(Caller::Person(Person {
        session: Some(session),
        library,
        selected_at: claims.lpos.unwrap_or_default(),
        memberships: library.into_iter().collect(),
        ..Person::minted(&*claims.sub, None)
    }))
}

fn uuid_of(text: &str) -> Result<Uuid, AccessError> {
    Uuid::parse_str(text).map_err(|_| AccessError::Invalid {
        reason: "it is malformed",
    })
}

/// Verifies access tokens. Cheap to clone; remembers good tokens until they expire, because a signature costs more
/// than everything else in a read.
#[derive(Clone)]
pub struct AccessVerifier {
    keys: Arc<Vec<(VerifyingKey, Validation)>>,
    verified: Cache<[u8; 32], (i64, Arc<Caller>)>,
}

impl AccessVerifier {
    /// A verifier that accepts tokens of any of these keys.
    #[must_use]
    pub fn new(keys: Vec<VerifyingKey>) -> Self {
        let keys = keys
            .into_iter()
            .map(|key| (key.clone(), validation(&key)))
            .collect();
        Self {
            keys: Arc::new(keys),
            verified: Cache::new(VERIFIED_TOKENS_KEPT),
        }
    }

    /// The bearer token of a request, if it has one.
    pub fn bearer(headers: &HeaderMap) -> Result<&str, AccessError> {
        let value = headers.get(AUTHORIZATION).ok_or(AccessError::Missing)?;
        let text = value.to_str().map_err(|_| AccessError::NotBearer)?;
        let (scheme, token) = text.split_once(' ').ok_or(AccessError::NotBearer)?;
        if scheme.eq_ignore_ascii_case("bearer") {
            Ok(token.trim())
        } else {
            Err(AccessError::NotBearer)
        }
    }

    /// Who the bearer of this token is, now.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Arc<Caller>, AccessError> {
        if token.len() > LONGEST_TOKEN {
            return Err(AccessError::Invalid {
                reason: "it is too long",
            });
        }
        let digest: [u8; 32] = Sha256::digest(token).into();
        if let Some((expires, caller)) = self.verified.get(&digest) {
            return if expires > now.as_second() {
                Ok(caller)
            } else {
                Err(AccessError::Expired)
            };
        }
        let claims = self.claims(token)?;
        if claims.exp <= now.as_second() {
            return Err(AccessError::Expired);
        }
        if claims.purpose != PURPOSE {
            return Err(AccessError::Invalid {
                reason: "it is for another purpose",
            });
        }
        if claims.iat.max(claims.nbf.unwrap_or(i64::MIN)) > now.as_second() + CLOCKS_DIFFER {
            return Err(AccessError::Invalid {
                reason: "it is not good yet",
            });
        }
        let caller = Arc::new(caller_of(&claims)?);
        self.verified.insert(digest, (claims.exp, caller.clone()));
        Ok(caller)
    }

    fn claims(&self, token: &str) -> Result<Claims, AccessError> {
        let named = jsonwebtoken::decode_header(token)
            .map_err(|error| AccessError::Invalid {
                reason: reason_of(error.kind()),
            })?
            .kid;
        let mut reason = "it is signed with a key that is not ours";
        for (key, validation) in self.keys.iter() {
            if key.kid() != named {
                continue;
            }
            match jsonwebtoken::decode::<Claims>(token, &key.key, validation) {
                Ok(data) => return Ok(data.claims),
                Err(error) => reason = reason_of(error.kind()),
            }
        }
        Err(AccessError::Invalid { reason })
    }
}

/// Expiry is compared with the `now` of the caller, not with the library's ambient clock.
fn validation(key: &VerifyingKey) -> Validation {
    let mut validation = Validation::new(key.algorithm);
    validation.set_audience(&[AUDIENCE]);
    validation.set_issuer(&[ISSUER]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation.validate_exp = false;
    validation
}

fn reason_of(kind: &jsonwebtoken::errors::ErrorKind) -> &'static str {
    use jsonwebtoken::errors::ErrorKind;
    match kind {
        ErrorKind::InvalidAudience => "it is for another audience",
        ErrorKind::InvalidIssuer => "it is from another issuer",
        ErrorKind::InvalidSignature => "its signature does not match",
        ErrorKind::InvalidAlgorithm | ErrorKind::InvalidAlgorithmName => {
            "it is signed with another algorithm"
        }
        ErrorKind::MissingRequiredClaim(_) => "a claim is missing",
        _ => "it is malformed",
    }
}

#[cfg(test)]
mod tests {
    use jsonwebtoken::Header;

    use super::*;
    use crate::keys::TokenKey;

    fn key(seed: u8) -> TokenKey {
        TokenKey::from_seed(&[seed; 32]).unwrap()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn claims() -> Claims {
        access_claims(
            "ana",
            Some(Role::Curator),
            "t1".into(),
            at(1000),
            ACCESS_LIFETIME,
        )
    }

    fn verify(claims: &Claims, now: i64) -> Result<Arc<Caller>, AccessError> {
        AccessVerifier::new(vec![key(1).verifying()])
            .verify(&mint(&key(1), claims).unwrap(), at(now))
    }

    #[test]
    fn a_good_token_names_its_bearer_until_it_expires() {
        let caller = verify(&claims(), 1000).unwrap();
        assert_eq!(caller.actor(), "curator:ana");
        assert!(caller.has_role(Role::Curator) && !caller.has_role(Role::Admin));
        assert_eq!(verify(&claims(), 1900), Err(AccessError::Expired));
    }

    #[test]
    fn a_remembered_token_still_expires() {
        let verifier = AccessVerifier::new(vec![key(1).verifying()]);
        let token = mint(&key(1), &claims()).unwrap();
        assert!(verifier.verify(&token, at(1001)).is_ok());
        assert_eq!(verifier.verify(&token, at(1900)), Err(AccessError::Expired));
    }

    #[test]
    fn a_token_of_another_purpose_audience_issuer_or_key_opens_nothing() {
        let wrong = |change: fn(&mut Claims)| {
            let mut claims = claims();
            change(&mut claims);
            verify(&claims, 1000).unwrap_err().to_string()
        };
        assert!(wrong(|claims| claims.purpose = "verify_email".into()).contains("another purpose"));
        assert!(wrong(|claims| claims.aud = "other".into()).contains("another audience"));
        assert!(wrong(|claims| claims.iss = "other".into()).contains("another issuer"));
        let verifier = AccessVerifier::new(vec![key(2).verifying()]);
        let error = verifier
            .verify(&mint(&key(1), &claims()).unwrap(), at(1000))
            .unwrap_err();
        assert!(error.to_string().contains("not ours"), "{error}");
    }

    #[test]
    fn a_token_that_names_our_key_but_was_signed_by_another_is_refused() {
        let mut header = Header::new(key(2).algorithm);
        header.kid = key(1).verifying().kid();
        let forged = jsonwebtoken::encode(&header, &claims(), &key(2).key).unwrap();
        let error = AccessVerifier::new(vec![key(1).verifying()])
            .verify(&forged, at(1000))
            .unwrap_err();
        assert!(error.to_string().contains("signature"), "{error}");
    }

    #[test]
    fn a_token_of_the_future_is_refused_and_a_clock_that_is_a_little_ahead_is_not() {
        assert!(verify(&claims(), 1000 - CLOCKS_DIFFER).is_ok());
        for change in [
            (|claims: &mut Claims| claims.iat = 5000) as fn(&mut Claims),
            |claims| claims.nbf = Some(5000),
        ] {
            let mut claims = claims();
            change(&mut claims);
            let error = verify(&claims, 1000).unwrap_err();
            assert!(error.to_string().contains("not good yet"), "{error}");
        }
    }

    #[test]
    fn an_oversized_token_is_refused_unread() {
        let verifier = AccessVerifier::new(vec![key(1).verifying()]);
        let error = verifier.verify(&"x".repeat(9000), at(1000)).unwrap_err();
        assert!(error.to_string().contains("too long"), "{error}");
    }

    #[test]
    fn a_token_of_a_session_names_account_session_and_library_and_no_role_on_the_platform() {
        let session = Session {
            id: Uuid::from_u128(2),
            account: Uuid::from_u128(1),
            since: 7,
        };
        let library = Membership {
            library_id: Uuid::from_u128(3),
            kind: LibraryKind::Family,
            role: MemberRole::Admin,
            kids_mode: false,
        };
        let claims = session_claims(session, Some((&library, 9)), "t1".into(), at(1000));
        let caller = verify(&claims, 1000).unwrap();
        assert_eq!(caller.session(), Some(session));
        assert!(!caller.has_role(Role::Curator));
        assert_eq!(
            caller.person().unwrap().member_of(library.library_id),
            Some(library)
        );
    }

    #[test]
    fn an_hs256_token_made_from_the_public_key_is_refused() {
        let public = key(1).verifying().jwk().unwrap().x;
        let forged = mint(&TokenKey::from_secret(&public).unwrap(), &claims()).unwrap();
        assert!(
            AccessVerifier::new(vec![key(1).verifying()])
                .verify(&forged, at(1000))
                .is_err()
        );
    }

    #[test]
    fn anything_else_in_the_header_is_not_a_bearer_token() {
        let mut headers = HeaderMap::new();
        assert_eq!(AccessVerifier::bearer(&headers), Err(AccessError::Missing));
        headers.insert(AUTHORIZATION, "Basic abc".parse().unwrap());
        assert_eq!(
            AccessVerifier::bearer(&headers),
            Err(AccessError::NotBearer)
        );
        headers.insert(AUTHORIZATION, "bearer abc".parse().unwrap());
        assert_eq!(AccessVerifier::bearer(&headers), Ok("abc"));
    }
}
