//! How a private SMTP server is started: Python's `aiosmtpd`, which keeps what it takes and misbehaves as a test wants.
//! Never passes a mail on.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::Signal;

use crate::private::Private;
use crate::server::Server;

/// A private SMTP server.
pub type PrivateSmtp = Private<Smtp>;

/// Settings of a private SMTP server.
#[derive(Debug, Default)]
pub struct Smtp {
    /// Demands STARTTLS, with a certificate for `localhost` that nobody has signed but itself (`openssl` makes it).
    pub tls: bool,
}

/// How it treats the next mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpBehaviour {
    /// Takes them.
    Take,
    /// "Try again": 451.
    Later,
    /// "For good": 550.
    Never,
    /// Says nothing any more.
    Hang,
    /// Breaks the connection off after the mail was sent, and has not kept it.
    Drop,
    /// Keeps the mail and breaks the connection off before it says so.
    TakeAndDrop,
}

impl SmtpBehaviour {
    const fn word(self) -> &'static str {
        match self {
            Self::Take => "take",
            Self::Later => "later",
            Self::Never => "never",
            Self::Hang => "hang",
            Self::Drop => "drop",
            Self::TakeAndDrop => "take-and-drop",
        }
    }
}

impl Smtp {
    /// Whether what it needs is installed. When not, it says so on standard error, loudly, and what installs it.
    #[must_use]
    #[expect(
        clippy::print_stderr,
        reason = "a test that is skipped must say so where the person who runs it looks"
    )]
    pub fn installed() -> bool {
        let installed = packages().join("aiosmtpd").is_dir();
        if !installed {
            eprintln!(
                "SKIPPED: no aiosmtpd in {}; scripts/install-smtp-server (part of `make test`) installs it",
                packages().display()
            );
        }
        installed
    }
}

impl Private<Smtp> {
    /// How it treats mails from now on.
    ///
    /// # Panics
    /// When its directory is gone.
    pub fn behave(&self, behaviour: SmtpBehaviour) {
        fs::write(self.data().join("behaviour"), behaviour.word()).expect("the directory is ours");
    }

    /// The mails that it has taken, the oldest first, as they came.
    ///
    /// # Panics
    /// When its directory is gone.
    #[must_use]
    pub fn mails(&self) -> Vec<String> {
        let entries = fs::read_dir(self.data()).expect("the directory is ours");
        let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
        let mut mails: Vec<PathBuf> = paths
            .filter(|path| path.extension().is_some_and(|ending| ending == "eml"))
            .collect();
        mails.sort();
        let read = |path| fs::read_to_string(path).expect("a mail is text");
        mails.into_iter().map(read).collect()
    }

    /// How many receivers it was told, whatever it said to them.
    #[must_use]
    pub fn attempts(&self) -> usize {
        let attempts = fs::read_to_string(self.data().join("attempts"));
        attempts.unwrap_or_default().lines().count()
    }

    /// Its certificate, as PEM.
    ///
    /// # Panics
    /// When it was started without TLS.
    #[must_use]
    pub fn certificate(&self) -> Vec<u8> {
        fs::read(self.data().join("certificate.pem")).expect("it was started with TLS")
    }
}

impl Server for Smtp {
    const NAME: &'static str = "aiosmtpd";
    const STOP: Signal = Signal::TERM;

    fn prepare(&self, data: &Path) {
        fs::create_dir(data).expect("the data directory is new");
        fs::write(data.join("behaviour"), SmtpBehaviour::Take.word())
            .expect("the directory is ours");
        if self.tls {
            make_certificate(data);
        }
    }

    fn command(&self, data: &Path, port: u16) -> Command {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("smtp/server.py");
        let mut command = Command::new("python3");
        command
            .env("PYTHONPATH", packages())
            .arg(script)
            .arg(port.to_string());
        command
            .arg(data)
            .arg(if self.tls { "tls" } else { "plain" });
        command
    }

    fn is_ready(&self, _data: &Path, port: u16, _pid: u32) -> bool {
        greeting(port).is_ok_and(|line| line.starts_with("220"))
    }

    fn url(&self, port: u16) -> String {
        let scheme = if self.tls { "smtp+starttls" } else { "smtp" };
        format!("{scheme}://localhost:{port}")
    }
}

fn greeting(port: u16) -> std::io::Result<String> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    Ok(line)
}

fn make_certificate(data: &Path) {
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
        ])
        .args(["-addext", "subjectAltName=DNS:localhost"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(data.join("key.pem"))
        .arg("-out")
        .arg(data.join("certificate.pem"))
        .stderr(Stdio::null())
        .status();
    assert!(
        made.is_ok_and(|status| status.success()),
        "openssl could not make a certificate"
    );
}

fn packages() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"),
        PathBuf::from,
    );
    target.join("tools/smtp")
}
