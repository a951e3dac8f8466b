//! The file of a made-up library: rooms, bookcases, shelves with fifty copies each, of titles by some authors.
//!
//! The same every time: nothing is drawn.

use accession_backup::{Line, Sealing};
use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use uuid::Uuid;

/// Copies on a shelf, shelves in a bookcase, bookcases in a room.
const ON_A_SHELF: usize = 50;
const SHELVES: usize = 5;
const BOOKCASES: usize = 20;
/// Every so many copies are of one title.
const OF_A_TITLE: usize = 3;
/// Every so many titles are by one author.
const BY_AN_AUTHOR: usize = 12;

/// A library with this many copies.
pub(super) fn file(copies: usize) -> Result<Vec<u8>> {
    let mut file = File::default();
    file.put(json!({ "line": "library", "schema": accession_backup::SCHEMA, "version": accession_backup::VERSION,
        "made_at": "2026-01-01T00:00:00Z", "position": 0, "id": id(1, 0), "name": "Bodleian", "kind": "lending",
        "terms": { "period_days": 14, "renewals": 2, "loans_per_patron": 10, "holds_per_patron": 10, "pick_up_days": 3,
            "lends_to": ["admin", "editor", "viewer", "patron"], "self_service": [], "self_return": false, "outside_borrowers": true } }))?;
    let shelves = copies.div_ceil(ON_A_SHELF);
    for shelf in 0..shelves {
        file.shelf(shelf)?;
    }
    for copy in 0..copies {
        file.copy(copy)?;
    }
    let File { sealing, mut bytes } = file;
    bytes.extend(sealing.end()?);
    Ok(bytes)
}

#[derive(Default)]
struct File {
    sealing: Sealing,
    bytes: Vec<u8>,
}

impl File {
    fn put(&mut self, line: Value) -> Result<()> {
        let line: Line = serde_json::from_value(line).context("a line that is none")?;
        self.bytes.extend(self.sealing.line(&line)?);
        Ok(())
    }

    fn shelf(&mut self, number: usize) -> Result<()> {
        let (case, room) = (number / SHELVES, number / SHELVES / BOOKCASES);
        if number.is_multiple_of(SHELVES * BOOKCASES) {
            self.place("room", room, None)?;
        }
        if number.is_multiple_of(SHELVES) {
            self.place("bookcase", case, Some(&id(2, room)))?;
        }
        self.place("shelf", number, Some(&id(3, case)))
    }

    fn place(&mut self, kind: &str, number: usize, under: Option<&Value>) -> Result<()> {
        let of = match kind {
            "room" => 2,
            "bookcase" => 3,
            _ => 4,
        };
        self.put(json!({ "line": "place", "id": id(of, number), "kind": kind, "name": format!("{kind} {number}"), "under": under }))
    }

    fn copy(&mut self, copy: usize) -> Result<()> {
        let title = copy / OF_A_TITLE;
        if copy.is_multiple_of(OF_A_TITLE) {
            let author = format!("Author {}", title / BY_AN_AUTHOR);
            self.put(json!({ "line": "title", "id": id(5, title), "kind": "book", "slug": format!("volume-{title}"),
                "name": format!("Volume {title}"), "authors": [author] }))?;
        }
        let tags: &[&str] = if copy.is_multiple_of(10) {
            &["reference"]
        } else {
            &[]
        };
        let slot = copy % ON_A_SHELF + 1;
        self.put(json!({ "line": "copy", "id": id(6, copy), "title": id(5, title), "barcode": format!("B-{copy}"), "tags": tags,
            "state": if copy % 100 == 99 { "damaged" } else { "present" }, "place": id(4, copy / ON_A_SHELF), "slot": slot,
            "added_at": "2026-01-01T00:00:00Z" }))
    }
}

fn id(of: u128, number: usize) -> Value {
    let number = u128::try_from(number).unwrap_or_default();
    json!(Uuid::from_u128((of << 64) | number))
}
