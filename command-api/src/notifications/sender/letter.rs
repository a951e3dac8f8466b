//! From a row of the queue to a letter: boxes are opened, tokens derived, words put in.
//!
//! What is opened here is kept nowhere, and no problem that it tells of contains any of it.

use accession_events::ids::SubjectId;
use accession_mail::{Letter, MessageKind};
use accession_secrets::SealError;
use accession_secrets::outbox::TakenMessage;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::MailSender;
use crate::notifications::address_book::AddressBook;
use crate::notifications::draft::{Boxed, Draft, Reminded};
use crate::notifications::loan_mails::lent::Lent;

/// What stands in the way of a letter.
pub(super) enum Obstacle {
    /// Nobody can be written to any more, or nobody wants it any more.
    Moot(&'static str),
    Never(String),
    Later(String),
}

impl From<SealError> for Obstacle {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Erased(_) => Self::Moot("its receiver was erased"),
            SealError::Secrets(error) if error.is_transient() => Self::Later(error.to_string()),
            other => Self::Never(other.to_string()),
        }
    }
}

impl MailSender {
    pub(super) async fn letter(
        &self,
        message: &TakenMessage,
        now: Timestamp,
    ) -> Result<Letter, Obstacle> {
        let never = |reason: String| Obstacle::Never(reason);
        let kind = MessageKind::named(&message.kind)
            .ok_or_else(|| never(format!("this version knows no message `{}`", message.kind)))?;
        let draft: Draft = serde_json::from_str(&message.letter)
            .map_err(|_| never("what it is written from cannot be read".into()))?;
        if let (Some(reminded), Some(book)) = (&draft.loan, &self.book)
            && !is_still_out(book, reminded).await?
        {
            return Err(Obstacle::Moot("the copy came back, or is due later by now"));
        }
        let Some(to) = self.open(Some(&draft.to)).await? else {
            return Err(Obstacle::Moot("its receiver was erased"));
        };
        let name = self.open(draft.name.as_ref()).await?;
        let name = name.map(|name| name.to_string()).unwrap_or_default();
        let link = self.link(&draft);
        let values = self.values(&draft, &name, link.as_deref()).await?;
        let rendered = self.templates.render(kind, &draft.language, &values.into());
        Ok(Letter {
            id: message.id,
            kind,
            from: self.from.clone(),
            to_name: name,
            to,
            rendered: rendered.map_err(|error| never(error.to_string()))?,
            link,
            at: now,
        })
    }

    /// What the template may name.
    async fn values(
        &self,
        draft: &Draft,
        name: &str,
        link: Option<&str>,
    ) -> Result<Map<String, Value>, Obstacle> {
        let mut values = draft.values.clone();
        let inviter = self.open(draft.inviter.as_ref()).await?;
        values.insert(
            "inviter".into(),
            inviter
                .map(|name| name.to_string())
                .unwrap_or_default()
                .into(),
        );
        if let Some(child) = self.open(draft.child.as_ref()).await? {
            values.insert("child".into(), child.to_string().into());
        }
        values
            .entry("child")
            .or_insert_with(|| String::new().into());
        values.insert(
            "device".into(),
            self.open(draft.device.as_ref())
                .await?
                .unwrap_or_default()
                .into(),
        );
        values.insert("name".into(), name.into());
        values.insert("site".into(), self.site().into());
        values.insert("when".into(), shown(draft.when).into());
        values.insert(
            "until".into(),
            draft.until.map(shown).unwrap_or_default().into(),
        );
        values.insert("link".into(), link.unwrap_or_default().into());
        Ok(values)
    }

    /// The address of the page. A token goes behind `#`: browsers keep that part to themselves, so it gets into no log.
    fn link(&self, draft: &Draft) -> Option<String> {
        let page = draft.page?;
        let mut link = format!("{}{}", self.options.public_url, page.path());
        if let (Some(challenge), Some(purpose)) = (draft.challenge, page.purpose()) {
            link.push_str("#token=");
            link.push_str(&self.tokens.token(purpose, challenge));
        }
        Some(link)
    }

    fn site(&self) -> &str {
        let url = &self.options.public_url;
        url.split_once("://").map_or(url, |(_, host)| host)
    }

    async fn open<T: DeserializeOwned + Clone>(
        &self,
        boxed: Option<&Boxed<T>>,
    ) -> Result<Option<T>, Obstacle> {
        match boxed {
            Some(boxed) => Ok(self
                .sealer
                .open(&boxed.stream(), &boxed.field, &boxed.value)
                .await?),
            None => Ok(None),
        }
    }
}

/// Whether the copy is out on this loan and due when it was due.
async fn is_still_out(book: &AddressBook, reminded: &Reminded) -> Result<bool, Obstacle> {
    let lent = Lent::now(book, reminded.copy).await;
    let lent = lent.map_err(|error| Obstacle::Later(error.to_string()))?;
    Ok(lent
        .out
        .is_some_and(|(loan, _, due_at)| loan == reminded.loan && due_at == reminded.due_at))
}

/// The subject whose key is there for this message alone.
pub(super) fn once(message: &TakenMessage) -> Option<SubjectId> {
    let draft: Draft = serde_json::from_str(&message.letter).ok()?;
    draft.once
}

/// A time as people of any language read it.
fn shown(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}
