//! What a reader asked, taken out of a request: parameters, position, token, validators.
//!
//! Never answers; a request that cannot be understood becomes a problem that says what was expected.

mod asker;
mod cursor;
mod position;
mod segment;

use std::sync::OnceLock;
use std::time::Duration;

use accession_events::Position;
use accession_service::config::nearest;
use accession_service::problem::{FieldError, Problem};
use axum::extract::{FromRequest, Query, Request};
use http::header::{ACCEPT_ENCODING, IF_NONE_MATCH};
use http::request::Parts;
use http::{Extensions, HeaderMap, HeaderValue, Uri};
use tokio::time::Instant;

pub(crate) use asker::{Reader, SignedIn};
pub(crate) use cursor::Cursor;
pub(crate) use position::as_of;
pub(crate) use segment::Segment;

/// Parameter by which a reader asks for an answer that contains this position; every question knows it.
const MIN_POSITION: &str = "min_position";
/// How long a reader waits for a position, at most.
const PATIENCE: Duration = Duration::from_secs(2);
/// The most that a list shows at once.
pub(crate) const LONGEST_PAGE: usize = 200;
/// What a list shows when nobody says how much.
const USUAL_PAGE: usize = 50;

/// A request as a question.
pub(crate) struct Asked {
    uri: Uri,
    headers: HeaderMap,
    pairs: Vec<(String, String)>,
    /// What was decided of who asks is in here.
    extensions: Extensions,
    deadline: OnceLock<Instant>,
}

/// The parameters of an address.
fn pairs(uri: &Uri) -> Result<Vec<(String, String)>, Problem> {
    if uri.query().is_none_or(str::is_empty) {
        return Ok(Vec::new());
    }
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri);
    Ok(pairs
        .map_err(|error| Problem::malformed(error.body_text()))?
        .0)
}

impl<S: Sync> FromRequest<S> for Asked {
    type Rejection = Problem;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Problem> {
        let (parts, _) = request.into_parts();
        let Parts {
            uri,
            headers,
            extensions,
            ..
        } = parts;
        Ok(Self {
            headers,
            pairs: pairs(&uri)?,
            uri,
            extensions,
            deadline: OnceLock::new(),
        })
    }
}

impl Asked {
    /// Refuses parameters that this question does not know, and those that are there twice.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), Problem> {
        self.only_or_many(known, &[])
    }

    /// The same, where some parameters may be there as often as one likes.
    pub(crate) fn only_or_many(&self, known: &[&str], many: &[&str]) -> Result<(), Problem> {
        let mut errors = Vec::new();
        for (place, (name, _)) in self.pairs.iter().enumerate() {
            if many.contains(&name.as_str()) {
                continue;
            }
            if name != MIN_POSITION && !known.contains(&name.as_str()) {
                errors.push(unknown(name, &[known, many].concat()));
            } else if self
                .pairs
                .iter()
                .take(place)
                .any(|(other, _)| other == name)
            {
                errors.push(FieldError::new(
                    name,
                    "repeated",
                    format!("`{name}` is there more than once; send it once"),
                ));
            }
        }
        match errors.first() {
            None => Ok(()),
            Some(first) => Err(Problem::malformed(first.message.clone()).with_errors(errors)),
        }
    }

    /// The path that was asked for.
    pub(crate) fn path(&self) -> &str {
        self.uri.path()
    }

    /// The parameters as they were sent.
    pub(crate) fn query(&self) -> Option<&str> {
        self.uri.query()
    }

    /// The value of a parameter.
    pub(crate) fn one(&self, name: &str) -> Option<&str> {
        let pair = self.pairs.iter().find(|(known, _)| known == name);
        pair.map(|(_, value)| value.as_str())
    }

    /// The values of a parameter that may be there more than once.
    pub(crate) fn each<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let pairs = self.pairs.iter().filter(move |(known, _)| known == name);
        pairs.map(|(_, value)| value.as_str())
    }

    /// A whole number within bounds, or what is usual.
    pub(crate) fn number(
        &self,
        name: &str,
        bounds: std::ops::RangeInclusive<usize>,
        usual: usize,
    ) -> Result<usize, Problem> {
        let Some(text) = self.one(name) else {
            return Ok(usual);
        };
        let number = text.parse().ok().filter(|number| bounds.contains(number));
        number.ok_or_else(|| {
            let (least, most) = bounds.into_inner();
            bad(
                name,
                format!(
                    "`{name}` is {}; expected a whole number from {least} to {most}",
                    excerpt(text)
                ),
            )
        })
    }

    /// How many items a page may have.
    pub(crate) fn limit(&self) -> Result<usize, Problem> {
        self.number("limit", 1..=LONGEST_PAGE, USUAL_PAGE)
    }

    /// Where a list goes on; it must be a cursor that this very question gave out.
    pub(crate) fn cursor(&self, index: &str) -> Result<Option<(String, String)>, Problem> {
        let Some(text) = self.one("cursor") else {
            return Ok(None);
        };
        let cursor = Cursor::parse(text).map_err(|reason| bad("cursor", reason.into()))?;
        if cursor.index != index {
            return Err(bad(
                "cursor",
                "this cursor belongs to another list: leave it out to begin this one, and keep \
                 the other parameters the same from page to page"
                    .into(),
            ));
        }
        Ok(Some((cursor.sort, cursor.key)))
    }

    /// The position that the answer has to contain; the later one when header and parameter differ.
    pub(crate) fn min_position(&self) -> Result<Option<Position>, Problem> {
        position::wanted(&self.headers, &self.pairs)
    }

    /// How much longer this reader waits for a position.
    pub(crate) fn patience(&self) -> Duration {
        let deadline = self.deadline.get_or_init(|| Instant::now() + PATIENCE);
        deadline.saturating_duration_since(Instant::now())
    }

    /// Whether the reader says anything about encodings.
    pub(crate) fn may_be_encoded(&self) -> bool {
        self.headers.contains_key(ACCEPT_ENCODING)
    }

    /// Whether the reader has the version with this tag already: If-None-Match by weak comparison.
    pub(crate) fn has(&self, etag: &HeaderValue) -> bool {
        let etag = opaque(etag.as_bytes());
        self.headers.get_all(IF_NONE_MATCH).iter().any(|value| {
            value
                .as_bytes()
                .split(|byte| *byte == b',')
                .map(|tag| opaque(tag.trim_ascii()))
                .any(|tag| tag == b"*" || tag == etag)
        })
    }
}

