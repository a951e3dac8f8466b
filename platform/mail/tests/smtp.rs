//! Letters handed to a real SMTP server, which takes, puts off, refuses, hangs and breaks off.
//!
//! Never over the network: the server is private to its test.
#![cfg(test)]

use std::time::Duration;

use accession_mail::{
    Letter, MailServer, MessageKind, SendError, Sender, SmtpOptions, SmtpTransport, Templates,
    Transport as _,
};
use accession_testkit::{PrivateSmtp, Smtp, SmtpBehaviour};
use jiff::Timestamp;
use uuid::Uuid;

fn letter() -> Letter {
    let kind = MessageKind::VerifyEmail;
    let rendered = Templates::built_in()
        .unwrap()
        .render(kind, "de", &kind.example());
    Letter {
        id: Uuid::from_u128(1),
        kind,
        from: Sender::parse("Bücher <books@books.example>").unwrap(),
        to_name: "Олена".into(),
        to: "olena@example.org".into(),
        rendered: rendered.unwrap(),
        link: None,
        at: Timestamp::UNIX_EPOCH,
    }
}

fn transport(url: &str, trusted: Option<Vec<u8>>) -> SmtpTransport {
    let options = SmtpOptions {
        answer_within: Duration::from_secs(2),
        letter_within: Duration::from_secs(5),
        trusted,
    };
    SmtpTransport::new(&MailServer::parse(url).unwrap(), &options).unwrap()
}

#[tokio::test]
async fn a_letter_arrives_as_it_was_written_and_the_connection_is_used_again() {
    if !Smtp::installed() {
        return;
    }
    let server = PrivateSmtp::start().await;
    let transport = transport(&server.url(), None);
    transport.send(&letter()).await.unwrap();
    transport.send(&letter()).await.unwrap();
    let mails = server.mails();
    assert_eq!(mails.len(), 2);
    let mail = &mails[0];
    assert!(mail.contains("X-Envelope-To: olena@example.org"), "{mail}");
    assert!(
        mail.contains("Message-ID: <00000000-0000-0000-0000-000000000001@books.example>"),
        "{mail}"
    );
    assert!(
        mail.contains("multipart/alternative") && mail.contains("text/html"),
        "{mail}"
    );
}

#[tokio::test]
async fn what_the_server_says_decides_and_is_never_repeated() {
    if !Smtp::installed() {
        return;
    }
    let server = PrivateSmtp::start().await;
    // One each: a broken connection may stay in a pool until it is tried, which is one more attempt of the queue.
    let fresh = || transport(&server.url(), None);
    for (behaviour, later) in [
        (SmtpBehaviour::Later, true),
        (SmtpBehaviour::Never, false),
        (SmtpBehaviour::Hang, true),
        (SmtpBehaviour::Drop, true),
        (SmtpBehaviour::TakeAndDrop, true),
    ] {
        server.behave(behaviour);
        let error = fresh().send(&letter()).await.unwrap_err();
        assert_eq!(
            matches!(error, SendError::Later { .. }),
            later,
            "{behaviour:?}: {error}"
        );
        assert!(!error.to_string().contains("olena"), "{error}");
    }
    server.behave(SmtpBehaviour::Take);
    fresh().send(&letter()).await.unwrap();
    assert_eq!(
        server.mails().len(),
        2,
        "one that was taken and not told, and the last"
    );
}

#[tokio::test]
async fn a_server_that_is_away_is_a_matter_of_time() {
    let transport = transport(
        &format!("smtp://127.0.0.1:{}", accession_testkit::free_port()),
        None,
    );
    assert!(matches!(
        transport.send(&letter()).await,
        Err(SendError::Later { .. })
    ));
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused_unless_it_is_trusted() {
    if !Smtp::installed() {
        return;
    }
    let server = PrivateSmtp::start_server(Smtp { tls: true }).await;
    let refused = transport(&server.url(), None)
        .send(&letter())
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("mail_ca_file"), "{refused}");
    assert_eq!(
        server.attempts(),
        0,
        "nothing was said before the connection was protected"
    );
    transport(&server.url(), Some(server.certificate()))
        .send(&letter())
        .await
        .unwrap();
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test]
async fn a_server_without_starttls_gets_nothing_when_protection_is_required() {
    if !Smtp::installed() {
        return;
    }
    let server = PrivateSmtp::start().await;
    let url = format!("smtp+starttls://localhost:{}", server.port());
    assert!(matches!(
        transport(&url, None).send(&letter()).await,
        Err(SendError::Later { .. })
    ));
    assert_eq!(server.attempts(), 0);
}
