//! One letter: to whom, what, and the id by which a receiver knows it again.
//!
//! Nothing in it can add a header: names and subjects are encoded, addresses are parsed, never pasted.

use std::fmt;

use jiff::Timestamp;
use lettre::Address;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, SinglePart};
use uuid::Uuid;

use crate::kind::MessageKind;
use crate::templates::{Rendered, one_line};
use crate::transport::SendError;

/// A setting that is no sender.
#[derive(Debug, Clone, thiserror::Error)]
#[error(
    "`{found}` is no sender; expected an address such as accession@example.org or Our Books <books@example.org>"
)]
pub struct BadSender {
    /// What was found.
    pub found: String,
}

/// Whom all letters are from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender(Mailbox);

impl Sender {
    /// Reads `address` or `Name <address>`.
    pub fn parse(text: &str) -> Result<Self, BadSender> {
        text.parse().map(Self).map_err(|_| BadSender {
            found: text.to_owned(),
        })
    }

    /// The part of the address after the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.email.domain()
    }
}

impl fmt::Display for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A letter that is ready to go.
#[derive(Clone, PartialEq, Eq)]
pub struct Letter {
    /// The same at every attempt: a receiver that gets it twice can tell.
    pub id: Uuid,
    /// What kind of message it is.
    pub kind: MessageKind,
    /// Whom it is from.
    pub from: Sender,
    /// The receiver's name; may be empty.
    pub to_name: String,
    /// The receiver's address.
    pub to: String,
    /// What it says.
    pub rendered: Rendered,
    /// The page it leads to, if any: with a token in it.
    pub link: Option<String>,
    /// When it was written.
    pub at: Timestamp,
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl Letter {
    /// The id in its header, without angle brackets.
    #[must_use]
    pub fn message_id(&self) -> String {
        format!("{}@{}", self.id, self.from.domain())
    }

    /// The letter as it travels.
    pub fn to_message(&self) -> Result<Message, SendError> {
        let address: Address = self.to.parse().map_err(|_| SendError::Never {
            reason: "the address cannot be used for mail".into(),
        })?;
        let name = one_line(&self.to_name);
        let name = Some(name.trim().to_owned()).filter(|name| !name.is_empty());
        let Rendered {
            language,
            subject,
            text,
            html,
        } = &self.rendered;
        let body = MultiPart::alternative()
            .singlepart(part(ContentType::TEXT_PLAIN, text))
            .singlepart(part(ContentType::TEXT_HTML, html));
        let builder = Message::builder()
            .from(self.from.0.clone())
            .to(Mailbox::new(name, address))
            .subject(one_line(subject))
            .message_id(Some(format!("<{}>", self.message_id())))
            .date(self.at.into())
            // So that nobody's absence notice answers it.
            .raw_header(header("Auto-Submitted", "auto-generated"))
            .raw_header(header("Content-Language", language));
        builder.multipart(body).map_err(|error| SendError::Never {
            reason: format!("the letter cannot be written: {error}"),
        })
    }
}

fn part(kind: ContentType, text: &str) -> SinglePart {
    SinglePart::builder().header(kind).body(text.to_owned())
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), one_line(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(to_name: &str, to: &str, subject: &str) -> Letter {
        Letter {
            id: Uuid::from_u128(7),
            kind: MessageKind::VerifyEmail,
            from: Sender::parse("Büchermuseum <books@museum.example>").unwrap(),
            to_name: to_name.into(),
            to: to.into(),
            rendered: Rendered {
                language: "en".into(),
                subject: subject.into(),
                text: "Grüße".into(),
                html: "<p>Grüße</p>".into(),
            },
            link: None,
            at: Timestamp::UNIX_EPOCH,
        }
    }

    fn headers(letter: &Letter) -> Vec<String> {
        let text = String::from_utf8(letter.to_message().unwrap().formatted()).unwrap();
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        head.replace("\r\n ", " ")
            .split("\r\n")
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn names_and_subjects_with_line_ends_add_no_header_and_no_receiver() {
        for evil in [
            "Ana\r\nBcc: all@example.org",
            "Ana\nBcc: x@y.org",
            "Ana\r",
            "a\u{0}b",
            "Ana\" <x@y.org>, \"B",
        ] {
            let letter = letter(evil, "ana@example.org", evil);
            let found = headers(&letter);
            assert!(
                !found.iter().any(|line| line.starts_with("Bcc")),
                "{found:?}"
            );
            assert_eq!(
                found.iter().filter(|line| line.starts_with("To:")).count(),
                1,
                "{found:?}"
            );
            assert_eq!(letter.to_message().unwrap().envelope().to().len(), 1);
        }
    }

    #[test]
    fn an_address_that_is_none_is_refused_and_not_repeated() {
        for evil in [
            "ana@example.org\r\nBcc: x@y.org",
            "ana",
            "a b@example.org",
            "<x@y.org>,z@y.org",
            "",
        ] {
            let error = letter("Ana", evil, "s").to_message().unwrap_err();
            assert!(matches!(error, SendError::Never { .. }));
            assert!(!error.to_string().contains("example.org"), "{error}");
        }
    }

    #[test]
    fn names_in_any_script_are_encoded_and_the_id_stays_the_same() {
        let letter = letter("Олена 図書館", "ana@example.org", "Grüße 図書館");
        let found = headers(&letter);
        assert!(found.iter().all(|line| line.is_ascii()), "{found:?}");
        assert!(
            found.iter().any(|line| line.starts_with("To: =?utf-8?b?")),
            "{found:?}"
        );
        let id = "Message-ID: <00000000-0000-0000-0000-000000000007@museum.example>";
        assert!(found.iter().any(|line| line == id), "{found:?}");
        assert!(
            found
                .iter()
                .any(|line| line == "Auto-Submitted: auto-generated")
        );
    }

    #[test]
    fn a_sender_is_an_address_with_or_without_a_name() {
        assert_eq!(
            Sender::parse("books@example.org").unwrap().domain(),
            "example.org"
        );
        for text in ["", "books", "Books <books>", "a@b.org\r\nBcc: x@y.org"] {
            assert!(Sender::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_letter_that_is_logged_by_mistake_shows_no_address_and_no_link() {
        let shown = format!("{:?}", letter("Ana", "ana@example.org", "s"));
        assert!(!shown.contains("ana@") && !shown.contains("Ana"), "{shown}");
    }
}
