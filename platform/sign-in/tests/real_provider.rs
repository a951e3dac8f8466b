//! Signing in with a real provider process: what succeeds, and every way in which an attempt can be bent.
//!
//! Never fakes the provider: a test that has none says that it skips.
#![cfg(test)]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use accession_sign_in::{
    Answered, AttemptSecrets, Provider, ProviderSettings, Providers, Secret, SignInError,
    SignInSettings, Vouched, Web,
};
use accession_testkit::{
    Arrived, Browser, OidcPerson, OidcProvider, PrivateOidcProvider, eventually,
};
use jiff::Timestamp;
use openidconnect::url::Url;

struct Setting {
    process: PrivateOidcProvider,
    providers: Providers,
    web: Web,
}

impl Setting {
    async fn start(provider: OidcProvider) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client_id = provider.client_id.clone();
        let client_secret = provider.client_secret.clone();
        let process = PrivateOidcProvider::start_server(provider).await;
        let work = ProviderSettings {
            issuer: Some(process.url()),
            client_id: Some(client_id),
            client_secret: Some(Secret::new(client_secret)),
            ..ProviderSettings::default()
        };
        let settings = SignInSettings::from([("work".to_owned(), work)]);
        Self {
            process,
            providers: Providers::new(&settings, "https://books.example").unwrap(),
            web: Web::new().unwrap(),
        }
    }

    fn work(&self) -> &Provider {
        self.providers.named("work").unwrap()
    }

    async fn begin(&self, secrets: &AttemptSecrets) -> Result<String, SignInError> {
        self.work()
            .authorization_url(&self.web, secrets, clock())
            .await
    }

    /// What the browser of `login` brings back.
    async fn through(&self, secrets: &AttemptSecrets, login: &str) -> Answered {
        let url = self.begin(secrets).await.unwrap();
        let back = returned(Browser::new().sign_in(&url, login).await);
        assert_eq!(back.get("state"), Some(&secrets.state));
        answered(&back)
    }

    async fn vouch(
        &self,
        answered: &Answered,
        secrets: &AttemptSecrets,
    ) -> Result<Vouched, SignInError> {
        self.work()
            .vouch(&self.web, answered, secrets, clock())
            .await
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test is an edge: providers stamp their tokens with the real clock"
)]
fn clock() -> Timestamp {
    Timestamp::now()
}

fn people() -> BTreeMap<String, OidcPerson> {
    let person = |email: &str, email_verified| OidcPerson {
        email: email.into(),
        email_verified,
        name: "Ana Prova".into(),
    };
    BTreeMap::from([
        ("ana".into(), person("ana@example.org", true)),
        ("eve".into(), person("victim@example.org", false)),
    ])
}

fn known_people() -> OidcProvider {
    OidcProvider {
        people: people(),
        ..OidcProvider::default()
    }
}

fn secrets(seed: u8) -> AttemptSecrets {
    let mut bytes = [seed; accession_sign_in::ENTROPY];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = byte.wrapping_add(u8::try_from(at / 32).unwrap());
    }
    AttemptSecrets::from_entropy(&bytes)
}

fn returned(arrived: Arrived) -> BTreeMap<String, String> {
    match arrived {
        Arrived::Back(url) => {
            assert_eq!(url.path(), "/sign-in/work");
            url.query_pairs().into_owned().collect()
        }
        Arrived::Page(status, page) => panic!("the provider shows a page, {status}: {page}"),
    }
}

fn answered(back: &BTreeMap<String, String>) -> Answered {
    Answered {
        code: back.get("code").cloned().unwrap_or_default(),
        issuer: back.get("iss").cloned(),
    }
}

fn untrusted(result: Result<Vouched, SignInError>) -> &'static str {
    match result {
        Err(SignInError::Untrusted { reason, .. }) => reason,
        other => panic!("expected distrust, found {other:?}"),
    }
}

fn code_refused(result: &Result<Vouched, SignInError>) -> bool {
    matches!(result, Err(SignInError::CodeRefused { .. }))
}

#[tokio::test]
async fn a_person_is_vouched_for_with_the_address_that_userinfo_tells() {
    if !OidcProvider::installed() {
        return;
    }
    let setting = Setting::start(known_people()).await;
    let answered = setting.through(&secrets(1), "ana").await;
    let vouched = setting.vouch(&answered, &secrets(1)).await.unwrap();
    assert_eq!(vouched.subject, "ana");
    assert_eq!(vouched.verified_email.as_deref(), Some("ana@example.org"));
    assert_eq!(vouched.name.as_deref(), Some("Ana Prova"));
}

#[tokio::test]
async fn an_es256_token_with_the_address_inside_is_understood_and_an_unverified_address_left_out() {
    if !OidcProvider::installed() {
        return;
    }
    let provider = OidcProvider {
        algorithm: "ES256".into(),
        claims_in_id_token: true,
        ..known_people()
    };
    let setting = Setting::start(provider).await;
    let answered = setting.through(&secrets(1), "ana").await;
    let vouched = setting.vouch(&answered, &secrets(1)).await.unwrap();
    assert_eq!(vouched.verified_email.as_deref(), Some("ana@example.org"));
    let answered = setting.through(&secrets(2), "eve").await;
    let vouched = setting.vouch(&answered, &secrets(2)).await.unwrap();
    assert_eq!(
        (vouched.subject.as_str(), vouched.verified_email),
        ("eve", None)
    );
}

