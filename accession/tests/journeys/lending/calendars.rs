//! A calendar program fetches somebody's due dates by a link, without a session, until the link is revoked or its owner is gone.
//!
//! Never opens the link's secret anything else, nor any other secret the calendar.

use accession_testkit::eventually;
use reqwest::Method;
use serde_json::{Value, json};

use super::Lender;
use crate::premises::{PASSWORD, Person, Premises, Said};
use crate::system::SOON;

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_program_fetches_due_dates_by_a_link_in_one_process() {
    if let Some(at) = Premises::embedded().await {
        a_calendar_by_a_link(&at).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_program_fetches_due_dates_by_a_link_on_three_stores() {
    if let Some(at) = Premises::on_three_stores().await {
        a_calendar_by_a_link(&at).await;
    }
}

const LINKS: &str = "/api/v1/users/me/calendar-links";

async fn a_calendar_by_a_link(at: &Premises) {
    let lender = Lender::furnished(at).await;
    let lent = lender
        .does(at, &lender.pia, &lender.copies[0], "loan")
        .await;
    let (id, address) = lender.fetches_by_a_link(at, &lent.ok()).await;
    lender.no_other_secret_opens_it(at, &address).await;
    lender.nobody_has_more_than_ten(at).await;
    lender.a_revoked_link_opens_nothing(at, &id, &address).await;
    lender.whoever_is_gone_has_no_calendar(at).await;
}

async fn makes(at: &Premises, who: &Person) -> Said {
    at.send(Method::POST, LINKS, &who.token, None).await
}

fn made(said: &Said) -> (String, String) {
    assert_eq!(said.status, 201, "{said:?}");
    let text = |field: &str| said.json()[field].as_str().unwrap().to_owned();
    (text("id"), text("address"))
}

impl Lender {
    async fn fetches_by_a_link(&self, at: &Premises, lent: &Value) -> (String, String) {
        let (id, address) = made(&makes(at, &self.pia).await);
        let said = at.get(&address, "").await;
        assert_eq!(said.header("content-type"), "text/calendar; charset=utf-8");
        assert!(said.text.contains("SUMMARY:Emma\r\n"), "{said:?}");
        assert!(said.text.contains("LOCATION:Lambton\r\n"), "{said:?}");
        let loan = lent["id"].as_str().unwrap();
        assert!(said.text.contains(&format!("UID:{loan}@accession")));
        assert!(!said.text.contains("Pia"), "{said:?}");
        let again = [("if-none-match", said.header("etag"))];
        assert_eq!(at.ask(&address, "", &again).await.status, 304);
        let own = at.get("/api/read/me/loans/calendar", &self.pia.token).await;
        assert_eq!(own.text, said.text);
        // A list shows that there is a link, and not its secret.
        let listed = at.request(Method::GET, LINKS, &self.pia.token);
        let listed = Said::to(listed).await;
        assert_eq!(listed.each("id"), [json!(id)]);
        assert!(!listed.text.contains("acl_"), "{listed:?}");
        let secret = address.split_once("token=").unwrap().1.to_owned();
        assert!(!at.printed().contains(&secret), "a log line has the secret");
        (id, address)
    }

    async fn no_other_secret_opens_it(&self, at: &Premises, address: &str) {
        let secret = address.split_once("token=").unwrap().1;
        let path = |secret: &str| format!("/api/read/calendars/loans?token={secret}");
        let mut other = secret.to_owned();
        other.replace_range(8..12, "AAAA");
        for wrong in ["", "acl_", &other, &self.pia.token, &self.pia.refresh] {
            at.get(&path(wrong), "").await.refused(404, "not_found");
        }
        let refused = at.get("/api/read/me/loans", secret).await;
        assert_eq!(refused.status, 401, "{refused:?}");
        let command = at.send(Method::POST, LINKS, secret, None).await;
        assert_eq!(command.status, 401, "{command:?}");
        let refresh = json!({ "refresh_token": secret });
        let refresh = at.post("/api/v1/auth/refresh", "", &refresh).await;
        assert_eq!(refresh.status, 401, "{refresh:?}");
    }

    async fn nobody_has_more_than_ten(&self, at: &Premises) {
        for _ in 1..10 {
            made(&makes(at, &self.pia).await);
        }
        makes(at, &self.pia)
            .await
            .refused(409, "too_many_calendar_links");
    }

    async fn a_revoked_link_opens_nothing(&self, at: &Premises, id: &str, address: &str) {
        let path = format!("{LINKS}/{id}");
        let others = at.delete(&path, &self.paul.token).await;
        others.refused(404, "not_found");
        assert_eq!(at.delete(&path, &self.pia.token).await.status, 204);
        at.delete(&path, &self.pia.token)
            .await
            .refused(404, "not_found");
        at.get(address, "").await.refused(404, "not_found");
        made(&makes(at, &self.pia).await);
    }

    async fn whoever_is_gone_has_no_calendar(&self, at: &Premises) {
        let (_, address) = made(&makes(at, &self.paul).await);
        assert_eq!(at.get(&address, "").await.status, 200);
        let account = json!({ "current_password": PASSWORD });
        let path = "/api/v1/users/me";
        let gone = at.send(Method::DELETE, path, &self.paul.token, Some(&account));
        assert!(gone.await.status < 300);
        eventually(SOON, async || {
            let said = at.get(&address, "").await;
            (said.status == 404).then_some(()).ok_or(said.text)
        })
        .await;
    }
}
