//! Random but possible histories of a small catalog: every event is one that the writer could have appended.
//!
//! It keeps just enough of the world to stay possible, and knows nothing of documents.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::history::{History, by, curator, id};

/// One thing that may be wished for; it happens only if the world allows it.
#[derive(Debug, Clone)]
pub(crate) enum Wish {
    Title { number: u64, word: u8 },
    Edition { title: u64, number: u64, word: u8 },
    Episode { title: u64, number: u64, word: u8 },
    Source { episode: u64, number: u64, word: u8 },
    Run { number: u64, word: u8 },
}

#[derive(Default)]
struct World {
    titles: Vec<u64>,
    editions: Vec<(u64, u64)>,
    /// Episode, title or none, number.
    episodes: Vec<(u64, Option<u64>, u64)>,
    sources: Vec<(u64, u64)>,
    runs: Vec<u64>,
}

/// Histories of up to `most` events.
pub(crate) fn histories(most: usize) -> impl Strategy<Value = History> {
    let wish = prop_oneof![
        (0..4u64, any::<u8>()).prop_map(|(number, word)| Wish::Title { number, word }),
        (0..4u64, 0..5u64, any::<u8>()).prop_map(|(title, number, word)| Wish::Edition {
            title,
            number,
            word
        }),
        (0..4u64, 0..6u64, any::<u8>()).prop_map(|(title, number, word)| Wish::Episode {
            title,
            number,
            word
        }),
        (0..6u64, 0..4u64, any::<u8>()).prop_map(|(episode, number, word)| Wish::Source {
            episode,
            number,
            word
        }),
        (0..2u64, any::<u8>()).prop_map(|(number, word)| Wish::Run { number, word }),
    ];
    proptest::collection::vec(wish, 1..most).prop_map(|wishes| {
        let mut world = World::default();
        wishes
            .into_iter()
            .fold(History::new(), |history, wish| world.grant(history, &wish))
    })
}

impl World {
    fn grant(&mut self, history: History, wish: &Wish) -> History {
        match *wish {
            Wish::Title { number, word } => self.title(history, 100 + number, word),
            Wish::Edition {
                title,
                number,
                word,
            } => self.edition(history, 100 + title, 200 + number, word),
            Wish::Episode {
                title,
                number,
                word,
            } => self.episode(history, 100 + title, 300 + number, word),
            Wish::Source {
                episode,
                number,
                word,
            } => self.source(history, 300 + episode, 400 + number, word),
            Wish::Run { number, word } => self.run(history, 500 + number, word),
        }
    }

    fn title(&mut self, history: History, number: u64, word: u8) -> History {
        if !self.titles.contains(&number) {
            self.titles.push(number);
            let kind = ["book", "series", "film"][usize::from(word % 3)];
            let facts = [
                name(word),
                json!({ "field": "release_year", "value": 1900 + i32::from(word % 100) }),
            ];
            let added = json!({ "kind": kind, "slug": format!("t-{number}"), "provenance": by("a", "1"), "facts": facts });
            return history.title(number, json!({ "TitleAdded": added }));
        }
        let other = self.titles[usize::from(word) % self.titles.len()];
        let event = match word % 13 {
            0 => {
                json!({ "TitleFactsAsserted": { "provenance": curator(), "facts": [name(word)] } })
            }
            1 => {
                json!({ "TitleFactsAsserted": { "provenance": by("b", "2"), "facts": [name(word), rating(word)] } })
            }
            2 => {
                json!({ "TitleFactsWithdrawn": { "provenance": by("a", "1"), "fields": ["name"] } })
            }
            3 => json!({ "TitleFieldLocked": { "field": "name" } }),
            4 => json!({ "TitleFieldUnlocked": { "field": "name" } }),
            5 => {
                json!({ "TitleSlugChanged": { "slug": format!("t-{number}-{word}"), "former": format!("t-{number}") } })
            }
            6 => json!({ "TitleReclassified": { "from": "book", "to": "film" } }),
            7 => json!({ "TitleDeactivated": { "reason": "twice here" } }),
            8 => json!({ "TitleMergedInto": { "title_id": id(other) } }),
            9 => {
                let taken = json!({ "title_id": id(other), "said": [[by("c", "7"), name(word)]] });
                json!({ "TitleAbsorbed": { "taken": [taken] } })
            }
            10 => {
                let fields = [json!({ "field": "name", "said": [[by("b", "2"), name(word)]] })];
                json!({ "TitleRelinquished": { "title_id": id(other), "titles": [id(other)], "fields": fields } })
            }
            11 => {
                let said = json!({ "field": "name", "said": [[by("c", "7"), name(word)]] });
                json!({ "TitleSeparated": { "from": id(other), "fields": [said], "records": [by("c", "7")] } })
            }
            _ => json!({ "TitleActivated": {} }),
        };
        history.title(number, event)
    }