/// An entity tag without the mark of a weak one.
fn opaque(tag: &[u8]) -> &[u8] {
    tag.strip_prefix(b"W/").unwrap_or(tag)
}

/// A parameter whose value is not acceptable.
pub(crate) fn bad(name: &str, message: String) -> Problem {
    Problem::malformed(message.clone()).with_errors(vec![FieldError::new(name, "invalid", message)])
}

/// What was found, short enough for a message.
pub(crate) fn excerpt(text: &str) -> String {
    let start: String = text.chars().take(40).collect();
    let more = if start.len() < text.len() { "…" } else { "" };
    format!("`{start}{more}`")
}

fn unknown(name: &str, known: &[&str]) -> FieldError {
    let all: Vec<&str> = known.iter().copied().chain([MIN_POSITION]).collect();
    let hint = match nearest(name, &all) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it knows {}", all.join(", ")),
    };
    let name = excerpt(name);
    FieldError::new(
        name.trim_matches('`'),
        "unknown_parameter",
        format!("{name} is not a parameter of this question; {hint}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    async fn asked(uri: &str, headers: &[(&str, &str)]) -> Result<Asked, Problem> {
        let mut request = Request::get(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Asked::from_request(request.body(Body::empty()).unwrap(), &()).await
    }

    #[tokio::test]
    async fn an_unknown_parameter_is_told_with_the_nearest_known_one() {
        let asked = asked("/?knd=book", &[]).await.unwrap();
        let problem = asked.only(&["kind", "sort"]).unwrap_err();
        assert!(
            problem.detail().contains("did you mean `kind`"),
            "{}",
            problem.detail()
        );
        assert_eq!(problem.status(), 400);
    }

    #[tokio::test]
    async fn a_parameter_that_is_there_twice_is_refused() {
        let asked = asked("/?limit=1&limit=2", &[]).await.unwrap();
        assert!(
            asked
                .only(&["limit"])
                .unwrap_err()
                .detail()
                .contains("more than once")
        );
    }

    #[tokio::test]
    async fn the_later_of_two_minimum_positions_counts() {
        let both = asked("/?min_position=7", &[("accession-min-position", "9")])
            .await
            .unwrap();
        assert_eq!(both.min_position().unwrap(), Some(Position::new(9)));
        for bad in ["/?min_position=", "/?min_position=-1", "/?min_position=1e3"] {
            assert!(
                asked(bad, &[]).await.unwrap().min_position().is_err(),
                "{bad}"
            );
        }
    }

    #[tokio::test]
    async fn a_validator_matches_alone_in_a_list_weakly_or_as_a_star() {
        let etag = HeaderValue::from_static("\"g1-7\"");
        for (sent, has) in [
            ("\"g1-7\"", true),
            ("W/\"g1-7\"", true),
            ("\"a\", W/\"g1-7\" ,\"b\"", true),
            ("*", true),
            ("\"g1-8\"", false),
            ("g1-7", false),
            ("", false),
        ] {
            let asked = asked("/", &[("if-none-match", sent)]).await.unwrap();
            assert_eq!(asked.has(&etag), has, "{sent}");
        }
    }
}
