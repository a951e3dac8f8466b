//! Everything that can be asked of the read side, with ids that are there.
//!
//! Never kept by hand: the table of routes is the list, so a new question is asked from its first day on.

use accession_service::access::routes;

use super::{Premises, Said};

/// An id that nobody has.
const NOBODY: &str = "0198c7a2-5b1e-7cc3-8f4a-0d6f3b2a1e5d";

/// Every question about this library and this account, and about whatever needs none of them; `word` begins a name.
pub(crate) fn questions(library: &str, account: &str, word: &str) -> Vec<String> {
    let table = routes::table().filter(|route| route.method == "GET");
    let paths = table
        .map(|route| route.path)
        .filter(|path| path.starts_with("/api/read/"));
    let mut questions: Vec<String> = paths.map(|path| address(path, library, account)).collect();
    questions.push(format!(
        "/api/read/libraries/{library}/members/search?q={word}"
    ));
    questions.push(format!("/api/read/admin/security-audit?account={account}"));
    for status in ["active", "disabled", "deleted"] {
        questions.push(format!("/api/read/admin/accounts?status={status}"));
    }
    questions
}

fn address(path: &str, library: &str, account: &str) -> String {
    let of_library = path.starts_with("/api/read/libraries/");
    let of_account = path.starts_with("/api/read/admin/accounts/");
    let parts = path.split('/').skip(1).map(|part| match part {
        "{account}" => account,
        "{id}" if of_library => library,
        "{id}" if of_account => account,
        part if part.starts_with('{') => NOBODY,
        part => part,
    });
    parts.fold(String::new(), |address, part| address + "/" + part)
}

impl Premises {
    /// What everybody with these tokens is answered to every question.
    pub(crate) async fn everything(&self, questions: &[String], tokens: &[&str]) -> Vec<Told> {
        let mut told = Vec::new();
        for question in questions {
            for token in tokens {
                let said = self.get(question, token).await;
                assert!(said.status < 500, "{question}: {said:?}");
                told.push(Told {
                    question: question.clone(),
                    said,
                });
            }
        }
        told
    }
}

/// A question and its answer.
pub(crate) struct Told {
    pub(crate) question: String,
    pub(crate) said: Said,
}

/// The questions whose answers have any of these words in them, however written.
pub(crate) fn telling<'a>(told: &'a [Told], words: &[&str]) -> Vec<&'a str> {
    let words: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let tells = |told: &&Told| {
        let text = told.said.text.to_lowercase();
        words.iter().any(|word| text.contains(word))
    };
    let telling = told.iter().filter(tells);
    telling.map(|told| told.question.as_str()).collect()
}