#[tokio::test]
async fn a_code_is_good_once_and_for_its_own_attempt_only() {
    if !OidcProvider::installed() {
        return;
    }
    let setting = Setting::start(known_people()).await;
    let first = setting.through(&secrets(1), "ana").await;
    // Injected: the code of one attempt with the verifier of another.
    assert!(code_refused(&setting.vouch(&first, &secrets(7)).await));
    let second = setting.through(&secrets(2), "ana").await;
    setting.vouch(&second, &secrets(2)).await.unwrap();
    assert!(code_refused(&setting.vouch(&second, &secrets(2)).await));
    let invented = Answered {
        code: "'; drop table accounts; --".into(),
        ..second
    };
    assert!(code_refused(&setting.vouch(&invented, &secrets(2)).await));
}

#[tokio::test]
async fn a_token_with_the_nonce_of_another_attempt_is_refused() {
    if !OidcProvider::installed() {
        return;
    }
    let setting = Setting::start(known_people()).await;
    let answered = setting.through(&secrets(1), "ana").await;
    let mixed = AttemptSecrets {
        nonce: secrets(2).nonce,
        ..secrets(1)
    };
    let reason = untrusted(setting.vouch(&answered, &mixed).await);
    assert!(reason.contains("another attempt"), "{reason}");
}

#[tokio::test]
async fn an_answer_of_another_issuer_or_of_none_is_refused_before_the_code_is_sent() {
    if !OidcProvider::installed() {
        return;
    }
    let setting = Setting::start(known_people()).await;
    let answered = setting.through(&secrets(1), "ana").await;
    for issuer in [Some("https://evil.example".to_owned()), None] {
        let mixed_up = Answered {
            issuer,
            ..answered.clone()
        };
        untrusted(setting.vouch(&mixed_up, &secrets(1)).await);
    }
    // The code was not spent on it.
    setting.vouch(&answered, &secrets(1)).await.unwrap();
}

#[tokio::test]
async fn an_authorization_request_whose_pkce_was_taken_out_or_weakened_gets_no_code() {
    if !OidcProvider::installed() {
        return;
    }
    let setting = Setting::start(known_people()).await;
    let url = Url::parse(&setting.begin(&secrets(1)).await.unwrap()).unwrap();
    let without = |dropped: &str| {
        let mut changed = url.clone();
        let kept = url.query_pairs().filter(|(key, _)| key != dropped);
        changed.query_pairs_mut().clear().extend_pairs(kept);
        changed
    };
    assert!(
        url.query_pairs()
            .any(|(key, value)| key == "code_challenge_method" && value == "S256")
    );
    for weakened in [without("code_challenge"), without("code_challenge_method")] {
        let back = returned(Browser::new().sign_in(weakened.as_str(), "ana").await);
        assert_eq!(
            back.get("error").map(String::as_str),
            Some("invalid_request")
        );
        assert!(!back.contains_key("code"));
    }
}

#[tokio::test]
async fn a_code_that_was_left_lying_is_refused() {
    if !OidcProvider::installed() {
        return;
    }
    let provider = OidcProvider {
        code_seconds: 1,
        ..known_people()
    };
    let setting = Setting::start(provider).await;
    let answered = setting.through(&secrets(1), "ana").await;
    let begun = Instant::now();
    eventually(Duration::from_secs(5), || async {
        begun.elapsed() > Duration::from_millis(2100)
    })
    .await;
    assert!(code_refused(&setting.vouch(&answered, &secrets(1)).await));
}

mod faults {
    use super::*;

    #[tokio::test]
    async fn a_provider_that_rotates_its_keys_is_understood_again_at_once() {
        if !OidcProvider::installed() {
            return;
        }
        let setting = Setting::start(known_people()).await;
        let answered = setting.through(&secrets(1), "ana").await;
        setting.vouch(&answered, &secrets(1)).await.unwrap();
        setting.process.restart().await;
        let answered = setting.through(&secrets(2), "ana").await;
        setting.vouch(&answered, &secrets(2)).await.unwrap();
    }

    #[tokio::test]
    async fn a_provider_that_is_down_is_away_and_comes_back_by_itself() {
        if !OidcProvider::installed() {
            return;
        }
        let setting = Setting::start(known_people()).await;
        setting.process.kill();
        let away = setting.begin(&secrets(1)).await;
        assert!(matches!(away, Err(SignInError::Away { .. })), "{away:?}");
        // Whoever comes right behind is told at once, without another attempt.
        let begun = Instant::now();
        assert!(setting.begin(&secrets(2)).await.is_err());
        assert!(begun.elapsed() < Duration::from_millis(500));
        setting.process.restart().await;
        eventually(Duration::from_secs(15), || async {
            setting.begin(&secrets(3)).await
        })
        .await;
    }

    #[tokio::test]
    async fn a_provider_that_hangs_is_given_up_within_bounds() {
        if !OidcProvider::installed() {
            return;
        }
        let setting = Setting::start(known_people()).await;
        let answered = setting.through(&secrets(1), "ana").await;
        setting.process.pause();
        let begun = Instant::now();
        let hung = setting.vouch(&answered, &secrets(1)).await;
        assert!(matches!(hung, Err(SignInError::Away { .. })), "{hung:?}");
        assert!(begun.elapsed() < accession_sign_in::PATIENCE + Duration::from_secs(5));
        setting.process.resume();
    }
}
