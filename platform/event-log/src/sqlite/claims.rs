//! The claims table compared with the log, and mended, within one transaction.
//!
//! It never touches the events.

use accession_events::StreamName;
use rusqlite::{Connection, params};

use super::failure::During;
use super::reading;
use crate::claim_book::{ClaimBook, ClaimDifference, ClaimReport};
use crate::error::LogError;

/// Events read at a time.
const PAGE: usize = 2_000;

/// Compares the table with all events, as this transaction sees both.
pub(super) fn compare(
    connection: &Connection,
    mut book: ClaimBook,
) -> Result<ClaimReport, LogError> {
    loop {
        let page = reading::feed(connection, book.upto(), PAGE)?;
        if page.is_empty() {
            break;
        }
        for event in &page {
            book.apply(event)?;
        }
    }
    let doing = "reading the claims";
    let mut comparison = book.compare();
    let mut statement = connection
        .prepare("SELECT kind, value, owner_type, owner FROM claims ORDER BY kind, value")
        .during(doing)?;
    let mut rows = statement.query([]).during(doing)?;
    while let Some(row) = rows.next().during(doing)? {
        let text = |column| row.get::<_, String>(column).during(doing);
        comparison.row(&text(0)?, &text(1)?, StreamName::new(&text(2)?, text(3)?));
    }
    Ok(comparison.finish())
}

/// Makes the table say what the events say.
pub(super) fn mend(
    connection: &Connection,
    differences: &[ClaimDifference],
) -> Result<(), LogError> {
    let doing = "mending the claims";
    for difference in differences {
        connection
            .prepare_cached("DELETE FROM claims WHERE kind = ?1 AND value = ?2")
            .and_then(|mut delete| delete.execute(params![difference.kind, difference.value]))
            .during(doing)?;
        let Some(owner) = &difference.expected else {
            continue;
        };
        connection
            .prepare_cached(
                "INSERT INTO claims (kind, value, owner_type, owner) VALUES (?1, ?2, ?3, ?4)",
            )
            .and_then(|mut insert| {
                insert.execute(params![
                    difference.kind,
                    difference.value,
                    owner.aggregate_type,
                    owner.aggregate_id
                ])
            })
            .during(doing)?;
    }
    Ok(())
}
