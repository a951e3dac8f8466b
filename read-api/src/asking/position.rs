//! As of which position of the log a reader wants to be answered.
//!
//! Never waits for it.

use accession_events::Position;
use accession_service::problem::Problem;
use http::{HeaderMap, Uri};

use super::{MIN_POSITION, bad, excerpt, pairs};

/// Header by which a reader asks for an answer that contains this position.
const HEADER: &str = "accession-min-position";

/// The position that the answer has to contain; the later one when header and parameter differ.
pub(super) fn wanted(
    headers: &HeaderMap,
    pairs: &[(String, String)],
) -> Result<Option<Position>, Problem> {
    let header = headers.get(HEADER);
    if header.is_none() && pairs.is_empty() {
        return Ok(None);
    }
    let header = header.map(|value| value.to_str().unwrap_or("not text"));
    let parameter = pairs.iter().find(|(name, _)| name == MIN_POSITION);
    let parameter = parameter.map(|(_, value)| value.as_str());
    let mut wanted = None;
    for text in header.into_iter().chain(parameter) {
        let number: u64 = text.trim().parse().map_err(|_| {
            bad(
                MIN_POSITION,
                format!(
                    "the minimum position is {}; expected the number from an Accession-Position header",
                    excerpt(text)
                ),
            )
        })?;
        wanted = wanted.max(Some(Position::new(number)));
    }
    Ok(wanted)
}

/// As of which position it has to be known who asks: the one of the answer. What cannot be read asks for none; the question
/// itself is refused for it, once it is known who asks.
pub(crate) fn as_of(headers: &HeaderMap, uri: &Uri) -> u64 {
    let pairs = pairs(uri).unwrap_or_default();
    let wanted = wanted(headers, &pairs).ok().flatten();
    wanted.unwrap_or_default().get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_is_known_as_of_the_position_of_the_answer() {
        let mut headers = HeaderMap::new();
        let at = |headers: &HeaderMap, uri: &str| as_of(headers, &uri.parse().unwrap());
        assert_eq!(at(&headers, "/api/read/me"), 0);
        assert_eq!(at(&headers, "/api/read/me?min_position=%37"), 7);
        assert_eq!(at(&headers, "/api/read/me?min_position=soon"), 0);
        headers.insert(HEADER, "9".parse().unwrap());
        assert_eq!(at(&headers, "/api/read/me?min_position=7"), 9);
    }
}
