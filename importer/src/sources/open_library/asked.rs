//! Asking Open Library: an edition by ISBN or key with its work and authors, a work with its editions, or the works that
//! match some words.
//!
//! The service allows three requests a second to those who say who they are. Its whole catalogue comes as a dump, not here.

use std::collections::HashMap;

use accession_events::values::Isbn;
use serde_json::Value;

use super::super::asking::{Asked, Asking, Stop};
use super::super::document::text;
use super::answers;
use super::documents::{self, last_part};
use crate::record::{Items, Note, Record, Reject};
use crate::web::{Ask, Manners};

pub(in crate::sources) const ASKED: Asked = Asked {
    manners: Manners::of("open-library", 350),
    base: "https://openlibrary.org",
    needs_token: false,
    needs: Some(
        "--id with an ISBN, OL…W or OL…M, or --query with words; the whole catalogue comes with open-library-dump",
    ),
    ask: |asking| {
        Box::pin(async move {
            let _ = all(Session {
                asking,
                names: HashMap::new(),
            })
            .await;
        })
    },
};

struct Session {
    asking: Asking,
    /// Names of authors by their keys; none for one without.
    names: HashMap<String, Option<String>>,
}

async fn all(mut session: Session) -> Result<(), Stop> {
    for id in session.asking.wishes.ids.clone() {
        session.one(&id).await?;
    }
    if let Some(query) = session.asking.wishes.query.clone() {
        let url = session
            .asking
            .url("/search.json", &[("q", &query), ("limit", "100")]);
        if let Some(answer) = session.asking.document(&Ask::Get(url), &query).await? {
            for record in answers::records_of(answer) {
                session.asking.send(record).await?;
            }
        }
    }
    Ok(())
}

impl Session {
    async fn one(&mut self, id: &str) -> Result<(), Stop> {
        let path = match Isbn::parse(id) {
            Ok(isbn) => format!("/isbn/{isbn}.json"),
            Err(_) if id.starts_with("OL") && id.ends_with('M') => format!("/books/{id}.json"),
            Err(_) if id.starts_with("OL") && id.ends_with('W') => return self.work(id).await,
            Err(_) => {
                let detail =
                    "expected an ISBN, a work such as OL45804W or an edition such as OL7353617M";
                return self.asking.reject(id, Reject::new("bad_id", detail)).await;
            }
        };
        let ask = Ask::Get(self.asking.url(&path, &[]));
        let Some(edition) = self.asking.document(&ask, id).await? else {
            return Ok(());
        };
        let work = edition.pointer("/works/0/key").and_then(text);
        let work = match work {
            Some(key) => self.follow(last_part(&key).to_owned()).await?,
            None => None,
        };
        self.send(id, work.as_ref(), std::slice::from_ref(&edition))
            .await
    }

    async fn work(&mut self, id: &str) -> Result<(), Stop> {
        let ask = Ask::Get(self.asking.url(&format!("/works/{id}.json"), &[]));
        let Some(work) = self.asking.document(&ask, id).await? else {
            return Ok(());
        };
        let ask = Ask::Get(
            self.asking
                .url(&format!("/works/{id}/editions.json"), &[("limit", "100")]),
        );
        let editions = self.asking.addition(&ask).await?;
        let editions =
            editions.and_then(|answer| answer.get("entries").and_then(Value::as_array).cloned());
        self.send(id, Some(&work), &editions.unwrap_or_default())
            .await
    }

    /// The work of a key; a work that was merged leads to the one that stayed.
    async fn follow(&mut self, key: String) -> Result<Option<Value>, Stop> {
        let ask = Ask::Get(self.asking.url(&format!("/works/{key}.json"), &[]));
        self.asking.addition(&ask).await
    }

    async fn send(
        &mut self,
        what: &str,
        work: Option<&Value>,
        editions: &[Value],
    ) -> Result<(), Stop> {
        for document in work.into_iter().chain(editions) {
            self.learn_names(document).await?;
        }
        let mut notes = Vec::new();
        let items = self.items(work, editions, &mut notes);
        let raw = work
            .or_else(|| editions.first())
            .map(Value::to_string)
            .unwrap_or_default();
        let record = Record {
            number: 0,
            name: what.to_owned(),
            raw: vec![raw],
            items,
            notes,
            end: None,
        };
        self.asking.send(record).await
    }

    fn items(
        &self,
        work: Option<&Value>,
        editions: &[Value],
        notes: &mut Vec<Note>,
    ) -> Result<Items, Reject> {
        let names = |id: &str| self.names.get(id).cloned().flatten();
        let mut all = match work {
            Some(work) => documents::work(work, &names, notes)?,
            None => Items::default(),
        };
        let id = all.title.as_ref().map(|title| title.source_id.clone());
        for edition in editions {
            let items = documents::edition(edition, &names, notes)?;
            all.title = all.title.or(items.title);
            for mut edition in items.editions {
                edition.title_source_id = id.clone().unwrap_or(edition.title_source_id);
                all.editions.push(edition);
            }
        }
        Ok(all)
    }

    async fn learn_names(&mut self, document: &Value) -> Result<(), Stop> {
        let authors = document
            .get("authors")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        for author in authors {
            let author = author.get("author").unwrap_or(&author);
            let Some(key) = author.get("key").and_then(text) else {
                continue;
            };
            let id = last_part(&key).to_owned();
            if !self.names.contains_key(&id) {
                let ask = Ask::Get(self.asking.url(&format!("/authors/{id}.json"), &[]));
                let found = self.asking.addition(&ask).await?;
                let name = found.and_then(|author| author.get("name").and_then(text));
                self.names.insert(id, name);
            }
        }
        Ok(())
    }
}
