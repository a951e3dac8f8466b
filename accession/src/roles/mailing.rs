//! The sender of messages beside the writer: by which transport, and how the queue is doing.
//!
//! Never shows the password of the mail server, and links with tokens in development only.

use std::sync::Arc;

use accession_command_api::notifications::{MailSender, MailStatus, SenderOptions};
use accession_mail::{
    LogTransport, MailServer, Sender, SmtpOptions, SmtpTransport, Templates, Transport,
};
use accession_secrets::challenges::ChallengeTokens;
use accession_secrets::{Sealer, outbox};
use accession_service::health::{Condition, PartStatus};
use accession_service::shutdown::Shutdown;
use anyhow::{Context as _, Result};
use jiff::Timestamp;
use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::health::Check;
use super::writing::Parts;
use crate::settings::{Mode, Settings};

/// A message that is due for longer than this waits for something that does not come.
const STUCK_AFTER_SECONDS: i64 = 900;

/// Starts the sender.
pub(super) fn start(
    parts: Parts<'_>,
    checks: &mut Vec<Check>,
    mut shutdown: Shutdown,
) -> Result<JoinHandle<()>> {
    let sender = sender(parts)?;
    checks.push(health(sender.status()));
    Ok(tokio::spawn(
        sender.run(clock(), async move { shutdown.wait().await }),
    ))
}

fn sender(parts: Parts<'_>) -> Result<MailSender> {
    let (settings, private) = (parts.settings, parts.private);
    let templates = match &settings.mail_templates {
        Some(directory) => Templates::with_directory(directory),
        None => Templates::built_in(),
    };
    let options = SenderOptions {
        public_url: settings.public_url(),
        ..SenderOptions::default()
    };
    Ok(MailSender::new(
        outbox::open(&private.database),
        Sealer::new(private.keys.clone()),
        ChallengeTokens::new(&private.root),
        templates.context("mail_templates")?,
        transport(settings)?,
        Sender::parse(&settings.mail_from()).context("mail_from")?,
        options,
    )
    .looking_at(Arc::clone(parts.log.store())))
}

fn transport(settings: &Settings) -> Result<Arc<dyn Transport>> {
    let server = MailServer::parse(&settings.mail_url).context("mail_url")?;
    if server == MailServer::Log {
        return Ok(Arc::new(match settings.mode {
            Mode::Development => LogTransport::with_links(),
            Mode::Production if settings.mail_only_log => {
                tracing::warn!(
                    "mail_url is `log:`: nobody gets mail, so nobody can verify an address or reset a password"
                );
                LogTransport::discreet()
            }
            Mode::Production => anyhow::bail!(
                "mail_url is not set: nobody could verify an address or reset a password. Set it to the address of a mail \
                 server, or set mail_only_log = true if nobody is to get mail"
            ),
        }));
    }
    let trusted = settings
        .mail_ca_file
        .as_ref()
        .map(std::fs::read)
        .transpose();
    let options = SmtpOptions {
        trusted: trusted.context("mail_ca_file cannot be read")?,
        ..SmtpOptions::default()
    };
    tracing::info!(%server, "mail goes to this server");
    Ok(Arc::new(
        SmtpTransport::new(&server, &options).context("mail_url")?,
    ))
}

#[expect(
    clippy::disallowed_methods,
    reason = "retries go by the time; this is the edge"
)]
fn clock() -> fn() -> Timestamp {
    Timestamp::now
}

fn health(status: watch::Receiver<MailStatus>) -> Check {
    Box::new(move || {
        let status = status.borrow().clone();
        let overdue = status
            .next_due
            .map_or(0, |due| clock()().as_second() - due.as_second());
        let (condition, message) = if status.failed > 0 {
            (
                Condition::Degraded,
                format!(
                    "{} message(s) were given up; see `accession mail list`",
                    status.failed
                ),
            )
        } else if overdue > STUCK_AFTER_SECONDS {
            (
                Condition::Degraded,
                format!("a message is due for {overdue} s"),
            )
        } else if let Some(problem) = &status.problem {
            (Condition::Degraded, problem.clone())
        } else {
            (Condition::Ok, String::new())
        };
        vec![PartStatus {
            name: "mail".into(),
            condition,
            message,
            details: json!({
                "waiting": status.waiting,
                "failed": status.failed,
                "only_logs": status.only_logs,
            }),
        }]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn production_does_not_start_without_a_mail_server_unless_that_was_said() {
        let production = Settings {
            mode: Mode::Production,
            ..Settings::default()
        };
        let refused = transport(&production).map(|_| ()).unwrap_err().to_string();
        assert!(refused.contains("mail_only_log"), "{refused}");
        let said = Settings {
            mail_only_log: true,
            ..production
        };
        assert!(transport(&said).unwrap().only_logs());
        assert!(transport(&Settings::default()).unwrap().only_logs());
    }
}
