//! Mails that came over SMTP, as a mail program shows them.
//!
//! Never asks the server that wrote them what is in them.

use accession_testkit::eventually;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Premises;
use crate::system::SOON;

/// A mail with its text part in plain words.
#[derive(Debug, Clone)]
pub(crate) struct Letter {
    pub(crate) to: String,
    pub(crate) head: String,
    pub(crate) text: String,
}

impl Letter {
    fn read(mail: &str) -> Option<Self> {
        let mail = mail.replace("\r\n", "\n");
        let (head, parts) = mail.split_once("\n\n")?;
        let to = head
            .lines()
            .find_map(|line| line.strip_prefix("X-Envelope-To: "))?;
        let (_, part) = parts.split_once("Content-Type: text/plain")?;
        let (fields, body) = part.split_once("\n\n")?;
        let body = body.split("\n--").next()?;
        let encoded = |way: &str| fields.to_ascii_lowercase().contains(way);
        let text = if encoded("base64") {
            let whole: String = body.split_whitespace().collect();
            String::from_utf8(STANDARD.decode(whole).ok()?).ok()?
        } else if encoded("quoted-printable") {
            unquoted(body)?
        } else {
            body.to_owned()
        };
        Some(Self {
            to: to.to_owned(),
            head: head.to_owned(),
            text,
        })
    }

    /// The token of the link in it.
    pub(crate) fn token(&self) -> Option<String> {
        let (_, rest) = self.text.split_once("#token=")?;
        Some(rest.split_whitespace().next()?.to_owned())
    }
}

/// Quoted-printable, undone (RFC 2045, 6.7).
fn unquoted(body: &str) -> Option<String> {
    let body = body.replace("=\n", "");
    let mut parts = body.split('=');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(part.get(..2)?, 16).ok()?);
        bytes.extend_from_slice(part.get(2..)?.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

impl Premises {
    /// What an address has got so far, the oldest first.
    pub(crate) fn letters_to(&self, address: &str) -> Vec<Letter> {
        let mails = self.mail.mails();
        let letters = mails.iter().map(|mail| Letter::read(mail).expect(mail));
        letters.filter(|letter| letter.to == address).collect()
    }

    /// The newest letter to an address with these words in its text, once there are so many with them.
    pub(crate) async fn letter(&self, address: &str, words: &str, number: usize) -> Letter {
        eventually(SOON, async || {
            let mut letters = self.letters_to(address);
            letters.retain(|letter| letter.text.contains(words));
            let found = letters.len();
            let last = letters.pop().filter(|_| found >= number);
            last.ok_or_else(|| format!("{found} letter(s) with {words:?} to {address}"))
        })
        .await
    }

    /// The token in the newest letter with a link to this page, once there are so many.
    pub(crate) async fn mailed_token(&self, address: &str, page: &str, number: usize) -> String {
        let link = format!("https://books.example/{page}#token=");
        self.letter(address, &link, number).await.token().unwrap()
    }
}
