//! How bad tokens are made: by hand, part by part, with the server's own key where the lie is in the claims.
//!
//! Never by the code under test: it would refuse to make most of them.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::pkcs8::DecodePrivateKey as _;
use ed25519_dalek::{Signer as _, SigningKey};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// A text that stands in every token and must stand in no answer.
pub(super) const CANARY: &str = "canary-3f9e2b7c";

/// A bad token, as the header that carries it.
#[derive(Debug, Clone)]
pub(super) struct Lie {
    pub(super) name: String,
    pub(super) header: Vec<u8>,
    /// A part of it that no answer may repeat.
    pub(super) secret: String,
}

impl Lie {
    pub(super) fn bearer(name: &str, token: &str) -> Self {
        Self {
            name: name.to_owned(),
            header: format!("Bearer {token}").into_bytes(),
            secret: hidden(token),
        }
    }
}

/// The end of a text, where it tells something; else one that stands nowhere.
fn hidden(text: &str) -> String {
    let tail: String = text
        .chars()
        .rev()
        .take(24)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    if tail.chars().count() == 24 {
        tail
    } else {
        CANARY.to_owned()
    }
}

/// What is no token at all.
pub(super) fn no_tokens() -> Vec<Lie> {
    let raw: [(&str, &[u8]); 12] = [
        ("an empty header", b""),
        ("a scheme alone", b"Bearer"),
        ("a scheme and a blank", b"Bearer "),
        ("another scheme", b"Basic Y2FuYXJ5LTNmOWUyYjdjOng="),
        ("a scheme nobody knows", b"Canary canary-3f9e2b7c"),
        ("bytes that are no UTF-8", b"Bearer \xff\xfe\xfd"),
        ("dots", b"Bearer .."),
        ("many dots", b"Bearer ....................."),
        ("braces", b"Bearer {\"alg\":\"none\"}.{}."),
        (
            "two tokens",
            b"Bearer canary-3f9e2b7c, Bearer canary-3f9e2b7c",
        ),
        ("a percent-encoded text", b"Bearer %00%0d%0acanary-3f9e2b7c"),
        ("a statement", b"Bearer ' OR 1=1; DROP TABLE events; --"),
    ];
    let lies = raw.into_iter().map(|(name, header)| Lie {
        name: name.to_owned(),
        header: header.to_vec(),
        secret: CANARY.to_owned(),
    });
    lies.collect()
}

/// Makes tokens with the key of a server.
pub(super) struct Forger {
    key: SigningKey,
    kid: String,
    now: i64,
}

impl Forger {
    pub(super) fn with_the_key_of(data: &Path) -> Self {
        let pem = std::fs::read_to_string(data.join("keys/token.pem")).unwrap();
        let key = SigningKey::from_pkcs8_pem(&pem).unwrap();
        let digest = hex::encode(Sha256::digest(key.verifying_key().to_bytes()));
        Self {
            key,
            kid: digest.chars().take(32).collect(),
            now: now(),
        }
    }

    /// A token that an operator could have minted: good for an administrator's routes.
    pub(super) fn good(&self) -> String {
        self.signed(&self.claims())
    }

    /// Every lie.
    pub(super) fn lies(&self) -> Vec<Lie> {
        let mut lies = no_tokens();
        lies.extend(self.algorithms());
        lies.extend(self.keys());
        lies.extend(self.times_and_addressees());
        lies.extend(self.purposes());
        lies.extend(self.sessions());
        lies.extend(self.shapes());
        lies
    }

    /// Tokens of a session that is nobody's, in a library that is not the bearer's.
    pub(super) fn of_a_foreign_library(&self, library: &str) -> Vec<Lie> {
        let roles = ["admin", "editor", "viewer", "child", "patron"];
        let minted = roles.into_iter().map(|role| {
            let claims = with(
                with(self.claims(), "role", json!(role)),
                "library_id",
                json!(library),
            );
            let claims = in_a_session(claims);
            Lie::bearer(
                &format!("{role} of a foreign library"),
                &self.signed(&claims),
            )
        });
        minted.collect()
    }

    fn claims(&self) -> Value {
        json!({
            "iss": "accession", "aud": "accession", "purpose": "access", "role": "admin",
            "sub": CANARY, "jti": CANARY, "iat": self.now, "exp": self.now + 600,
        })
    }

    fn header(&self) -> Value {
        json!({"alg": "EdDSA", "typ": "JWT", "kid": self.kid})
    }

    fn signed(&self, claims: &Value) -> String {
        self.under(&self.header(), claims)
    }

