//! What follows by itself: whoever does not come makes room for the next, and whoever leaves waits no longer.
//!
//! Never by somebody's request: a timer or what happened elsewhere is all there is.

use accession_testkit::eventually;
use serde_json::{Value, json};

use super::Lender;
use crate::premises::{Person, Premises};
use crate::system::SOON;

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_goes_to_the_next_when_nobody_comes_for_it_in_one_process() {
    if let Some(at) = Premises::embedded().await {
        one_after_the_other(&at).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_goes_to_the_next_when_nobody_comes_for_it_on_three_stores() {
    if let Some(at) = Premises::on_three_stores().await {
        one_after_the_other(&at).await;
    }
}

async fn one_after_the_other(at: &Premises) {
    let lender = Lender::furnished(at).await;
    let carl = at.joins(&lender.ada, &lender.library, "Carl Patron", "patron");
    let carl = carl.await;
    lender.who_does_not_come_makes_room(at, &carl).await;
    lender.who_leaves_waits_no_longer(at, &carl).await;
}

impl Lender {
    async fn queue_of(&self, at: &Premises, copy: &str) -> Vec<Value> {
        let path = format!("copies/{copy}/availability");
        let told = self.asks(at, &self.edgar, &path).await.ok();
        let queue = told["queue"].as_array().cloned().unwrap_or_default();
        queue.iter().map(|hold| hold["name"].clone()).collect()
    }

    /// Pia had Emma long ago; Paul and Carl wait. It came back when the desk was cut off, so long ago that Paul's days are over.
    async fn who_does_not_come_makes_room(&self, at: &Premises, carl: &Person) {
        let copy = &self.copies[0];
        self.noted(at, &[(25, "check_out", "PEM-1", Some(&self.pia))])
            .await;
        self.does(at, &self.paul, copy, "holds").await.ok();
        self.does(at, carl, copy, "holds").await.ok();
        let results = self.noted(at, &[(20, "check_in", "PEM-1", None)]).await;
        assert_eq!(results[0]["status"], "returned", "{results}");
        eventually(SOON, async || {
            let queue = self.queue_of(at, copy).await;
            (queue == ["Carl Patron"])
                .then_some(())
                .ok_or_else(|| format!("{queue:?}"))
        })
        .await;
        let path = format!("copies/{copy}/availability");
        let told = eventually(SOON, async || {
            let told = self.asks(at, carl, &path).await.ok();
            let kept = told["your_hold"]["kept_until"].is_string();
            kept.then_some(told)
        })
        .await;
        assert_eq!(told["status"], "kept");
        let mine = at.get("/api/read/me/holds", &self.paul.token).await;
        assert!(mine.items().is_empty(), "{mine:?}");
        let late = self.does(at, &self.paul, copy, "loan").await;
        late.refused(409, "kept_for_another");
        at.letter(&carl.email, "is kept for you", 1).await;
    }

    /// Carl is removed from the library: the copy is nobody's, and Paul borrows it.
    async fn who_leaves_waits_no_longer(&self, at: &Premises, carl: &Person) {
        let copy = &self.copies[0];
        let member = format!(
            "/api/v1/libraries/{}/members/{}",
            self.library, carl.account
        );
        at.delete(&member, &self.ada.token).await.ok();
        let path = format!("copies/{copy}/availability");
        eventually(SOON, async || {
            let told = self.asks(at, &self.paul, &path).await.ok();
            (told["status"] == json!("available")).then_some(())
        })
        .await;
        self.does(at, &self.paul, copy, "loan").await.ok();
    }
}