    fn edition(&mut self, history: History, title: u64, number: u64, word: u8) -> History {
        let Some((_, title)) = self
            .editions
            .iter()
            .find(|(known, _)| *known == number)
            .copied()
        else {
            if !self.titles.contains(&title) {
                return history;
            }
            self.editions.push((number, title));
            let facts = [
                json!({ "field": "isbn", "value": "9780439023481" }),
                name(word),
            ];
            let added =
                json!({ "title_id": id(title), "provenance": by("a", "3"), "facts": facts });
            return history.edition(number, json!({ "EditionAdded": added }));
        };
        let from = title;
        let title = id(title);
        let event = match word % 7 {
            6 => {
                let to = self.titles[usize::from(word) % self.titles.len()];
                for edition in &mut self.editions {
                    if edition.0 == number {
                        edition.1 = to;
                    }
                }
                if to == from {
                    return history;
                }
                let brought = json!({ "said": [[by("a", "3"), name(word)]] });
                json!({ "EditionMoved": { "title_id": id(to), "from": title, "edition": brought } })
            }
            0 => {
                json!({ "EditionFactsAsserted": { "title_id": title, "provenance": curator(), "facts": [name(word)] } })
            }
            1 => {
                json!({ "EditionFactsWithdrawn": { "title_id": title, "provenance": by("a", "3"), "fields": ["isbn"] } })
            }
            2 => json!({ "EditionFieldLocked": { "title_id": title, "field": "isbn" } }),
            3 => json!({ "EditionFieldUnlocked": { "title_id": title, "field": "isbn" } }),
            4 => json!({ "EditionWithdrawn": { "title_id": title } }),
            _ => json!({ "EditionReinstated": { "title_id": title } }),
        };
        history.edition(number, event)
    }

    fn episode(&mut self, history: History, title: u64, number: u64, word: u8) -> History {
        let known = self
            .episodes
            .iter()
            .position(|(known, _, _)| *known == number);
        let exists = self.titles.contains(&title);
        let Some(place) = known else {
            if !exists {
                return history;
            }
            self.episodes.push((number, Some(title), number));
            let added = json!({ "title_id": id(title), "number": number, "provenance": by("a", "4"), "facts": [name(word)] });
            return history.episode(number, json!({ "EpisodeAdded": added }));
        };
        let of = self.episodes[place].1;
        let title_id = of.map(id);
        let event = match (word % 6, of) {
            (0, Some(of)) => {
                self.episodes[place].1 = None;
                json!({ "EpisodeDetached": { "title_id": id(of), "number": number } })
            }
            (1, None) if exists => {
                self.episodes[place].1 = Some(title);
                let brought = json!({ "said": [[by("a", "4"), name(word)]], "sources": [] });
                json!({ "EpisodeAttached": { "title_id": id(title), "number": number, "episode": brought } })
            }
            (2, Some(of)) => {
                json!({ "EpisodeRenumbered": { "title_id": id(of), "from": number, "to": u64::from(word) } })
            }
            (3, _) => available(title_id.as_ref(), word.is_multiple_of(2)),
            (4, _) => json!({ "EpisodeFieldLocked": { "title_id": title_id, "field": "name" } }),
            _ => {
                json!({ "EpisodeFactsAsserted": { "title_id": title_id, "provenance": curator(), "facts": [name(word)] } })
            }
        };
        // What a detached episode brought to another title may differ from what its sources were.
        if event.get("EpisodeAttached").is_some() {
            self.sources.retain(|(_, episode)| *episode != number);
        }
        history.episode(number, event)
    }

    fn source(&mut self, history: History, episode: u64, number: u64, word: u8) -> History {
        let Some((_, title, _)) = self.episodes.iter().find(|(known, _, _)| *known == episode)
        else {
            return history;
        };
        let title = title.map(id);
        let source_id = id(number * 10 + episode);
        let known = self.sources.contains(&(number, episode));
        let facts = [
            json!({ "field": "priority", "value": i32::from(word) }),
            json!({ "field": "active", "value": !word.is_multiple_of(3) }),
        ];
        let mut body = json!({ "title_id": title, "source_id": source_id, "provenance": by("a", "5"), "facts": facts });
        if !known {
            self.sources.push((number, episode));
            body["url"] = json!(format!("https://video.example/{number}"));
            body["name"] = json!(format!("Mirror {number}"));
            return history.episode(episode, json!({ "VideoSourceAdded": body }));
        }
        if word.is_multiple_of(4) {
            self.sources.retain(|known| *known != (number, episode));
            let removed = json!({ "title_id": title, "source_id": source_id });
            return history.episode(episode, json!({ "VideoSourceRemoved": removed }));
        }
        history.episode(episode, json!({ "VideoSourceFactsAsserted": body }))
    }

    fn run(&mut self, history: History, number: u64, word: u8) -> History {
        if !self.runs.contains(&number) {
            self.runs.push(number);
            let opened = json!({ "source": "a", "input": format!("file-{word}") });
            return history.import_run(number, json!({ "ImportRunOpened": opened }));
        }
        let counts = json!({ "accepted": word, "unchanged": 1, "rejected": 2 });
        let event = match word % 3 {
            0 => {
                json!({ "ImportRunCheckpointed": { "cursor": word.to_string(), "counts": counts } })
            }
            1 => {
                json!({ "ImportItemsRejected": { "items": [{ "record": "1", "code": "bad_isbn", "detail": "no" }] } })
            }
            _ => json!({ "ImportRunCompleted": { "source": "a", "input": "x", "counts": counts } }),
        };
        history.import_run(number, event)
    }
}

fn name(word: u8) -> Value {
    json!({ "field": "name", "value": format!("Name {word}") })
}

fn rating(word: u8) -> Value {
    json!({ "field": "audience_rating", "value": { "hundredths": u16::from(word), "votes": 3 } })
}

fn available(title_id: Option<&String>, available: bool) -> Value {
    let fact = json!({ "field": "available", "value": available });
    json!({ "EpisodeFactsAsserted": { "title_id": title_id, "provenance": by("a", "4"), "facts": [fact] } })
}