    fn under(&self, header: &Value, claims: &Value) -> String {
        token(header, &claims.to_string(), |text| {
            self.key.sign(text).to_bytes().to_vec()
        })
    }

    fn algorithms(&self) -> Vec<Lie> {
        let claims = self.claims().to_string();
        let public = self.key.verifying_key().to_bytes();
        let x = URL_SAFE_NO_PAD.encode(public);
        let header = |alg: &str| json!({"alg": alg, "typ": "JWT", "kid": self.kid});
        let mut lies = Vec::new();
        for alg in ["none", "None", "NONE", "nOnE", ""] {
            let bare = token(&header(alg), &claims, |_| Vec::new());
            lies.push(Lie::bearer(
                &format!("algorithm `{alg}` without a signature"),
                &bare,
            ));
        }
        let secrets: [(&str, &[u8]); 4] = [
            ("the public key", &public),
            ("the public key as text", x.as_bytes()),
            ("the key id", self.kid.as_bytes()),
            ("nothing", b""),
        ];
        for (name, secret) in secrets {
            let forged = token(&header("HS256"), &claims, |text| mac(secret, text));
            lies.push(Lie::bearer(&format!("HS256 under {name}"), &forged));
        }
        for alg in ["RS256", "PS256", "ES256", "HS512", "EdDSA ", "eddsa", "XX"] {
            let forged = self.under(&header(alg), &self.claims());
            lies.push(Lie::bearer(
                &format!("algorithm `{alg}` over a good signature"),
                &forged,
            ));
        }
        lies
    }

    fn keys(&self) -> Vec<Lie> {
        let claims = self.claims();
        let own = SigningKey::from_bytes(&[5; 32]);
        let x = URL_SAFE_NO_PAD.encode(own.verifying_key().to_bytes());
        let ids = [
            json!("unknown"),
            json!(""),
            json!("../../../../etc/passwd"),
            json!("/dev/null"),
            json!("' OR '1'='1'; DROP TABLE events; --"),
            json!("http://127.0.0.1:1/keys.json"),
            json!("k".repeat(2000)),
            json!(7),
            json!(["a"]),
        ];
        let mut lies: Vec<Lie> = ids
            .into_iter()
            .map(|kid| {
                let shown: String = kid.to_string().chars().take(40).collect();
                let forged = self.under(&with(self.header(), "kid", kid), &claims);
                Lie::bearer(&format!("the key id {shown}"), &forged)
            })
            .collect();
        let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": x});
        for (name, header) in [
            ("a foreign key under our id", self.header()),
            (
                "a foreign key that the header brings",
                with(self.header(), "jwk", jwk),
            ),
            (
                "a foreign key at an address",
                with(self.header(), "jku", json!("https://evil.example/keys")),
            ),
        ] {
            let forged = token(&header, &claims.to_string(), |text| {
                own.sign(text).to_bytes().to_vec()
            });
            lies.push(Lie::bearer(name, &forged));
        }
        lies
    }

    fn times_and_addressees(&self) -> Vec<Lie> {
        let now = self.now;
        let changed = [
            ("exp", json!(now - 1)),
            ("exp", json!(0)),
            ("exp", json!(-1)),
            ("exp", json!("never")),
            ("exp", Value::Null),
            ("nbf", json!(now + 3600)),
            ("iat", json!(now + 3600)),
            ("iat", json!("now")),
            ("aud", json!("other")),
            ("aud", json!("")),
            ("aud", Value::Null),
            ("iss", json!("https://accounts.google.com")),
            ("iss", Value::Null),
            ("sub", Value::Null),
            ("sub", json!(7)),
            ("jti", Value::Null),
        ];
        self.changed(&changed)
    }

    fn purposes(&self) -> Vec<Lie> {
        let purposes = [
            "refresh",
            "csrf",
            "challenge",
            "verify_email",
            "reset_password",
            "change_email",
            "invitation",
            "service",
            "sign_in_state",
            "consent",
            "ACCESS",
            " access",
            "",
        ];
        let changed: Vec<(&str, Value)> = purposes
            .into_iter()
            .map(|purpose| ("purpose", json!(purpose)))
            .collect();
        let mut lies = self.changed(&changed);
        let secret = "Y2FuYXJ5LTNmOWUyYjdjLWNhbmFyeS0zZjllMmI3Yw";
        for prefix in ["acr_", "acc_", "aci_", "acs_", ""] {
            lies.push(Lie::bearer(
                &format!("a secret that begins with `{prefix}`"),
                &format!("{prefix}{secret}"),
            ));
        }
        lies
    }

