//! Files that go together, and every way in which one does not.
//!
//! Never asks more than the bytes: no server is needed to refuse a bad file.

use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Fault, Line, MOST_FAULTS, MOST_PLACES, Sealing, VERSION, check};

fn id(number: u128) -> Value {
    json!(Uuid::from_u128(number))
}

fn library() -> Value {
    json!({ "line": "library", "schema": "accession.library-backup", "version": 1, "made_at": "2026-11-22T00:00:00Z",
        "position": 7, "id": id(1), "name": "Longbourn", "kind": "family",
        "terms": { "period_days": 14, "renewals": 2, "loans_per_patron": 10, "holds_per_patron": 10, "pick_up_days": 3,
            "lends_to": ["viewer"], "self_service": [], "self_return": true, "outside_borrowers": true } })
}

fn place(number: u128, kind: &str, under: Option<u128>) -> Value {
    json!({ "line": "place", "id": id(number), "kind": kind, "name": "A place", "under": under.map(id) })
}

fn loan(number: u128, from: &str, to: Option<&str>) -> Value {
    json!({ "line": "loan", "id": id(number), "copy": id(50), "borrower": id(60), "lent_at": from, "due_at": "2026-11-30T23:59:59Z",
        "how": "desk", "outcome": if to.is_some() { "returned" } else { "open" }, "ended_at": to })
}

/// A shelf in a room, a title with an edition, a copy on the shelf that was lent, is lent, and is waited for.
fn whole() -> Vec<Value> {
    vec![
        library(),
        place(10, "room", None),
        place(11, "shelf", Some(10)),
        json!({ "line": "title", "id": id(30), "kind": "book", "slug": "emma", "name": "Emma", "authors": ["Jane Austen"] }),
        json!({ "line": "edition", "id": id(40), "title": id(30), "isbn": "9780141439587" }),
        json!({ "line": "copy", "id": id(50), "title": id(30), "edition": id(40), "barcode": "PEM-1", "state": "present",
            "place": id(11), "slot": 1, "added_at": "2026-01-01T00:00:00Z" }),
        json!({ "line": "borrower", "id": id(60), "name": "Mr Knightley" }),
        json!({ "line": "borrower", "id": id(61), "name": "Miss Bates" }),
        loan(70, "2026-02-01T00:00:00Z", Some("2026-02-03T00:00:00Z")),
        loan(71, "2026-03-01T00:00:00Z", None),
        json!({ "line": "hold", "id": id(80), "copy": id(50), "borrower": id(61), "placed_at": "2026-03-02T00:00:00Z" }),
        json!({ "line": "member", "account": id(90), "name": "Emma", "role": "admin" }),
    ]
}

fn sealed(lines: &[Value]) -> Vec<u8> {
    let mut sealing = Sealing::default();
    let mut file = Vec::new();
    for line in lines {
        let line: Line = serde_json::from_value(line.clone()).unwrap();
        file.extend(sealing.line(&line).unwrap());
    }
    file.extend(sealing.end().unwrap());
    file
}

/// The same with lines that this crate would never write.
fn forged(lines: &[Value]) -> Vec<u8> {
    use sha2::{Digest as _, Sha256};
    let mut body = Vec::new();
    for line in lines {
        body.extend(serde_json::to_vec(line).unwrap());
        body.push(b'\n');
    }
    let end = json!({ "line": "end", "lines": lines.len(), "sha256": hex::encode(Sha256::digest(&body)) });
    body.extend(serde_json::to_vec(&end).unwrap());
    body.push(b'\n');
    body
}

fn first_fault(file: &[u8]) -> (u64, &'static str) {
    let Fault { line, code, .. } = check(file).unwrap_err().remove(0);
    (line, code)
}

/// The fault when this line is put in the place of that one (counted from 1), or behind all.
fn with(at: usize, line: Value) -> (u64, &'static str) {
    let mut lines = whole();
    if at > lines.len() {
        lines.push(line);
    } else {
        lines[at - 1] = line;
    }
    first_fault(&forged(&lines))
}

#[test]
fn a_whole_file_is_counted() {
    let file = sealed(&whole());
    let checked = check(&file).unwrap();
    assert_eq!(checked.library.name.as_str(), "Longbourn");
    let counts = serde_json::to_value(checked.counts).unwrap();
    assert_eq!(
        counts,
        json!({ "places": 2, "titles": 1, "editions": 1, "members": 1, "borrowers": 2, "copies": 1, "loans": 2, "holds": 1 })
    );
    assert!(
        checked.waited_for_since.is_empty(),
        "it is out and waited for"
    );
}

#[test]
fn what_is_in_and_waited_for_is_told_with_its_last_loan() {
    let mut lines = whole();
    lines[9] = loan(71, "2026-03-01T00:00:00Z", Some("2026-03-05T00:00:00Z"));
    let file = sealed(&lines);
    let since = check(&file).unwrap().waited_for_since;
    let (copy, last) = since.into_iter().next().unwrap();
    assert_eq!(
        (copy.as_uuid().as_u128(), last.as_uuid().as_u128()),
        (50, 71)
    );
}

