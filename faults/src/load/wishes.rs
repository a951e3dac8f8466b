//! What clients want: mixed commands, each of which writes exactly one event that can be told from all others.
//!
//! Nobody else writes to a worker's things, so that the version after each command is known beforehand.

use reqwest::Method;
use serde_json::{Value, json};

use super::client::{Call, Caller};
use accession_testkit::Dice;

/// Something a worker has made.
#[derive(Debug, Clone)]
pub(super) struct Thing {
    pub(super) kind: Kind,
    pub(super) id: String,
    pub(super) version: u64,
    pub(super) locked: bool,
}

/// Its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Title,
    Edition,
    Episode,
}

/// A command about to be sent, and what it will write.
#[derive(Debug)]
pub(super) struct Wish {
    pub(super) call: Call,
    pub(super) event: &'static str,
    pub(super) marker: Option<String>,
    /// The place of the thing in the worker's list; none for something new.
    pub(super) about: Option<usize>,
    /// Kind of what is new.
    pub(super) makes: Option<Kind>,
    /// The number of items of a batch, each under the marker with its number; 0 for a single command.
    pub(super) items: usize,
}

/// Draws what a worker wants next.
pub(super) fn next(marker: &str, things: &[Thing], dice: &mut Dice) -> Wish {
    let place = dice.place(things.len());
    let Some(thing) = things.get(place) else {
        return add_title(marker);
    };
    let titles = || things.iter().filter(|thing| thing.kind == Kind::Title);
    match dice.below(100) {
        0..20 => add_title(marker),
        20..30 => batch(marker, dice),
        30..40 => match titles().nth(dice.place(titles().count())) {
            Some(title) => add_edition(marker, &title.id),
            None => add_title(marker),
        },
        40..50 => match titles().nth(dice.place(titles().count())) {
            Some(title) => add_episode(marker, &title.id, dice),
            None => add_title(marker),
        },
        50..65 => lock(marker, thing, place),
        65..72 if thing.kind == Kind::Title => slug(marker, thing, place),
        _ => edit(marker, thing, place, dice),
    }
}

fn call(marker: &str, method: Method, path: String, body: Option<Value>) -> Call {
    Call {
        caller: Caller::Curator,
        method,
        path,
        body,
        key: marker.to_owned(),
        if_match: None,
    }
}

fn new(marker: &str, path: &str, body: Value, event: &'static str, makes: Kind) -> Wish {
    Wish {
        call: call(marker, Method::POST, path.to_owned(), Some(body)),
        event,
        marker: Some(marker.to_owned()),
        about: None,
        makes: Some(makes),
        items: 0,
    }
}

pub(super) fn add_title(marker: &str) -> Wish {
    let body = json!({ "kind": "series", "name": marker, "year": 1984 });
    new(marker, "/api/v1/titles", body, "TitleAdded", Kind::Title)
}

fn add_edition(marker: &str, title: &str) -> Wish {
    let body = json!({ "title_id": title, "name": marker, "page_count": 374 });
    new(
        marker,
        "/api/v1/editions",
        body,
        "EditionAdded",
        Kind::Edition,
    )
}

fn add_episode(marker: &str, title: &str, dice: &mut Dice) -> Wish {
    // Wide enough that two workers' numbers never meet under one title.
    let number = dice.below(1_000_000);
    let body = json!({ "title_id": title, "number": number, "name": marker, "is_available": true });
    new(
        marker,
        "/api/v1/episodes",
        body,
        "EpisodeAdded",
        Kind::Episode,
    )
}

fn batch(marker: &str, dice: &mut Dice) -> Wish {
    let items = 2 + dice.place(6);
    let item = |number: usize| {
        let name = item_marker(marker, number);
        json!({ "source": "rig", "source_id": name, "kind": "book", "name": name })
    };
    let body = json!({ "items": (0..items).map(item).collect::<Vec<_>>() });
    let path = "/api/v1/internal/import/titles:batch".to_owned();
    let mut call = call(marker, Method::POST, path, Some(body));
    call.caller = Caller::Importer;
    Wish {
        call,
        event: "TitleAdded",
        marker: Some(marker.to_owned()),
        about: None,
        makes: None,
        items,
    }
}

/// What an item of a batch is called.
pub(super) fn item_marker(batch: &str, number: usize) -> String {
    format!("{batch}-item-{number}-")
}

fn path_of(thing: &Thing) -> String {
    let kind = match thing.kind {
        Kind::Title => "titles",
        Kind::Edition => "editions",
        Kind::Episode => "episodes",
    };
    format!("/api/v1/{kind}/{}", thing.id)
}

fn changed(
    call: Call,
    thing: &Thing,
    place: usize,
    events: [&'static str; 3],
    marker: Option<String>,
) -> Wish {
    let [title, edition, episode] = events;
    let event = match thing.kind {
        Kind::Title => title,
        Kind::Edition => edition,
        Kind::Episode => episode,
    };
    Wish {
        call,
        event,
        marker,
        about: Some(place),
        makes: None,
        items: 0,
    }
}

fn edit(marker: &str, thing: &Thing, place: usize, dice: &mut Dice) -> Wish {
    let body = match thing.kind {
        Kind::Title => json!({ "description": marker }),
        Kind::Edition => json!({ "publisher": marker }),
        Kind::Episode => json!({ "name": marker }),
    };
    let mut call = call(marker, Method::PATCH, path_of(thing), Some(body));
    call.if_match = dice.chance(50).then_some(thing.version);
    let events = [
        "TitleFactsAsserted",
        "EditionFactsAsserted",
        "EpisodeFactsAsserted",
    ];
    changed(call, thing, place, events, Some(marker.to_owned()))
}

fn slug(marker: &str, thing: &Thing, place: usize) -> Wish {
    let path = format!("{}/slug", path_of(thing));
    let call = call(marker, Method::PUT, path, Some(json!({ "slug": marker })));
    let events = ["TitleSlugChanged"; 3];
    changed(call, thing, place, events, Some(marker.to_owned()))
}

fn lock(marker: &str, thing: &Thing, place: usize) -> Wish {
    let path = format!("{}/locks/name", path_of(thing));
    let (method, events) = if thing.locked {
        let events = [
            "TitleFieldUnlocked",
            "EditionFieldUnlocked",
            "EpisodeFieldUnlocked",
        ];
        (Method::DELETE, events)
    } else {
        let events = [
            "TitleFieldLocked",
            "EditionFieldLocked",
            "EpisodeFieldLocked",
        ];
        (Method::PUT, events)
    };
    changed(call(marker, method, path, None), thing, place, events, None)
}
