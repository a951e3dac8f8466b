//! Holds a writer back while more is unwritten than may be held in memory.
//!
//! Never waits for ever: an engine that has stopped tells so when it is written to.

use std::thread;
use std::time::Duration;

use super::failure::in_use;
use super::tables::Tables;
use crate::store::ReadStoreError;

/// Bytes of unwritten records and index entries from which on a writer waits.
///
/// The engine rotates a table's memory in the worker that also merges files. While a merge lasts nothing is rotated, and what
/// it would hold writers back by, the number of rotated pieces, does not grow: a rebuild of a million events came to 1.6 GB.
const UNWRITTEN: u64 = 96 * 1024 * 1024;
const LOOK_AGAIN: Duration = Duration::from_millis(5);
/// Looks before the writer goes on all the same: a minute.
const LOOKS: u32 = 12_000;

/// Waits until there is room for another commit.
pub(super) fn make_room(tables: &Tables) -> Result<(), ReadStoreError> {
    if tables.db.write_buffer_size() < UNWRITTEN {
        return Ok(());
    }
    for table in [&tables.records, &tables.index] {
        table.rotate_memtable().map_err(in_use)?;
    }
    for _ in 0..LOOKS {
        if tables.db.write_buffer_size() < UNWRITTEN {
            break;
        }
        thread::park_timeout(LOOK_AGAIN);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::EmbeddedOptions;
    use super::*;

    #[test]
    fn a_writer_goes_on_when_there_is_room_in_memory() {
        let directory = tempfile::tempdir().unwrap();
        let tables = Tables::open(&EmbeddedOptions::new(directory.path()), None).unwrap();
        let mut batch = tables.db.batch();
        for key in 0..=UNWRITTEN / 65_536 {
            batch.insert(&tables.records, key.to_be_bytes(), vec![7; 65_536]);
        }
        batch.commit().unwrap();

        make_room(&tables).unwrap();

        assert!(tables.db.write_buffer_size() < UNWRITTEN);
        assert_eq!(
            tables
                .records
                .get(0_u64.to_be_bytes())
                .unwrap()
                .unwrap()
                .len(),
            65_536
        );
    }
}