#[test]
fn a_file_that_breaks_off_anywhere_is_refused() {
    let file = sealed(&whole());
    for end in 0..file.len() {
        let (_, code) = first_fault(&file[..end]);
        assert!(
            ["truncated", "not_a_backup"].contains(&code),
            "{end}: {code}"
        );
    }
}

#[test]
fn another_schema_and_a_newer_version_are_told_before_anything_else() {
    let mut newer = library();
    newer["version"] = json!(VERSION + 1);
    newer["new_field"] = json!(1);
    assert_eq!(first_fault(&forged(&[newer])), (1, "unknown_version"));
    let mut other = library();
    other["schema"] = json!("somebody.else");
    for file in [forged(&[other]), b"{}".to_vec(), Vec::new(), vec![0; 100]] {
        assert_eq!(first_fault(&file), (1, "not_a_backup"));
    }
}

#[test]
fn what_does_not_go_together_is_told_with_its_line() {
    let copy = whole()[5].clone();
    let but = |field: &str, value: Value| {
        let mut line = copy.clone();
        line[field] = value;
        line
    };
    for (at, line, expected) in [
        (1, place(9, "room", None), (1, "not_a_backup")),
        (99, library(), (13, "out_of_order")),
        (2, place(10, "shelf", None), (3, "does_not_fit")),
        (2, place(10, "room", Some(11)), (2, "unknown_id")),
        (2, place(10, "room", Some(10)), (2, "unknown_id")),
        (3, place(10, "room", None), (3, "there_twice")),
        (6, but("title", id(9)), (6, "unknown_id")),
        (6, but("edition", id(9)), (6, "unknown_id")),
        (6, but("place", id(9)), (6, "unknown_id")),
        (6, but("slot", json!(0)), (6, "bad_slot")),
        (6, but("slot", Value::Null), (6, "bad_slot")),
        (6, but("state", json!("withdrawn")), (6, "withdrawn")),
        (6, but("state", json!("lost")), (10, "not_there")),
        (6, but("stat", json!("lost")), (6, "bad_line")),
        (6, but("barcode", json!("")), (6, "bad_line")),
        (99, copy.clone(), (13, "there_twice")),
        (
            99,
            {
                let mut line = but("id", id(51));
                line["barcode"] = Value::Null;
                line
            },
            (13, "slot_taken"),
        ),
        (
            10,
            loan(70, "2026-03-01T00:00:00Z", None),
            (10, "there_twice"),
        ),
        (
            10,
            loan(71, "2026-02-02T00:00:00Z", None),
            (10, "out_already"),
        ),
        (
            10,
            loan(71, "2027-02-02T00:00:00Z", None),
            (10, "in_the_future"),
        ),
        (
            10,
            loan(71, "2026-12-01T00:00:00Z", None),
            (10, "in_the_future"),
        ),
        (
            9,
            loan(70, "2026-02-05T00:00:00Z", Some("2026-02-03T00:00:00Z")),
            (9, "back_before_out"),
        ),
        (
            7,
            json!({ "line": "borrower", "id": id(62), "name": "Nobody" }),
            (9, "unknown_id"),
        ),
        (
            11,
            json!({ "line": "hold", "id": id(80), "copy": id(9), "borrower": id(61), "placed_at": "2026-03-02T00:00:00Z" }),
            (11, "unknown_id"),
        ),
    ] {
        assert_eq!(with(at, line.clone()), expected, "{line}");
    }
}

#[test]
fn a_million_places_are_refused_at_the_first_that_is_too_many_and_few_faults_are_told() {
    let mut lines = vec![library()];
    lines.extend((0..MOST_PLACES as u128 + 100).map(|number| place(1000 + number, "room", None)));
    let faults = check(&forged(&lines)).unwrap_err();
    assert_eq!(faults.len(), MOST_FAULTS);
    assert_eq!(
        (faults[0].line, faults[0].code),
        (MOST_PLACES as u64 + 2, "too_many_places")
    );
}

#[test]
fn a_line_that_never_ends_is_refused() {
    let mut lines = whole();
    lines[1]["name"] = json!("x".repeat(300_000));
    assert_eq!(first_fault(&forged(&lines)), (2, "line_too_long"));
}

proptest! {
    #[test]
    fn one_changed_byte_anywhere_is_noticed(at in 0_usize..4_000, to in any::<u8>()) {
        let mut file = sealed(&whole());
        let at = at % file.len();
        prop_assume!(file[at] != to);
        file[at] = to;
        // A digest may be written in either case and is compared as it is written; nothing else is forgiven.
        prop_assert!(check(&file).is_err());
    }

    #[test]
    fn whatever_bytes_come_they_are_refused_and_nothing_breaks(file in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(check(&file).is_err());
    }
}
