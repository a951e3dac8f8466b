//! An answer, read to its end.
//!
//! Never judges by itself: a test says what it expects.

use reqwest::RequestBuilder;
use reqwest::header::HeaderMap;
use serde_json::Value;

/// What was answered.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Said {
    /// Sends a request and reads the answer.
    pub(crate) async fn to(request: RequestBuilder) -> Self {
        let answer = request.send().await.unwrap();
        Self {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            // A picture is no text, and is looked at by its head.
            text: String::from_utf8_lossy(&answer.bytes().await.unwrap()).into_owned(),
        }
    }

    /// The body as JSON; null when there is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// The body of an answer that says yes.
    #[track_caller]
    pub(crate) fn ok(&self) -> Value {
        assert!((200..300).contains(&self.status), "{self:?}");
        self.json()
    }

    /// The items of a page.
    #[track_caller]
    pub(crate) fn items(&self) -> Vec<Value> {
        self.ok()["items"].as_array().cloned().unwrap_or_default()
    }

    /// What each item has in this field.
    #[track_caller]
    pub(crate) fn each(&self, field: &str) -> Vec<Value> {
        let items = self.items().into_iter();
        items.map(|item| item[field].clone()).collect()
    }

    /// Status and code of a refusal.
    pub(crate) fn problem(&self) -> (u16, String) {
        let code = self.json()["code"].as_str().unwrap_or_default().to_owned();
        (self.status, code)
    }

    /// Refuses anything but this refusal, which has to be one for people.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: &str) {
        assert_eq!(self.problem(), (status, code.to_owned()), "{self:?}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert!(
            problem["detail"]
                .as_str()
                .is_some_and(|text| text.len() > 10),
            "{self:?}"
        );
    }

    /// A header as text; empty when it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Up to where the log is in the answer.
    pub(crate) fn position(&self) -> Option<u64> {
        self.header("accession-position").parse().ok()
    }

    /// Cookies that are set, as a browser sends them back.
    pub(crate) fn cookies(&self) -> String {
        let set = self.headers.get_all("set-cookie").iter();
        let pairs = set.filter_map(|value| value.to_str().unwrap().split(';').next());
        pairs.collect::<Vec<&str>>().join("; ")
    }
}
