//! A reminder comes once, to who has the copy, however many processes there are and however often they start; never for what
//! was given back.
//!
//! The staff lends until twelve hours and a moment from now: the reminder of the last day is due at noon before its end.

use accession_testkit::eventually;
use jiff::SignedDuration;
use serde_json::json;

use super::{Lender, now};
use crate::premises::Premises;
use crate::system::SOON;

/// The words of the reminder of the last day.
const TODAY: &str = "is due today";

#[tokio::test(flavor = "multi_thread")]
async fn a_reminder_comes_once_and_never_for_what_was_given_back_in_one_process() {
    if let Some(mut at) = Premises::embedded().await {
        let lender = Lender::furnished(&at).await;
        lender.reminds(&at).await;
        at.restarts_without("read-store").await;
        lender.reminds_after_a_restart(&at).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reminder_comes_once_and_never_for_what_was_given_back_with_two_writers() {
    if let Some(at) = Premises::on_three_stores().await {
        let lender = Lender::furnished(&at).await;
        let other = at.another_writer().await;
        lender.reminds(&at).await;
        drop(other);
    }
}

impl Lender {
    async fn reminds(&self, at: &Premises) {
        // The first is given back before its hour, the second is not, the third is there to know when the others' hour was.
        self.lends_for_moments(at, "PEM-1", &self.pia.account, 12)
            .await;
        self.lends_for_moments(at, "PEM-2", &self.paul.account, 6)
            .await;
        self.lends_for_moments(at, "PEM-3", &self.vera.account, 13)
            .await;
        let [first, ..] = &self.copies;
        self.does(at, &self.edgar, first, "loan/return").await.ok();
        at.letter(&self.vera.email, TODAY, 1).await;
        at.letter(&self.paul.email, TODAY, 1).await;
        assert_eq!(self.reminders(at), [0, 1, 1]);
    }

    /// What was told before the restart is not told again. The server started again has no mail server: it notes what would
    /// have been sent.
    async fn reminds_after_a_restart(&self, at: &Premises) {
        // Whoever asks is answered once the server has everything again.
        self.asks(at, &self.edgar, "loans").await.ok();
        self.lends_for_moments(at, "PEM-1", &self.vera.account, 10)
            .await;
        let noted = || at.printed().matches("\"loan_due_today\"").count();
        eventually(SOON, async || noted() > 0).await;
        assert_eq!((noted(), self.reminders(at)), (1, [0, 1, 1]));
    }

    /// How many reminders Pia, Paul and Vera have got.
    fn reminders(&self, at: &Premises) -> [usize; 3] {
        [&self.pia, &self.paul, &self.vera].map(|who| {
            let letters = at.letters_to(&who.email);
            let reminders = letters.iter().filter(|letter| letter.text.contains(TODAY));
            reminders.count()
        })
    }

    /// Until twelve hours and so many seconds from now.
    async fn lends_for_moments(&self, at: &Premises, barcode: &str, account: &str, seconds: i64) {
        let due = now().checked_add(SignedDuration::from_secs(12 * 3600 + seconds));
        let body =
            json!({ "barcode": barcode, "account": account, "due_at": due.unwrap().to_string() });
        let lent = self.tells(at, &self.edgar, "loans", &body).await;
        assert_eq!(lent.status, 201, "{lent:?}");
    }
}
