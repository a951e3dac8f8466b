//! One question to a provider: sent at its pace, tried again while the failure may pass, redirected within bounds, read
//! within a bound.

use std::time::{Duration, Instant};

use backon::{BackoffBuilder as _, ExponentialBuilder};
use futures_util::StreamExt as _;
use reqwest::header::{
    CONTENT_TYPE, ETAG, HeaderMap, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED,
    LOCATION, RETRY_AFTER,
};
use reqwest::{Response, StatusCode, Url};
use serde_json::Value;

use super::{Answer, Ask, MOST_REMEMBERED, Remembered, Web, WebError};

const MOST_REDIRECTS: usize = 5;

/// What one attempt came to.
enum Attempt {
    Done(Answer),
    /// It may be gone when it is tried again.
    Passing {
        reason: String,
        asked: Option<Duration>,
    },
    Final(WebError),
}

impl From<WebError> for Attempt {
    fn from(error: WebError) -> Self {
        Self::Final(error)
    }
}

impl Web {
    /// Asks until there is an answer or patience ends.
    pub(crate) async fn ask(&self, ask: &Ask) -> Result<Answer, WebError> {
        let mut waits = ExponentialBuilder::default()
            .with_min_delay(self.manners.first_wait)
            .with_max_delay(self.manners.longest_wait)
            .with_max_times(self.manners.retries)
            .with_jitter()
            .build();
        loop {
            if let Some(rest) = self.breaker.lock().await.rest(Instant::now()) {
                let reason = format!(
                    "it failed several times in a row and is left alone for {} more seconds",
                    rest.as_secs()
                );
                return Err(self.out_of_reach(reason));
            }
            self.pace.turn().await;
            let (reason, asked) = match self.attempt(ask).await {
                Attempt::Done(answer) => {
                    self.breaker.lock().await.succeeded();
                    return Ok(answer);
                }
                Attempt::Final(error) => return Err(error),
                Attempt::Passing { reason, asked } => (reason, asked),
            };
            self.breaker.lock().await.failed(Instant::now());
            let wait = match (waits.next(), asked) {
                (None, _) => return Err(self.out_of_reach(reason)),
                (Some(_), Some(asked)) if asked > self.manners.longest_wait => {
                    return Err(self.out_of_reach(format!(
                        "{reason}; it asks to wait {} seconds",
                        asked.as_secs()
                    )));
                }
                (Some(wait), asked) => asked.map_or(wait, |asked| asked.max(wait)),
            };
            tracing::debug!(provider = self.manners.name, reason, ?wait, "trying again");
            tokio::time::sleep(wait).await;
        }
    }

    async fn attempt(&self, ask: &Ask) -> Attempt {
        let mut url = ask.url().clone();
        let known = self.remembered.lock().await.get(url.as_str()).cloned();
        for _ in 0..=MOST_REDIRECTS {
            let response = match self.send(ask, &url, known.as_ref()).await {
                Ok(response) => response,
                Err(attempt) => return attempt,
            };
            if !response.status().is_redirection() || response.status() == StatusCode::NOT_MODIFIED
            {
                return self.read(ask.url(), response, known).await;
            }
            url = match self.redirected(&url, response.headers()) {
                Ok(url) => url,
                Err(error) => return error.into(),
            };
        }
        WebError::BadAddress {
            provider: self.manners.name,
            reason: format!(
                "more than {MOST_REDIRECTS} redirects, the last to {}",
                shown(&url)
            ),
        }
        .into()
    }

    async fn send(
        &self,
        ask: &Ask,
        url: &Url,
        known: Option<&Remembered>,
    ) -> Result<Response, Attempt> {
        let checked = self.check(url)?;
        let mut request = match ask {
            Ask::Get(_) => self.http.get(checked.url()),
            Ask::Post(_, body) => self.http.post(checked.url()).json(body),
        };
        if let (Ask::Get(_), Some(known)) = (ask, known) {
            if let Some(tag) = &known.tag {
                request = request.header(IF_NONE_MATCH, tag);
            }
            if let Some(modified) = &known.modified {
                request = request.header(IF_MODIFIED_SINCE, modified);
            }
        }
        request.send().await.map_err(|error| Attempt::Passing {
            reason: causes(&error.without_url()),
            asked: None,
        })
    }

