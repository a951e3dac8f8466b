//! What is told of loans and holds, to whom.
//!
//! Never is a borrower told who else borrows or waits.

use serde_json::{Value, json};

use super::Lender;
use crate::premises::Premises;

#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_told_of_loans_what_is_theirs_to_know_in_one_process() {
    if let Some(at) = Premises::embedded().await {
        everything_that_is_told(&at).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_told_of_loans_what_is_theirs_to_know_on_three_stores() {
    if let Some(at) = Premises::on_three_stores().await {
        everything_that_is_told(&at).await;
    }
}

async fn everything_that_is_told(at: &Premises) {
    let lender = Lender::furnished(at).await;
    lender.what_was_never_lent_is_to_be_had(at).await;
    lender.terms_are_the_usual_until_they_are_set(at).await;
    let loan = lender.one_has_it_and_one_waits(at).await;
    lender.each_sees_what_is_theirs(at).await;
    lender.a_title_tells_of_all_its_copies(at).await;
    lender.loans_are_the_staffs_to_see(at, &loan).await;
    lender.what_is_overdue_is_listed_and_counted(at).await;
    lender.people_outside_are_a_list_for_the_staff(at).await;
    lender.due_dates_are_a_calendar(at).await;
    lender.what_is_given_up_is_not_to_be_had(at).await;
    lender.for_a_stranger_there_is_nothing(at, &loan).await;
}

impl Lender {
    async fn what_was_never_lent_is_to_be_had(&self, at: &Premises) {
        let path = format!("copies/{}/availability", self.copies[0]);
        for who in [&self.pia, &self.edgar] {
            let told = self.asks(at, who, &path).await.ok();
            assert_eq!(
                (&told["status"], &told["waiting"], &told["version"]),
                (&json!("available"), &json!(0), &json!(0))
            );
        }
        let path = format!("titles/{}/availability", self.emma);
        let told = self.asks(at, &self.pia, &path).await.ok();
        assert_eq!(
            (&told["copies"], &told["available"], &told["more"]),
            (&json!(2), &json!(2), &json!(false))
        );
    }

    async fn terms_are_the_usual_until_they_are_set(&self, at: &Premises) {
        let told = self.asks(at, &self.pia, "loan-policy").await.ok();
        assert_eq!(
            (&told["set_at"], &told["period_days"]),
            (&Value::Null, &json!(14)),
            "{told}"
        );
        let path = format!("/api/v1/libraries/{}/loan-policy", self.library);
        let set = json!({ "period_days": 14, "loans_per_patron": 4 });
        let put = reqwest::Method::PUT;
        at.send(put, &path, &self.ada.token, Some(&set)).await.ok();
        let told = self.asks(at, &self.pia, "loan-policy").await.ok();
        assert_eq!(told["loans_per_patron"], 4);
        assert!(told["set_at"].is_string());
    }

    /// Pia borrows Emma, Paul waits for it; the loan's id.
    async fn one_has_it_and_one_waits(&self, at: &Premises) -> String {
        let lent = self.does(at, &self.pia, &self.copies[0], "loan").await.ok();
        let refused = self.does(at, &self.paul, &self.copies[0], "loan").await;
        refused.refused(409, "on_loan");
        assert_eq!(refused.json()["due_at"], lent["due_at"]);
        assert!(!refused.text.contains("Pia"), "{refused:?}");
        self.does(at, &self.paul, &self.copies[0], "holds")
            .await
            .ok();
        lent["id"].as_str().unwrap().to_owned()
    }

    async fn each_sees_what_is_theirs(&self, at: &Premises) {
        let path = format!("copies/{}/availability", self.copies[0]);
        let pias = self.asks(at, &self.pia, &path).await;
        let told = pias.ok();
        assert_eq!(
            (&told["status"], &told["yours"], &told["waiting"]),
            (&json!("on_loan"), &json!(true), &json!(1))
        );
        assert!(told["loan_id"].is_string());
        let pauls = self.asks(at, &self.paul, &path).await;
        let told = pauls.ok();
        assert_eq!(told["your_hold"]["position"], 1);
        assert_eq!((&told["yours"], told.get("loan_id")), (&json!(false), None));
        // In a lending library a viewer is no staff.
        for said in [pias, pauls, self.asks(at, &self.vera, &path).await] {
            assert_eq!(said.ok().get("queue"), None, "{said:?}");
            assert!(!said.text.contains("Patron"), "{said:?}");
        }
        let staffs = self.asks(at, &self.edgar, &path).await.ok();
        assert_eq!(staffs["borrower"]["name"], "Pia Patron");
        assert_eq!(staffs["queue"][0]["name"], "Paul Patron");
        let hold = at.get("/api/read/me/holds", &self.paul.token).await;
        assert_eq!(hold.each("position"), [1]);
        assert_eq!(hold.items()[0]["title"]["name"], "Emma");
        let loans = at.get("/api/read/me/loans", &self.pia.token).await;
        assert_eq!(loans.each("copy_id"), [json!(self.copies[0])]);
        let none = at.get("/api/read/me/loans", &self.paul.token).await;
        assert!(none.items().is_empty());
    }

    async fn a_title_tells_of_all_its_copies(&self, at: &Premises) {
        let path = format!("titles/{}/availability", self.emma);
        let told = self.asks(at, &self.paul, &path).await;
        let view = told.ok();
        assert_eq!(
            (&view["available"], &view["waiting"]),
            (&json!(1), &json!(1))
        );
        assert!(view["next_due_at"].is_string());
        let items = view["items"].as_array().unwrap();
        let copies: Vec<&Value> = items.iter().map(|item| &item["copy_id"]).collect();
        assert_eq!(copies, [&self.copies[1], &self.copies[0]]);
        assert_eq!(items[0]["barcode"], "PEM-2");
        assert_eq!(items[1]["your_hold"]["position"], 1);
        assert!(!told.text.contains("Pia"), "{told:?}");
        let staffs = self.asks(at, &self.edgar, &path).await.ok();
        assert_eq!(staffs["items"][1]["borrower"]["name"], "Pia Patron");
        let nothing = format!("titles/{}/availability", self.library);
        for path in [&nothing, "titles/emma/availability"] {
            self.asks(at, &self.pia, path)
                .await
                .refused(404, "not_found");
        }
    }

    async fn loans_are_the_staffs_to_see(&self, at: &Premises, loan: &str) {
        for (state, expected) in [("active", 1), ("overdue", 0), ("all", 1)] {
            let path = format!("loans?state={state}");
            let said = self.asks(at, &self.edgar, &path).await;
            assert_eq!(said.items().len(), expected, "{state}: {said:?}");
        }
        let active = self.asks(at, &self.edgar, "loans").await.items();
        assert_eq!(active[0]["borrower_name"], "Pia Patron");
        assert_eq!(active[0]["title"]["name"], "Emma");
        let wrong = self.asks(at, &self.edgar, "loans?state=lost").await;
        wrong.refused(400, "malformed_request");
        for who in [&self.vera, &self.pia] {
            self.asks(at, who, "loans").await.refused(403, "forbidden");
        }
        let path = format!("loans/{loan}");
        assert_eq!(self.asks(at, &self.pia, &path).await.ok()["state"], "open");
        let others = self.asks(at, &self.paul, &path).await;
        others.refused(404, "not_found");
    }

    async fn what_is_overdue_is_listed_and_counted(&self, at: &Premises) {
        let results = self
            .noted(at, &[(20, "check_out", "PEM-2", Some(&self.paul))])
            .await;
        assert_eq!(results[0]["status"], "lent", "{results}");
        let overdue = self.asks(at, &self.ada, "loans?state=overdue").await;
        assert_eq!(overdue.each("copy_id"), [json!(self.copies[1])]);
        assert_eq!(overdue.each("overdue"), [true]);
        let own = at.get("/api/read/me/loans?state=overdue", &self.paul.token);
        assert_eq!(own.await.items().len(), 1);
        // What is due soonest comes first.
        let active = self.asks(at, &self.ada, "loans?state=active").await;
        assert_eq!(
            active.each("copy_id"),
            [json!(self.copies[1]), json!(self.copies[0])]
        );
        let figures = self.asks(at, &self.pia, "statistics").await.ok();
        assert_eq!(
            (&figures["lent"], &figures["overdue"], &figures["copies"]),
            (&json!(2), &json!(1), &json!(3))
        );
    }

    async fn people_outside_are_a_list_for_the_staff(&self, at: &Premises) {
        let body = json!({ "barcode": "PEM-3", "name": "Aunt Philips" });
        let lent = self.tells(at, &self.edgar, "loans", &body).await.ok();
        let listed = self.asks(at, &self.edgar, "borrowers").await;
        assert_eq!(listed.each("name"), ["Aunt Philips"]);
        assert_eq!(listed.each("id"), [lent["patron_id"].clone()]);
        let kept_back = self.asks(at, &self.vera, "borrowers").await;
        kept_back.refused(403, "forbidden");
        let active = self.asks(at, &self.ada, "loans").await;
        assert!(active.text.contains("Aunt Philips"), "{active:?}");
    }

    async fn due_dates_are_a_calendar(&self, at: &Premises) {
        let path = "/api/read/me/loans/calendar";
        let said = at.get(path, &self.pia.token).await;
        assert_eq!(said.header("content-type"), "text/calendar; charset=utf-8");
        assert_eq!(said.text.matches("BEGIN:VEVENT").count(), 1, "{said:?}");
        assert!(said.text.contains("SUMMARY:Emma\r\n"), "{said:?}");
        let again = [("if-none-match", said.header("etag"))];
        assert_eq!(at.ask(path, &self.pia.token, &again).await.status, 304);
    }

    async fn what_is_given_up_is_not_to_be_had(&self, at: &Premises) {
        let [first, second, _] = &self.copies;
        let state = json!({ "state": "withdrawn" });
        let path = format!("copies/{second}/state");
        let out = self.tells(at, &self.ada, &path, &state).await;
        out.refused(409, "copy_on_loan");
        self.does(at, &self.edgar, second, "loan/return").await.ok();
        self.tells(at, &self.ada, &path, &state).await.ok();
        let told = format!("copies/{second}/availability");
        let told = self.asks(at, &self.pia, &told).await.ok();
        assert_eq!(told["status"], "not_for_lending");
        let refused = self.does(at, &self.paul, second, "loan").await;
        refused.refused(409, "copy_not_for_lending");
        let back = self.does(at, &self.edgar, first, "loan/return").await.ok();
        let told = format!("copies/{first}/availability");
        let told = self.asks(at, &self.paul, &told).await.ok();
        assert_eq!(
            (&told["status"], &told["your_hold"]["kept_until"]),
            (&json!("kept"), &back["kept_until"])
        );
    }

    async fn for_a_stranger_there_is_nothing(&self, at: &Premises, loan: &str) {
        let copy = &self.copies[0];
        for path in [
            format!("copies/{copy}/availability"),
            format!("titles/{}/availability", self.emma),
            format!("copies/{copy}/as-of?at=2026-03-01"),
            format!("loans/{loan}"),
            "loans".to_owned(),
            "borrowers".to_owned(),
            "loan-policy".to_owned(),
        ] {
            let said = self.asks(at, &self.olga, &path).await;
            said.refused(404, "not_found");
        }
    }
}
