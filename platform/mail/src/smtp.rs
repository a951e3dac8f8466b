//! Letters over SMTP, with a small pool of connections and a limit to every wait.
//!
//! Never over an unprotected connection unless the setting says so; never keeps what a server says about an address.

use std::time::Duration;

use async_trait::async_trait;
use lettre::transport::smtp::PoolConfig;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};

use crate::letter::Letter;
use crate::server::{BadMailUrl, MailServer, TlsMode};
use crate::transport::{SendError, Transport};

/// Connections kept open at most.
const CONNECTIONS: u32 = 4;
/// A connection that nothing goes over is closed after that.
const IDLE: Duration = Duration::from_mins(1);
/// Answers by which a server says that it does not let us in: the letter itself may be good.
const NOT_LET_IN: [u16; 5] = [421, 530, 534, 535, 538];

/// Settings of the transport.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpOptions {
    /// How long the server may take for one answer.
    pub answer_within: Duration,
    /// How long a letter may take in all.
    pub letter_within: Duration,
    /// A certificate (PEM) that is trusted besides those of the web: of a server with a private authority.
    pub trusted: Option<Vec<u8>>,
}

impl Default for SmtpOptions {
    fn default() -> Self {
        Self {
            answer_within: Duration::from_secs(20),
            letter_within: Duration::from_mins(1),
            trusted: None,
        }
    }
}

/// Hands letters to a mail server.
pub struct SmtpTransport {
    inner: AsyncSmtpTransport<Tokio1Executor>,
    letter_within: Duration,
}

impl SmtpTransport {
    /// A transport to this server; connects with the first letter. Must be called within a Tokio runtime.
    pub fn new(server: &MailServer, options: &SmtpOptions) -> Result<Self, BadMailUrl> {
        let MailServer::Smtp {
            host,
            port,
            tls,
            login,
        } = server
        else {
            return Err(bad("`log:` is no mail server"));
        };
        let pool = PoolConfig::new().max_size(CONNECTIONS).idle_timeout(IDLE);
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
            .port(*port)
            .timeout(Some(options.answer_within))
            .tls(protection(host, *tls, options)?)
            .pool_config(pool);
        if let Some((user, password)) = login {
            builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
        }
        Ok(Self {
            inner: builder.build(),
            letter_within: options.letter_within,
        })
    }
}

fn bad(reason: &str) -> BadMailUrl {
    BadMailUrl {
        reason: reason.into(),
    }
}

fn protection(host: &str, tls: TlsMode, options: &SmtpOptions) -> Result<Tls, BadMailUrl> {
    if tls == TlsMode::None {
        return Ok(Tls::None);
    }
    let mut parameters = TlsParameters::builder(host.to_owned());
    if let Some(pem) = &options.trusted {
        let certificate = Certificate::from_pem(pem)
            .map_err(|_| bad("the file of mail_ca_file holds no PEM certificate"))?;
        parameters = parameters.add_root_certificate(certificate);
    }
    let parameters = parameters
        .build()
        .map_err(|error| bad(&format!("TLS cannot be set up: {error}")))?;
    Ok(match tls {
        TlsMode::Implicit => Tls::Wrapper(parameters),
        TlsMode::StartTls | TlsMode::None => Tls::Required(parameters),
    })
}

#[async_trait]
impl Transport for SmtpTransport {
    async fn send(&self, letter: &Letter) -> Result<(), SendError> {
        let message = letter.to_message()?;
        let sent = tokio::time::timeout(self.letter_within, self.inner.send(message)).await;
        match sent {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(verdict(&error, letter)),
            Err(_) => Err(SendError::Later {
                reason: format!("the mail server took more than {:?}", self.letter_within),
            }),
        }
    }

    fn name(&self) -> &'static str {
        "smtp"
    }
}

/// What to do about a failure. The server's own words are dropped: they often repeat the address.
fn verdict(error: &lettre::transport::smtp::Error, letter: &Letter) -> SendError {
    let code = error.status().map(u16::from);
    let never = error.is_permanent() && code.is_none_or(|code| !NOT_LET_IN.contains(&code));
    let reason = match code {
        Some(code) if never => format!("the mail server refused it for good ({code})"),
        Some(code) if error.is_permanent() => {
            format!("the mail server does not let us in ({code}): look at name and password in mail_url")
        }
        Some(code) => format!("the mail server put it off ({code})"),
        None if error.is_timeout() => "the mail server did not answer in time".into(),
        // The same kind of failure as "the server knows no STARTTLS", which is no fault of the letter.
        None if error.is_client() && !letter.to.is_ascii() => {
            return SendError::Never {
                reason: "the mail server cannot take an address in another script".into(),
            };
        }
        None if error.is_client() => "the mail server does not offer what mail_url demands (STARTTLS, a way to sign in)".into(),
        None => "the mail server cannot be reached, broke off, or its certificate is not trusted (mail_ca_file)".into(),
    };
    if never {
        SendError::Never { reason }
    } else {
        SendError::Later { reason }
    }
}