    fn sessions(&self) -> Vec<Lie> {
        let session = in_a_session(self.claims());
        let lies = [
            ("a session that never began", session.clone()),
            (
                "a session whose account is no id",
                with(session.clone(), "sub", json!(CANARY)),
            ),
            (
                "a session that is no id",
                with(session.clone(), "sid", json!(CANARY)),
            ),
            (
                "a session that is a path",
                with(session.clone(), "sid", json!("../../etc/passwd")),
            ),
            (
                "a session that began nowhere",
                with(session.clone(), "pos", Value::Null),
            ),
            (
                "a session that began before the log",
                with(session.clone(), "pos", json!(-1)),
            ),
            (
                "a library that is no id",
                with(session, "library_id", json!("' OR 1=1")),
            ),
        ];
        lies.into_iter()
            .map(|(name, claims)| Lie::bearer(name, &self.signed(&claims)))
            .collect()
    }

    fn shapes(&self) -> Vec<Lie> {
        let good = self.good();
        let (front, signature) = good.rsplit_once('.').unwrap();
        let (header, payload) = front.split_once('.').unwrap();
        let raised = self.signed(&with(self.claims(), "jti", json!("other")));
        let other = raised.split('.').nth(1).unwrap();
        let twice = |text: &str| {
            let claims = self.claims().to_string();
            let doubled = claims.replacen('{', &format!("{{{text},"), 1);
            token(&self.header(), &doubled, |text| {
                self.key.sign(text).to_bytes().to_vec()
            })
        };
        let broken = |payload: &[u8]| {
            let front = format!("{header}.{}", URL_SAFE_NO_PAD.encode(payload));
            let signature = URL_SAFE_NO_PAD.encode(self.key.sign(front.as_bytes()).to_bytes());
            format!("{front}.{signature}")
        };
        let long = with(self.claims(), "sub", json!("x".repeat(16 * 1024)));
        let mut lies = vec![
            ("another payload", format!("{header}.{other}.{signature}")),
            ("no signature", format!("{front}.")),
            ("two parts", front.to_owned()),
            ("four parts", format!("{good}.{signature}")),
            (
                "parts in another order",
                format!("{payload}.{header}.{signature}"),
            ),
            ("padding", format!("{good}==")),
            ("16 KiB", self.signed(&long)),
            ("16 KiB of nothing", "x".repeat(16 * 1024)),
            ("its role twice", twice(r#""role":"curator""#)),
            ("its purpose twice", twice(r#""purpose":"csrf""#)),
            ("its end twice", twice(r#""exp":1"#)),
            (
                "claims that are no UTF-8",
                broken(b"{\"sub\":\"\xff\xfe\"}"),
            ),
            ("claims that are no JSON", broken(b"canary-3f9e2b7c")),
            ("claims that are a list", broken(b"[]")),
            ("claims without an end", broken(b"{\"sub\":")),
            (
                "claims as deep as they are long",
                broken("[".repeat(2000).as_bytes()),
            ),
        ];
        for length in [
            1,
            header.len(),
            header.len() + 1,
            front.len() - 1,
            good.len() - 10,
            good.len() - 1,
        ] {
            lies.push(("a truncated token", good.chars().take(length).collect()));
        }
        lies.into_iter()
            .map(|(name, token)| Lie::bearer(name, &token))
            .collect()
    }

    fn changed(&self, changes: &[(&str, Value)]) -> Vec<Lie> {
        let lies = changes.iter().map(|(key, value)| {
            let claims = match value {
                Value::Null => without(self.claims(), key),
                value => with(self.claims(), key, value.clone()),
            };
            Lie::bearer(&format!("{key} = {value}"), &self.signed(&claims))
        });
        lies.collect()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the server under test has a clock, and its tokens are good by that"
)]
fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

/// Claims as those of somebody who signed in have.
fn in_a_session(claims: Value) -> Value {
    let claims = with(claims, "sub", json!("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e51"));
    let claims = with(claims, "sid", json!("0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e52"));
    with(claims, "pos", json!(0))
}

fn with(mut value: Value, key: &str, new: Value) -> Value {
    value[key] = new;
    value
}

fn without(mut value: Value, key: &str) -> Value {
    value.as_object_mut().unwrap().remove(key);
    value
}

fn token(header: &Value, claims: &str, sign: impl Fn(&[u8]) -> Vec<u8>) -> String {
    let front = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header.to_string()),
        URL_SAFE_NO_PAD.encode(claims)
    );
    let signature = sign(front.as_bytes());
    format!("{front}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn mac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}
