//! The headers that make a command conditional: `If-Match` and `Idempotency-Key`.
//!
//! Never guesses: a header that cannot be read is refused, because ignoring it would drop the caller's guarantee.

use accession_service::problem::Problem;
use http::header::IF_MATCH;
use http::{HeaderMap, HeaderName};

/// The header by which a repeated request is recognised.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Set on an answer that was given before.
pub const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// The longest key, in characters.
pub const LONGEST_KEY: usize = 200;

/// The version that the caller has seen; `None` without the header and for `*`.
pub fn expected_version(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let mut values = headers.get_all(IF_MATCH).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default().trim();
    if values.next().is_some() || text.contains(',') {
        return Err(bad_if_match(
            "several versions were sent; send the one that you have seen",
        ));
    }
    if text == "*" {
        return Ok(None);
    }
    if text.starts_with("W/") {
        return Err(bad_if_match(
            "a weak tag cannot guard a change; send the strong tag of the answer, such as \"7\"",
        ));
    }
    let version = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .and_then(|digits| digits.parse().ok());
    version
        .map(Some)
        .ok_or_else(|| bad_if_match("expected a version in quotes, such as \"7\", or *"))
}

/// The caller's key for this request, if one was sent.
pub fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let text = value.to_str().unwrap_or_default();
    let printable = text.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if values.next().is_some() || text.trim().is_empty() || text.len() > LONGEST_KEY || !printable {
        return Err(Problem::new(
            http::StatusCode::BAD_REQUEST,
            "bad_idempotency_key",
            format!(
                "the Idempotency-Key has to be one text of 1 to {LONGEST_KEY} printable ASCII characters"
            ),
        ));
    }
    Ok(Some(text.to_owned()))
}

fn bad_if_match(what: &'static str) -> Problem {
    Problem::new(
        http::StatusCode::BAD_REQUEST,
        "bad_if_match",
        format!("the If-Match header cannot be used: {what}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn if_match(text: &str) -> Result<Option<u64>, String> {
        let mut headers = HeaderMap::new();
        headers.insert(IF_MATCH, text.parse().unwrap());
        expected_version(&headers).map_err(|problem| problem.code().to_owned())
    }

    fn key(text: &str) -> Result<Option<String>, String> {
        let mut headers = HeaderMap::new();
        headers.insert(
            IDEMPOTENCY_KEY,
            http::HeaderValue::from_bytes(text.as_bytes()).unwrap(),
        );
        idempotency_key(&headers).map_err(|problem| problem.code().to_owned())
    }

    #[test]
    fn a_strong_tag_names_the_version_and_a_star_names_any() {
        assert_eq!(if_match("\"7\""), Ok(Some(7)));
        assert_eq!(if_match("*"), Ok(None));
        assert_eq!(expected_version(&HeaderMap::new()).unwrap(), None);
    }

    #[test]
    fn weak_malformed_and_several_tags_are_refused() {
        for text in [
            "W/\"7\"",
            "7",
            "\"seven\"",
            "\"-1\"",
            "\"\"",
            "\"1\", \"2\"",
            "\"99999999999999999999\"",
            "",
        ] {
            assert_eq!(if_match(text), Err("bad_if_match".into()), "{text}");
        }
    }

    #[test]
    fn a_key_is_a_short_printable_text() {
        assert_eq!(key("order-17"), Ok(Some("order-17".into())));
        assert_eq!(key(&"k".repeat(200)), Ok(Some("k".repeat(200))));
        for text in ["", " ", "käse", &"k".repeat(201)] {
            assert_eq!(key(text), Err("bad_idempotency_key".into()), "{text}");
        }
    }
}
