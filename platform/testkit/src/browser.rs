//! A browser's part in a test: keeps cookies by host, follows redirects until told, fills in the form on a page.
//! Never runs a script, and never leaves this machine: it asks loopback addresses only.

use std::collections::BTreeMap;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Method, Response, Url};

const MOST_STEPS: usize = 20;

/// One browser with its own cookies.
#[derive(Debug)]
pub struct Browser {
    http: reqwest::Client,
    cookies: BTreeMap<(String, String), String>,
}

/// What the way through a provider's pages ended with.
#[derive(Debug)]
pub enum Arrived {
    /// A redirect to an address that is not on this machine: where the provider sends the browser back.
    Back(Url),
    /// A page without a form: its status and text.
    Page(u16, String),
}

impl Default for Browser {
    fn default() -> Self {
        Self::new()
    }
}

impl Browser {
    /// A browser without cookies.
    ///
    /// # Panics
    /// Never: its client has no settings that can be wrong.
    #[must_use]
    pub fn new() -> Self {
        // Whoever was first has installed the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client without TLS settings can be built");
        Self {
            http,
            cookies: BTreeMap::new(),
        }
    }

    /// Goes to a provider's page, signs in there as `login` and agrees to what it asks, until it sends the browser back.
    ///
    /// # Panics
    /// When the pages lead in circles or the provider does not answer.
    pub async fn sign_in(&mut self, start: &str, login: &str) -> Arrived {
        let mut next = (Method::GET, parse(start), None);
        for _ in 0..MOST_STEPS {
            let (method, url, form) = next;
            if !is_here(&url) {
                return Arrived::Back(url);
            }
            let answer = self.send(method, &url, form).await;
            if let Some(location) = answer.headers().get(LOCATION) {
                let location = location.to_str().expect("a location is text");
                next = (
                    Method::GET,
                    url.join(location).expect("a location is an address"),
                    None,
                );
                continue;
            }
            let status = answer.status().as_u16();
            let page = answer.text().await.unwrap_or_default();
            let Some((action, prompt)) = form_of(&page) else {
                return Arrived::Page(status, page);
            };
            let action = url.join(&action).expect("a form's action is an address");
            let form = match prompt.as_str() {
                "login" => format!("prompt=login&login={login}&password=any"),
                prompt => format!("prompt={prompt}"),
            };
            next = (Method::POST, action, Some(form));
        }
        panic!("the provider's pages lead in circles");
    }

    async fn send(&mut self, method: Method, url: &Url, form: Option<String>) -> Response {
        let host = url.host_str().unwrap_or_default().to_owned();
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .filter(|((owner, _), _)| *owner == host)
            .map(|((_, name), value)| format!("{name}={value}"))
            .collect();
        let mut request = self.http.request(method, url.clone());
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies.join("; "));
        }
        if let Some(form) = form {
            let kind = "application/x-www-form-urlencoded";
            request = request.header("content-type", kind).body(form);
        }
        let answer = request.send().await.expect("the provider answers");
        self.keep_cookies(&host, &answer);
        answer
    }

    fn keep_cookies(&mut self, host: &str, answer: &Response) {
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let text = cookie.to_str().unwrap_or_default();
            let pair = text.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                let key = (host.to_owned(), name.trim().to_owned());
                self.cookies.insert(key, value.to_owned());
            }
        }
    }
}

fn parse(url: &str) -> Url {
    Url::parse(url).unwrap_or_else(|error| panic!("{url} is no address: {error}"))
}

fn is_here(url: &Url) -> bool {
    matches!(url.host_str(), Some("127.0.0.1" | "localhost"))
}

/// Action and `prompt` of the first form that posts.
fn form_of(page: &str) -> Option<(String, String)> {
    let form = page
        .split("<form")
        .find(|form| form.contains("method=\"post\""))?;
    let action = between(form, "action=\"", "\"")?;
    let prompt = between(form, "name=\"prompt\" value=\"", "\"")?;
    Some((action.replace("&amp;", "&"), prompt))
}

fn between(text: &str, before: &str, after: &str) -> Option<String> {
    let rest = text.split_once(before)?.1;
    Some(rest.split_once(after)?.0.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_that_posts_is_found_with_its_action_and_prompt() {
        let page = r#"<form action="/find"></form><form autocomplete="off" action="/interaction/1?a=1&amp;b=2" method="post">
            <input type="hidden" name="prompt" value="consent"/></form>"#;
        assert_eq!(
            form_of(page),
            Some(("/interaction/1?a=1&b=2".into(), "consent".into()))
        );
        assert_eq!(form_of("<p>no form</p>"), None);
    }
}
