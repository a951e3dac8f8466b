//! When an ID token is believed: by which key, of which time, for whom, and with which access token.
//!
//! Never says what in a token was wrong beyond one fixed sentence: its content is personal.

use std::time::SystemTime;

use jiff::{SignedDuration, Timestamp};
use openidconnect::core::{
    CoreIdToken, CoreIdTokenClaims, CoreIdTokenVerifier, CoreJwsSigningAlgorithm, CoreTokenResponse,
};
use openidconnect::{
    AccessTokenHash, ClaimsVerificationError, IssuerUrl, OAuth2TokenResponse as _,
};

use crate::error::SignInError;
use crate::known::Metadata;
use crate::provider::Client;

/// How far a provider's clock may be ahead of ours.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(60);
/// The oldest ID token that is taken: an attempt lives ten minutes.
const OLDEST: SignedDuration = SignedDuration::from_mins(15);

const SIGNED_BY_KEY: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// As a public client's: then the library never takes the client secret for a key, whatever the provider lists.
pub(super) fn verifier(
    client: &Client,
    issuer: &IssuerUrl,
    metadata: &Metadata,
    now: Timestamp,
) -> CoreIdTokenVerifier<'static> {
    let keys = metadata.jwks().clone();
    let offered = metadata.id_token_signing_alg_values_supported();
    let allowed = SIGNED_BY_KEY
        .into_iter()
        .filter(|one| offered.contains(one));
    let clock = SystemTime::from(now);
    CoreIdTokenVerifier::new_public_client(client.id.clone(), issuer.clone(), keys)
        .set_allowed_algs(allowed)
        .set_time_fn(move || clock.into())
        .set_issue_time_verifier_fn(move |made| {
            let made = Timestamp::try_from(SystemTime::from(made))
                .map_err(|_| "issued at no time".to_owned())?;
            let age = now.duration_since(made);
            if age < -CLOCK_SKEW || age > OLDEST {
                return Err("issued too early or too late".into());
            }
            Ok(())
        })
}

/// The library leaves `azp` to us; several audiences it refuses itself.
pub(super) fn check_party(client: &Client, claims: &CoreIdTokenClaims) -> Result<(), SignInError> {
    if claims
        .authorized_party()
        .is_none_or(|party| party == &client.id)
    {
        return Ok(());
    }
    Err(SignInError::untrusted(
        &client.name,
        "the ID token was issued to somebody else",
    ))
}

/// `at_hash`, where it is sent: the access token is the one that came with this ID token.
pub(super) fn check_hash(
    client: &Client,
    claims: &CoreIdTokenClaims,
    id_token: &CoreIdToken,
    tokens: &CoreTokenResponse,
    verifier: &CoreIdTokenVerifier<'_>,
) -> Result<(), SignInError> {
    let Some(expected) = claims.access_token_hash() else {
        return Ok(());
    };
    let untrusted = |_| SignInError::untrusted(&client.name, "its access token has no hash");
    let algorithm = id_token.signing_alg().map_err(untrusted)?;
    let key = id_token.signing_key(verifier).map_err(untrusted)?;
    let found = AccessTokenHash::from_token(tokens.access_token(), algorithm, key)
        .map_err(|_| SignInError::untrusted(&client.name, "its access token has no hash"))?;
    if &found == expected {
        return Ok(());
    }
    Err(SignInError::untrusted(
        &client.name,
        "the access token is not the one of the ID token",
    ))
}

pub(super) fn reason_of(error: &ClaimsVerificationError) -> &'static str {
    match error {
        ClaimsVerificationError::Expired(_) => "the ID token is expired or not of this time",
        ClaimsVerificationError::InvalidAudience(_) => "the ID token is for somebody else",
        ClaimsVerificationError::InvalidIssuer(_) => "the ID token is from another issuer",
        ClaimsVerificationError::InvalidNonce(_) => "the ID token belongs to another attempt",
        ClaimsVerificationError::SignatureVerification(_) => "the ID token's signature is not good",
        _ => "the ID token is not acceptable",
    }
}
