//! Forged, stale and misdirected ID tokens.
//!
//! Never one that a good provider would send; the one that is good is there to show that the rest fails by its lie.

use accession_sign_in::{SignInError, Vouched};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use super::forging::{CLIENT_SECRET, Hostile, around, good_header, signed, signing_key, token};

fn is_untrusted(result: &Result<Vouched, SignInError>) -> bool {
    matches!(result, Err(SignInError::Untrusted { .. }))
}

fn with(mut value: Value, key: &str, new: Value) -> Value {
    value[key] = new;
    value
}

fn mac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

#[tokio::test]
async fn the_token_that_all_forgeries_here_begin_with_is_good() {
    let evil = Hostile::start().await;
    let good = signed(&good_header(), &evil.claims());
    let vouched = evil.vouch_by(&around(&good)).await.unwrap();
    assert_eq!(vouched.subject, "ana");
    assert_eq!(vouched.verified_email.as_deref(), Some("ana@example.org"));
}

#[tokio::test]
async fn a_token_that_is_unsigned_or_signed_otherwise_is_refused() {
    let evil = Hostile::start().await;
    let claims = evil.claims();
    let public = signing_key().verifying_key().to_bytes();
    let header = |alg: &str| json!({"alg": alg, "kid": "k1"});
    let other = ed25519_dalek::SigningKey::from_bytes(&[4; 32]);
    let good = signed(&good_header(), &claims);
    let parts: Vec<&str> = good.split('.').collect();
    let swapped = signed(&good_header(), &with(claims.clone(), "sub", json!("bob")));
    let payload = swapped.split('.').nth(1).unwrap();
    let forged = [
        (
            "no algorithm",
            token(&header("none"), &claims, |_| Vec::new()),
        ),
        (
            "no algorithm, with a signature",
            token(&header("none"), &claims, |text| mac(b"x", text)),
        ),
        (
            "the client secret",
            token(&header("HS256"), &claims, |text| {
                mac(CLIENT_SECRET.as_bytes(), text)
            }),
        ),
        (
            "the public key as a secret",
            token(&header("HS256"), &claims, |text| mac(&public, text)),
        ),
        (
            "an empty secret",
            token(&header("HS256"), &claims, |text| mac(b"", text)),
        ),
        (
            "another algorithm's name",
            signed(&header("RS256"), &claims),
        ),
        (
            "an algorithm nobody knows",
            signed(&header("XX999"), &claims),
        ),
        (
            "another key under the same id",
            token(&good_header(), &claims, |text| {
                use ed25519_dalek::Signer as _;
                other.sign(text).to_bytes().to_vec()
            }),
        ),
        (
            "a changed payload",
            format!("{}.{}.{}", parts[0], payload, parts[2]),
        ),
        ("a truncated signature", good[..good.len() - 4].to_owned()),
        ("no signature", format!("{}.{}.", parts[0], parts[1])),
        ("two parts", format!("{}.{}", parts[0], parts[1])),
        ("nothing", String::new()),
    ];
    for (lie, id_token) in forged {
        let result = evil.vouch_by(&around(&id_token)).await;
        assert!(is_untrusted(&result), "{lie}: {result:?}");
    }
}

#[tokio::test]
async fn a_header_that_asks_for_another_key_or_for_more_than_we_know_is_refused() {
    let evil = Hostile::start().await;
    let claims = evil.claims();
    for header in [
        json!({"alg": "EdDSA", "kid": "unknown"}),
        json!({"alg": "EdDSA", "kid": "../../etc/passwd"}),
        json!({"alg": "EdDSA", "kid": "k1' or '1'='1"}),
        json!({"alg": "EdDSA", "kid": "k1", "crit": ["exp"]}),
        json!({"alg": "EdDSA", "kid": "k1", "typ": "at+jwt"}),
        json!({"alg": "EdDSA", "kid": "k1", "cty": "JWT"}),
        json!({"alg": ["EdDSA"], "kid": "k1"}),
    ] {
        let result = evil.vouch_by(&around(&signed(&header, &claims))).await;
        assert!(is_untrusted(&result), "{header}: {result:?}");
    }
}

#[tokio::test]
async fn a_token_of_another_time_for_another_client_or_from_another_issuer_is_refused() {
    let evil = Hostile::start().await;
    let claims = evil.claims();
    let now = claims["iat"].as_i64().unwrap();
    for (key, value) in [
        ("exp", json!(now - 1)),
        ("exp", json!("tomorrow")),
        ("exp", Value::Null),
        ("iat", json!(now + 3600)),
        ("iat", json!(now - 86_400)),
        ("iss", json!("https://accounts.google.com")),
        ("iss", Value::Null),
        ("aud", json!("somebody else")),
        ("aud", json!(["us", "somebody else"])),
        ("aud", Value::Null),
        ("azp", json!("somebody else")),
        ("nonce", json!("another")),
        ("nonce", Value::Null),
        ("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA")),
        ("sub", json!("")),
        ("sub", json!("x".repeat(300))),
        ("sub", json!(7)),
        ("email_verified", json!("true")),
    ] {
        let spoiled = with(claims.clone(), key, value.clone());
        let result = evil
            .vouch_by(&around(&signed(&good_header(), &spoiled)))
            .await;
        assert!(is_untrusted(&result), "{key}={value}: {result:?}");
    }
}

#[tokio::test]
async fn an_address_that_the_provider_has_not_verified_is_not_told() {
    let evil = Hostile::start().await;
    for verified in [json!(false), Value::Null] {
        let claims = with(evil.claims(), "email_verified", verified);
        let vouched = evil
            .vouch_by(&around(&signed(&good_header(), &claims)))
            .await
            .unwrap();
        assert_eq!(vouched.verified_email, None);
    }
}

#[tokio::test]
async fn no_error_repeats_what_the_provider_wrote() {
    let evil = Hostile::start().await;
    let claims = with(evil.claims(), "iss", json!("https://canary.example"));
    let error = evil
        .vouch_by(&around(&signed(&good_header(), &claims)))
        .await
        .unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(
        !text.contains("canary") && !text.contains("ana@example.org"),
        "{text}"
    );
}
