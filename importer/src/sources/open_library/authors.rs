//! Names of authors by their numbers, on disk: thirteen million names take no memory.
//!
//! Two files without names of their own in the temporary directory: places by number, and the names at those places. They
//! vanish with the importer, however it ends.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;

use super::super::document::text;
use super::documents::last_part;
use super::dump::Line;

/// Open Library has about fourteen million authors; beyond this a number is a mistake.
const GREATEST: u64 = 200_000_000;
const LONGEST_NAME: usize = 1000;
/// A place is written with one added, so that nothing written means nothing known.
const PLACE: u64 = 8;

/// The table.
pub(super) struct Authors {
    places: File,
    names: File,
    end: u64,
}

impl Authors {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            places: nameless()?,
            names: nameless()?,
            end: 0,
        })
    }

    /// Remembers everybody in a dump of authors, plain or gzip.
    pub(super) fn read_dump(&mut self, path: &Path) -> io::Result<u64> {
        let mut reader = BufReader::new(crate::input::Input::open(path)?.reader);
        let mut line = Vec::new();
        let mut count = 0;
        while crate::lines::next(&mut reader, &mut line)? {
            if self.take(&line)? {
                count += 1;
            }
        }
        Ok(count)
    }

    /// Remembers the author of a line; false when it is about something else.
    pub(super) fn take(&mut self, line: &[u8]) -> io::Result<bool> {
        let Some(author) = Line::split(line).filter(|line| line.kind == "/type/author") else {
            return Ok(false);
        };
        let document: Value = serde_json::from_str(author.document).unwrap_or_default();
        let name = document
            .get("name")
            .or_else(|| document.get("personal_name"))
            .and_then(text);
        if let Some(name) = name {
            self.put(last_part(author.key), &name)?;
        }
        Ok(true)
    }

    fn put(&mut self, id: &str, name: &str) -> io::Result<()> {
        let Some(number) = number_of(id) else {
            return Ok(());
        };
        let name: String = name.chars().take(LONGEST_NAME / 4).collect();
        let length = u16::try_from(name.len()).unwrap_or(0);
        let mut entry = length.to_le_bytes().to_vec();
        entry.extend(name.as_bytes());
        self.names.write_all_at(&entry, self.end)?;
        self.places
            .write_all_at(&(self.end + 1).to_le_bytes(), number * PLACE)?;
        self.end += u64::try_from(entry.len()).unwrap_or(0);
        Ok(())
    }

    /// The name of an author such as `OL1A`.
    pub(super) fn name(&self, id: &str) -> Option<String> {
        let mut place = [0_u8; 8];
        self.places
            .read_exact_at(&mut place, number_of(id)? * PLACE)
            .ok()?;
        let start = u64::from_le_bytes(place).checked_sub(1)?;
        let mut length = [0_u8; 2];
        self.names.read_exact_at(&mut length, start).ok()?;
        let mut name = vec![0; usize::from(u16::from_le_bytes(length))];
        self.names.read_exact_at(&mut name, start + 2).ok()?;
        String::from_utf8(name).ok()
    }
}

fn number_of(id: &str) -> Option<u64> {
    let number = id.strip_prefix("OL")?.strip_suffix('A')?.parse().ok()?;
    (number <= GREATEST).then_some(number)
}

/// A file that has lost its name already.
fn nameless() -> io::Result<File> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let path =
        std::env::temp_dir().join(format!("accession-authors-{}-{number}", std::process::id()));
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_by_number_and_the_newest_wins() {
        let mut authors = Authors::new().unwrap();
        let line = |key: &str, name: &str| {
            format!("/type/author\t/authors/{key}\t1\t2010\t{{\"name\": \"{name}\"}}").into_bytes()
        };
        assert!(authors.take(&line("OL7A", "Ann Author")).unwrap());
        assert!(authors.take(&line("OL9000000A", "Bö Other")).unwrap());
        assert!(authors.take(&line("OL7A", "Ann B. Author")).unwrap());
        assert!(
            !authors
                .take(b"/type/work\t/works/OL1W\t1\t2010\t{}")
                .unwrap()
        );
        assert_eq!(authors.name("OL7A").as_deref(), Some("Ann B. Author"));
        assert_eq!(authors.name("OL9000000A").as_deref(), Some("Bö Other"));
        assert_eq!((authors.name("OL8A"), authors.name("x")), (None, None));
    }
}
