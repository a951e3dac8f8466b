//! Which encoding a reader gets, out of those that it says it can read.
//!
//! Never one that was ruled out, and none at all when the plain bytes are preferred.

use http::header::ACCEPT_ENCODING;
use http::{HeaderMap, HeaderValue};

/// An encoding that we write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// Brotli: the smallest.
    Br,
    /// Zstandard.
    Zstd,
    /// Gzip: what everybody reads.
    Gzip,
}

impl Encoding {
    /// How many there are.
    pub(crate) const COUNT: usize = 3;

    /// All of them, the preferred one first.
    const ALL: [Self; Self::COUNT] = [Self::Br, Self::Zstd, Self::Gzip];

    /// Its place among all, from 0.
    pub(crate) const fn place(self) -> usize {
        self as usize
    }

    /// The name in headers.
    pub(crate) const fn name(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Br => "br",
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        })
    }

    /// The one that a request prefers, or ours among those that it likes equally; none when it wants plain bytes.
    pub(crate) fn preferred(headers: &HeaderMap) -> Option<Self> {
        let wishes: Vec<Wish<'_>> = headers
            .get_all(ACCEPT_ENCODING)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter_map(Wish::parse)
            .collect();
        let weight = |name: &str| {
            let of = |name: &str| wishes.iter().find(|wish| wish.names(name));
            of(name).or_else(|| of("*")).map_or(0, |wish| wish.weight)
        };
        let named = |encoding: Self| match encoding {
            Self::Br => weight("br"),
            Self::Zstd => weight("zstd"),
            Self::Gzip => weight("gzip").max(weight("x-gzip")),
        };
        // `max_by_key` keeps the last of equals, so the preferred one has to come last.
        let best = Self::ALL.into_iter().rev().max_by_key(|it| named(*it))?;
        let plain = wishes.iter().find(|wish| wish.names("identity"));
        let plain = plain.map_or(0, |wish| wish.weight);
        (named(best) > 0 && named(best) >= plain).then_some(best)
    }
}

/// One part of an Accept-Encoding.
struct Wish<'a> {
    name: &'a str,
    /// In thousandths; 0 rules it out.
    weight: u16,
}

impl<'a> Wish<'a> {
    /// Reads a part; none for one that says nothing we understand.
    fn parse(part: &'a str) -> Option<Self> {
        let mut parts = part.split(';').map(str::trim);
        let name = parts.next().filter(|name| !name.is_empty())?;
        let quality = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
        let weight = match quality {
            None => 1000,
            Some(text) => thousandths(text)?,
        };
        Some(Self { name, weight })
    }

    fn names(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// `0`, `1`, `0.5` and the like, with at most three decimals.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let decimals: u16 = format!("{decimals:0<3}").parse().ok()?;
    match whole {
        "0" => Some(decimals),
        "1" => (decimals == 0).then_some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn preferred(sent: &str) -> Option<Encoding> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, sent.parse().unwrap());
        Encoding::preferred(&headers)
    }

    #[test]
    fn the_highest_quality_wins_and_among_equals_the_smallest_bytes() {
        for (sent, wanted) in [
            ("gzip, deflate, br, zstd", Some(Encoding::Br)),
            ("gzip, zstd", Some(Encoding::Zstd)),
            ("br;q=0.5, gzip;q=0.8", Some(Encoding::Gzip)),
            ("BR;q=0.001", Some(Encoding::Br)),
            ("*", Some(Encoding::Br)),
            ("*;q=0.1, br;q=0", Some(Encoding::Zstd)),
            ("x-gzip", Some(Encoding::Gzip)),
        ] {
            assert_eq!(preferred(sent), wanted, "{sent}");
        }
    }

    #[test]
    fn what_is_ruled_out_or_liked_less_than_plain_bytes_is_not_used() {
        for sent in [
            "",
            "identity",
            "deflate",
            "br;q=0, gzip;q=0.000",
            "identity, gzip;q=0.5",
            "gzip;q=2",
            "gzip;q=x",
            "gzip;q=0.1234",
        ] {
            assert_eq!(preferred(sent), None, "{sent}");
        }
    }
}
