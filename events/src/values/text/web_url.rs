//! The address of something on the web that a page may link to or embed.
//!
//! Never an address that a browser would execute or that carries a password: only `http` and `https` with a host.

use std::sync::Arc;

use crate::values::canonical::{canonical_text, excerpt};

/// An absolute `http` or `https` address of at most 2,000 characters, its scheme and host in lowercase.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WebUrl(Arc<str>);

/// Why a text is not a web address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebUrlError {
    /// Nothing was given.
    #[error("the address is empty: expected one such as https://example.org/page")]
    Empty,
    /// More than 2,000 characters.
    #[error("the address `{text}` has {found} characters; expected at most 2000")]
    TooLong {
        /// The start of what was given.
        text: String,
        /// How many characters there are.
        found: usize,
    },
    /// A character that must be percent-encoded in an address.
    #[error(
        "the address `{text}` contains {character:?}; expected no blanks, control characters, quotes, backslashes or angle brackets (write them percent-encoded)"
    )]
    BadCharacter {
        /// The start of what was given.
        text: String,
        /// The first character that does not belong.
        character: char,
    },
    /// Neither `http`, `https` nor `//`.
    #[error("`{text}` is not a web address: expected it to start with https://, http:// or //")]
    BadScheme {
        /// The start of what was given.
        text: String,
    },
    /// No host, or something that cannot be one.
    #[error(
        "the address `{text}` has no usable host: expected a name such as example.org, with an optional port and no user or password"
    )]
    BadHost {
        /// The start of what was given.
        text: String,
    },
}

impl WebUrl {
    /// The greatest length, in characters.
    pub const LONGEST: usize = 2000;

    /// Reads an absolute address; `//host/…` becomes `https://host/…`.
    pub fn parse(text: &str) -> Result<Self, WebUrlError> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err(WebUrlError::Empty);
        }
        let (scheme, rest) = split_scheme(trimmed).ok_or_else(|| WebUrlError::BadScheme {
            text: excerpt(trimmed),
        })?;
        if let Some(character) = trimmed
            .chars()
            .find(|character| must_be_encoded(*character))
        {
            return Err(WebUrlError::BadCharacter {
                text: excerpt(trimmed),
                character,
            });
        }
        let authority_end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(authority_end).unwrap_or((rest, ""));
        if !is_host_and_port(authority) {
            return Err(WebUrlError::BadHost {
                text: excerpt(trimmed),
            });
        }
        let url = format!("{scheme}{}{path}", authority.to_lowercase());
        let found = url.chars().count();
        if found > Self::LONGEST {
            return Err(WebUrlError::TooLong {
                text: excerpt(trimmed),
                found,
            });
        }
        Ok(Self(url.into()))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

canonical_text!(
    WebUrl,
    WebUrlError,
    "a web address as text, such as \"https://example.org/page\""
);

fn split_scheme(text: &str) -> Option<(&'static str, &str)> {
    [
        ("https://", "https://"),
        ("http://", "http://"),
        ("//", "https://"),
    ]
    .into_iter()
    .find_map(|(prefix, scheme)| {
        let head = text.get(..prefix.len())?;
        let rest = text.get(prefix.len()..)?;
        head.eq_ignore_ascii_case(prefix).then_some((scheme, rest))
    })
}

/// A browser would drop, reinterpret or run into these.
fn must_be_encoded(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(
            character,
            '"' | '<' | '>' | '\\' | '`' | '^' | '{' | '}' | '|'
        )
}

fn is_host_and_port(authority: &str) -> bool {
    let (host, port) = match authority
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
    {
        Some((address, port)) if address.parse::<std::net::Ipv6Addr>().is_ok() => (
            "v6",
            port.strip_prefix(':')
                .or(Some(port).filter(|p| !p.is_empty())),
        ),
        Some(_) => return false,
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    is_host(host)
        && port.is_none_or(|port| {
            port.parse::<u16>()
                .is_ok_and(|_| port.bytes().all(|byte| byte.is_ascii_digit()))
        })
}

fn is_host(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    host.chars().count() <= 253
        && host.split('.').all(|label| {
            !label.is_empty()
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .chars()
                    .all(|character| character.is_alphanumeric() || matches!(character, '-' | '_'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> String {
        WebUrl::parse(text).map_or_else(|error| error.to_string(), |url| url.to_string())
    }

    #[test]
    fn scheme_and_host_are_written_in_lowercase() {
        for (text, expected) in [
            (
                "//kodik.info/video/20623/63d7/720p",
                "https://kodik.info/video/20623/63d7/720p",
            ),
            ("HTTPS://Example.ORG/A?b=C#d", "https://example.org/A?b=C#d"),
            (" http://example.org ", "http://example.org"),
            ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"),
            ("https://[2001:DB8::1]:443/", "https://[2001:db8::1]:443/"),
            ("https://пример.рф/путь", "https://пример.рф/путь"),
            ("https://example.org?q=1", "https://example.org?q=1"),
        ] {
            assert_eq!(url(text), expected);
        }
    }

    #[test]
    fn what_a_browser_would_run_or_reach_by_surprise_is_refused() {
        assert_eq!(WebUrl::parse(" "), Err(WebUrlError::Empty));
        for text in [
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://example.org",
            "/path",
            "example.org",
            "https:/x",
            "файл",
        ] {
            assert!(
                matches!(WebUrl::parse(text), Err(WebUrlError::BadScheme { .. })),
                "{text}"
            );
        }
        for text in [
            "https://",
            "///x",
            "https://:80/",
            "https://user@example.org",
            "https://user:pw@example.org/",
            "https://a..b/",
            "https://-a.org",
            "https://a:99999",
            "https://a:+1",
            "https://[::1",
            "https://[zz]/",
            "https://[::1]x/",
            "https://?q",
        ] {
            assert!(
                matches!(WebUrl::parse(text), Err(WebUrlError::BadHost { .. })),
                "{text}"
            );
        }
        for text in [
            "https://a b/",
            "https://a/\u{0}",
            "https://a/x\ny",
            "https://a\\b",
            "https://a/<script>",
            "https://a/\"",
        ] {
            assert!(
                matches!(WebUrl::parse(text), Err(WebUrlError::BadCharacter { .. })),
                "{text}"
            );
        }
    }

    #[test]
    fn two_thousand_characters_are_enough() {
        let head = "https://example.org/";
        assert!(WebUrl::parse(&format!("{head}{}", "x".repeat(2000 - head.len()))).is_ok());
        assert!(matches!(
            WebUrl::parse(&format!("{head}{}", "x".repeat(2001 - head.len()))),
            Err(WebUrlError::TooLong { found: 2001, .. })
        ));
    }
}
