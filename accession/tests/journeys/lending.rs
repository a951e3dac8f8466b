//! A library lends: who has what, when it is due, who waits, and what each of them is told; over HTTP and mail, in one process
//! and as roles on three stores.
//!
//! Never waits for a day to pass: a desk that was cut off says when it did what, and staff says until when something is lent.

mod asking;
mod by_itself;
mod calendars;
mod reminding;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::premises::{Person, Premises, Said};

/// Who has to do with the library.
struct Lender {
    ada: Person,
    edgar: Person,
    vera: Person,
    pia: Person,
    paul: Person,
    olga: Person,
    library: String,
    /// Two copies of Emma and one of Sanditon.
    copies: [String; 3],
    /// The title of the first two.
    emma: String,
}

#[expect(
    clippy::disallowed_methods,
    reason = "the server under test has a clock, and what is due is due by that"
)]
fn now() -> Timestamp {
    Timestamp::now()
}

fn ago(days: i64) -> String {
    let ago = SignedDuration::from_hours(24 * days);
    now().checked_sub(ago).unwrap().to_string()
}

impl Lender {
    async fn furnished(at: &Premises) -> Self {
        let ada = at.arrives("Ada Founder").await;
        let olga = at.arrives("Olga Outside").await;
        let library = at.library(&ada, "Lambton", "lending").await;
        at.library(&olga, "Rosings", "lending").await;
        let mut lender = Self {
            edgar: at.joins(&ada, &library, "Edgar Editing", "editor").await,
            vera: at.joins(&ada, &library, "Vera Viewing", "viewer").await,
            pia: at.joins(&ada, &library, "Pia Patron", "patron").await,
            paul: at.joins(&ada, &library, "Paul Patron", "patron").await,
            ada,
            olga,
            library,
            copies: Default::default(),
            emma: String::new(),
        };
        let first = lender.takes_in(at, "Emma", "PEM-1").await;
        let second = lender.takes_in(at, "Emma", "PEM-2").await;
        let third = lender.takes_in(at, "Sanditon", "PEM-3").await;
        let page = lender
            .asks(at, &lender.ada, &format!("copies/{first}"))
            .await;
        page.ok()["title"]["id"]
            .as_str()
            .unwrap()
            .clone_into(&mut lender.emma);
        lender.copies = [first, second, third];
        lender
    }

    async fn takes_in(&self, at: &Premises, title: &str, barcode: &str) -> String {
        let copy = json!({ "title": title, "authors": ["Jane Austen"], "duplicate": true,
            "details": { "barcode": barcode } });
        let said = self.tells(at, &self.ada, "copies", &copy).await;
        assert_eq!(said.status, 201, "{said:?}");
        said.json()["id"].as_str().unwrap().to_owned()
    }

    async fn tells(&self, at: &Premises, who: &Person, path: &str, body: &Value) -> Said {
        let path = format!("/api/v1/libraries/{}/{path}", self.library);
        at.post(&path, &who.token, body).await
    }

    /// Something that needs no more words: `loan`, `loan/return`, `holds`.
    async fn does(&self, at: &Premises, who: &Person, copy: &str, deed: &str) -> Said {
        let path = format!("/api/v1/libraries/{}/copies/{copy}/{deed}", self.library);
        at.send(reqwest::Method::POST, &path, &who.token, None)
            .await
    }

    async fn asks(&self, at: &Premises, who: &Person, path: &str) -> Said {
        let path = format!("/api/read/libraries/{}/{path}", self.library);
        at.get(&path, &who.token).await
    }

    /// What the desk noted so many days ago while it was cut off.
    async fn noted(&self, at: &Premises, lines: &[(i64, &str, &str, Option<&Person>)]) -> Value {
        let lines: Vec<Value> = lines
            .iter()
            .map(|(days, what, barcode, who)| {
                let mut line = json!({ "command_id": uuid::Uuid::now_v7(), "at": ago(*days), "what": what,
                    "barcode": barcode });
                if let Some(who) = who {
                    line["account"] = json!(who.account);
                }
                line
            })
            .collect();
        let body = json!({ "lines": lines });
        let said = self.tells(at, &self.edgar, "desk/offline", &body).await;
        said.ok()["results"].clone()
    }
}
