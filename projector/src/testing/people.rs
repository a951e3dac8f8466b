//! Random but possible histories of accounts, libraries, memberships and titles, with erasures in between.
//!
//! Boxes hold their text as it is, so that a test opens them without keys. It keeps just enough of the world to stay
//! possible, and knows nothing of documents.

mod acts;
mod opening;

use std::collections::{BTreeMap, BTreeSet};

use accession_events::values::{EmailIndex, ExternalIndex};
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

pub(crate) use opening::{opened_late, opened_now};

use super::history::{History, by, curator, id};

/// So many people, libraries and titles take part; few, so that much happens to each.
const PEOPLE: u64 = 4;
const LIBRARIES: u64 = 3;

/// Something that may be wished for; it happens only if the world allows it.
#[derive(Debug, Clone, Copy)]
struct Wish {
    act: u8,
    who: u64,
    library: u64,
    word: u8,
}

/// What is known of a person.
#[derive(Debug, Default)]
struct Person {
    registered: bool,
    ended: bool,
    address: u8,
    sessions: u64,
}

/// What has happened so far.
#[derive(Debug, Default)]
pub(super) struct World {
    people: BTreeMap<u64, Person>,
    /// Libraries that were made, with members and open invitations.
    libraries: BTreeMap<u64, Vec<u64>>,
    /// Subject, library, account if it was known.
    invitations: Vec<(u64, u64, Option<u64>)>,
    /// Everything that is the same person: account and subject.
    aliases: Vec<(u64, u64)>,
    /// Records of removed members that were not purged: account, subject, library.
    records: Vec<(u64, u64, u64)>,
    next: u64,
    titles: u64,
}

/// Histories of up to `most` wishes; at the end of some everybody goes.
pub(crate) fn histories_of_people(
    most: usize,
    everybody_goes: bool,
) -> impl Strategy<Value = History> {
    let wish =
        (0..24u8, 0..PEOPLE, 0..LIBRARIES, any::<u8>()).prop_map(|(act, who, library, word)| {
            Wish {
                act,
                who: 600 + who,
                library: 700 + library,
                word,
            }
        });
    proptest::collection::vec(wish, 1..most).prop_map(move |wishes| {
        let mut world = World::default();
        let history = wishes
            .into_iter()
            .fold(History::new(), |history, wish| world.grant(history, wish));
        let people = if everybody_goes { PEOPLE } else { 0 };
        (600..600 + people).fold(history, |history, who| {
            if world.lives(who) {
                world.erase(history, who, 1)
            } else {
                history
            }
        })
    })
}

/// Every id in a history: under each of them the models may keep something.
pub(crate) fn keys_of_people(history: &History) -> Vec<String> {
    let mut keys = BTreeSet::new();
    for event in history.events() {
        keys.insert(event.stream.aggregate_id.to_string());
        let words = event.payload.split('"');
        keys.extend(
            words
                .filter(|word| word.parse::<Uuid>().is_ok())
                .map(str::to_owned),
        );
    }
    keys.into_iter().collect()
}

/// A box that holds this in the clear.
fn sealed(subject: u64, value: &Value) -> Value {
    json!({ "subject": id(subject), "box": value.to_string() })
}

fn text(subject: u64, text: &str) -> Value {
    sealed(subject, &json!(text))
}

fn address(number: u8) -> String {
    EmailIndex::new([number; 32]).to_string()
}

impl World {
    fn fresh(&mut self) -> u64 {
        self.next += 1;
        900 + self.next
    }

    fn person(&mut self, who: u64) -> &mut Person {
        self.people.entry(who).or_default()
    }

    fn lives(&mut self, who: u64) -> bool {
        let person = self.person(who);
        person.registered && !person.ended
    }

    fn belongs(&self, library: u64, who: u64) -> bool {
        let members = self.libraries.get(&library);
        members.is_some_and(|members| members.contains(&who))
    }

    fn grant(&mut self, history: History, wish: Wish) -> History {
        let Wish {
            act,
            who,
            library,
            word,
        } = wish;
        if act == 0 {
            return self.title(history, word);
        }
        if !self.lives(who) {
            return match act {
                // It takes a while until every process knows.
                1 if self.person(who).ended => self.sign_in(history, who, word),
                _ if self.person(who).registered => history,
                _ => self.register(history, who, word, None),
            };
        }
        match act {
            1..=4 => self.own(history, who, word),
            5 => self.sign_in(history, who, word),
            6..=8 => self.found(history, library, who),
            9..=11 => self.invite(history, library, who, word),
            12..=14 => self.accept(history, who, word),
            15 => self.child(history, library, who, word),
            16..=18 => self.end(history, library, who, word),
            19..=20 => self.purge(history, word),
            _ => self.erase(history, who, word),
        }
    }

    fn title(&mut self, history: History, word: u8) -> History {
        let facts = json!([{ "field": "name", "value": format!("Title {word}") }]);
        if self.titles < 10 {
            self.titles += 1;
            let number = 99 + self.titles;
            let added = json!({ "kind": "book", "slug": format!("p-{number}"), "provenance": by("a", "1"), "facts": facts });
            return history.title(number, json!({ "TitleAdded": added }));
        }
        let said = json!({ "provenance": curator(), "facts": facts });
        history.title(
            100 + u64::from(word % 10),
            json!({ "TitleFactsAsserted": said }),
        )
    }

    fn register(&mut self, history: History, who: u64, word: u8, guardian: Option<u64>) -> History {
        self.next += 1;
        let index = u8::try_from(self.next % 250).unwrap_or_default();
        let person = self.person(who);
        (person.registered, person.address) = (true, index);
        let mut registered = json!({
            "email": text(who, &format!("person{word}@example.org")), "email_index": address(index),
            "name": text(who, &format!("Person Number {word}")), "language": "en",
            "consents": { "privacy": "1", "terms": "1" },
        });
        if let Some(guardian) = guardian {
            registered["guardian"] = json!(id(guardian));
        }
        history.account(who, json!({ "AccountRegistered": registered }))
    }
}
