//! A mail server as a setting names it: a URL.
//!
//! Never shown with its password.

use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

/// How the connection is kept from being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsMode {
    /// TLS from the first byte (port 465).
    Implicit,
    /// STARTTLS, and nothing is sent if the server does not know it (port 587).
    StartTls,
    /// Not at all.
    None,
}

/// A setting that is no mail server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{reason}; expected smtps://user:password@host:465 (TLS), smtp://user:password@host:587 (STARTTLS; none on this \
     machine), smtp+plain://host:25 (unencrypted) or log: (no mail at all)"
)]
pub struct BadMailUrl {
    /// What is wrong, without the password.
    pub reason: String,
}

/// Where letters are handed over.
#[derive(Clone, PartialEq, Eq)]
pub enum MailServer {
    /// Nowhere: a line in the log.
    Log,
    /// To a server.
    Smtp {
        /// Its name or address.
        host: String,
        /// Its port.
        port: u16,
        /// How the connection is protected.
        tls: TlsMode,
        /// Name and password, where it wants them.
        login: Option<(String, String)>,
    },
}

impl fmt::Debug for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for MailServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Log => f.write_str("log:"),
            Self::Smtp {
                host, port, tls, ..
            } => write!(f, "{host}:{port} ({tls:?})"),
        }
    }
}

impl MailServer {
    /// Reads the setting.
    pub fn parse(text: &str) -> Result<Self, BadMailUrl> {
        if matches!(text, "log" | "log:" | "log://") {
            return Ok(Self::Log);
        }
        let url = Url::parse(text).map_err(|error| bad(&format!("it is no URL ({error})")))?;
        let Some(host) = url.host_str().filter(|host| !host.is_empty()) else {
            return Err(bad("it names no host"));
        };
        let tls = match url.scheme() {
            "smtps" => TlsMode::Implicit,
            "smtp" if is_here(&url) => TlsMode::None,
            "smtp" | "smtp+starttls" => TlsMode::StartTls,
            "smtp+plain" => TlsMode::None,
            other => return Err(bad(&format!("`{other}:` is no way to send mail"))),
        };
        let usual = match tls {
            TlsMode::Implicit => 465,
            TlsMode::StartTls => 587,
            TlsMode::None => 25,
        };
        Ok(Self::Smtp {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(usual),
            tls,
            login: login(&url)?,
        })
    }
}

fn bad(reason: &str) -> BadMailUrl {
    BadMailUrl {
        reason: reason.into(),
    }
}

/// On this machine nobody listens in between.
fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => {
            name == "localhost"
                || name
                    .trim_matches(['[', ']'])
                    .parse()
                    .is_ok_and(|ip: IpAddr| ip.is_loopback())
        }
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

fn login(url: &Url) -> Result<Option<(String, String)>, BadMailUrl> {
    if url.username().is_empty() {
        return Ok(None);
    }
    let password = url.password().unwrap_or_default();
    match (plain(url.username()), plain(password)) {
        (Some(user), Some(password)) => Ok(Some((user, password))),
        _ => Err(bad("its name or password is not valid percent-encoding")),
    }
}

/// What percent-encoded text stands for.
fn plain(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes().iter();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => hex(*rest.next()?)? << 4 | hex(*rest.next()?)?,
            other => *other,
        });
    }
    String::from_utf8(bytes).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (String, u16, TlsMode) {
        match MailServer::parse(text).unwrap() {
            MailServer::Smtp {
                host, port, tls, ..
            } => (host, port, tls),
            MailServer::Log => ("log".into(), 0, TlsMode::None),
        }
    }

    #[test]
    fn the_scheme_says_how_the_connection_is_protected() {
        let host = |name: &str, port, tls| (name.to_owned(), port, tls);
        assert_eq!(
            parsed("smtps://mail.example"),
            host("mail.example", 465, TlsMode::Implicit)
        );
        assert_eq!(
            parsed("smtp://mail.example:2525"),
            host("mail.example", 2525, TlsMode::StartTls)
        );
        assert_eq!(
            parsed("smtp+plain://mail.example"),
            host("mail.example", 25, TlsMode::None)
        );
        for here in [
            "smtp://localhost:1025",
            "smtp://127.0.0.1:1025",
            "smtp://[::1]:1025",
        ] {
            assert_eq!(parsed(here).2, TlsMode::None, "{here}");
        }
        assert_eq!(
            parsed("smtp+starttls://127.0.0.1:1025").2,
            TlsMode::StartTls
        );
        assert_eq!(MailServer::parse("log:").unwrap(), MailServer::Log);
    }

    #[test]
    fn a_login_may_hold_any_character_and_is_never_shown() {
        let server = MailServer::parse("smtps://me%40x.org:p%3A%2F%40ss@mail.example").unwrap();
        let MailServer::Smtp { login, .. } = &server else {
            panic!("{server}");
        };
        assert_eq!(*login, Some(("me@x.org".into(), "p:/@ss".into())));
        assert!(!format!("{server} {server:?}").contains("ss@"));
        let shown = format!("{server:?}");
        assert!(
            !shown.contains("p:/@ss") && !shown.contains("me@x"),
            "{shown}"
        );
    }

    #[test]
    fn what_is_no_mail_server_is_refused_with_what_is_expected() {
        for text in [
            "",
            "mail.example",
            "http://mail.example",
            "smtps://",
            "smtp://u:%zz@h",
        ] {
            let error = MailServer::parse(text).unwrap_err().to_string();
            assert!(
                error.contains("smtps://user:password@host:465"),
                "{text}: {error}"
            );
        }
    }
}