    /// Where a redirect leads. Never from an encrypted address to a plain one.
    fn redirected(&self, from: &Url, headers: &HeaderMap) -> Result<Url, WebError> {
        let bad = |reason: String| WebError::BadAddress {
            provider: self.manners.name,
            reason,
        };
        let location = text_of(headers, LOCATION)
            .ok_or_else(|| bad("a redirect that leads nowhere".into()))?;
        let to = from
            .join(&location)
            .map_err(|_| bad("a redirect to something that is no address".into()))?;
        if from.scheme() == "https" && to.scheme() != "https" {
            return Err(bad(format!(
                "a redirect from an encrypted address to a plain one: {}",
                shown(&to)
            )));
        }
        Ok(to)
    }

    async fn read(&self, url: &Url, response: Response, known: Option<Remembered>) -> Attempt {
        let status = response.status();
        match status {
            StatusCode::NOT_MODIFIED => match known {
                Some(known) => Attempt::Done(Answer::Found(known.document)),
                None => self
                    .unreadable("it says that nothing changed, but nothing was asked before")
                    .into(),
            },
            StatusCode::NOT_FOUND | StatusCode::GONE => Attempt::Done(Answer::NotFound),
            StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT => Attempt::Passing {
                reason: format!("it answers {status}"),
                asked: retry_after(response.headers()),
            },
            status if status.is_server_error() => Attempt::Passing {
                reason: format!("it answers {status}"),
                asked: retry_after(response.headers()),
            },
            status if status.is_success() => self.document(url, response).await,
            status => WebError::Refused {
                provider: self.manners.name,
                status: status.as_u16(),
            }
            .into(),
        }
    }

    async fn document(&self, url: &Url, response: Response) -> Attempt {
        let kind = text_of(response.headers(), CONTENT_TYPE)
            .unwrap_or_default()
            .to_ascii_lowercase();
        let is_json = kind.starts_with("application/json")
            || kind.starts_with("text/json")
            || kind
                .split(';')
                .next()
                .is_some_and(|kind| kind.trim().ends_with("+json"));
        if !is_json {
            return self
                .unreadable(format!(
                    "`{}` instead of JSON",
                    kind.chars().take(60).collect::<String>()
                ))
                .into();
        }
        let (tag, modified) = (
            text_of(response.headers(), ETAG),
            text_of(response.headers(), LAST_MODIFIED),
        );
        let body = match self.body(response).await {
            Ok(body) => body,
            Err(attempt) => return attempt,
        };
        let document: Value = match serde_json::from_slice(&body) {
            Ok(document) => document,
            Err(error) => return self.unreadable(format!("no JSON: {error}")).into(),
        };
        if tag.is_some() || modified.is_some() {
            let mut remembered = self.remembered.lock().await;
            if remembered.len() >= MOST_REMEMBERED {
                remembered.clear();
            }
            let entry = Remembered {
                tag,
                modified,
                document: document.clone(),
            };
            remembered.insert(url.to_string(), entry);
        }
        Attempt::Done(Answer::Found(document))
    }

    async fn body(&self, response: Response) -> Result<Vec<u8>, Attempt> {
        let mut body = Vec::new();
        let mut stream = response.bytes_stream();
        while let Some(part) = stream.next().await {
            let part = part.map_err(|error| Attempt::Passing {
                reason: format!("its answer breaks off: {}", causes(&error.without_url())),
                asked: None,
            })?;
            if body.len() + part.len() > self.manners.largest {
                return Err(self
                    .unreadable(format!("more than {} bytes", self.manners.largest))
                    .into());
            }
            body.extend_from_slice(&part);
        }
        Ok(body)
    }
}

fn text_of(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    text_of(headers, RETRY_AFTER)?
        .trim()
        .parse()
        .ok()
        .map(Duration::from_secs)
}

/// An address for a message: its query may hold a token and stays out.
fn shown(url: &Url) -> String {
    format!(
        "{}://{}{}",
        url.scheme(),
        url.host_str().unwrap_or_default(),
        url.path()
    )
}

fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
