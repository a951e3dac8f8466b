//! `SQLite` FTS5 in memory: all words with the last as a prefix, then any word; the better one of what ships with it.
//!
//! Has an extra column of the bare title, as every engine here.

use std::time::Instant;

use accession_search::fold;
use anyhow::Result;
use rusqlite::{Connection, Statement, params};

use super::Same;
use super::books::Book;
use super::judge::{Answered, judge};
use super::queries::Query;

/// Answers everything.
pub(crate) fn ask(books: &[Book], same: &Same, queries: &[Query]) -> Result<Vec<Answered>> {
    let database = Connection::open_in_memory()?;
    database.execute_batch(
        "CREATE VIRTUAL TABLE books USING fts5(title, bare, authors, tokenize = 'unicode61', prefix = '2 3')",
    )?;
    for book in books {
        database.execute(
            "INSERT INTO books(rowid, title, bare, authors) VALUES (?1, ?2, ?3, ?4)",
            params![
                i64::try_from(book.id)?,
                book.title,
                book.bare(),
                book.authors.join(", ")
            ],
        )?;
    }
    let mut statement = database.prepare(
        "SELECT rowid FROM books WHERE books MATCH ?1 ORDER BY bm25(books, 5.0, 10.0, 2.0), length(bare) LIMIT 10",
    )?;
    let mut answered = Vec::with_capacity(queries.len());
    for query in queries {
        let begun = Instant::now();
        let ids = find(&mut statement, &query.text)?;
        answered.push(judge(books, same, query, &ids, begun.elapsed()));
    }
    Ok(answered)
}

fn find(statement: &mut Statement<'_>, text: &str) -> Result<Vec<u128>> {
    let text = fold(text);
    let words: Vec<String> = text.split(' ').map(|word| format!("\"{word}\"")).collect();
    let mut ids = rows(statement, &format!("{}*", words.join(" ")))?;
    if ids.len() < 10 {
        for id in rows(statement, &words.join(" OR "))? {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    ids.truncate(10);
    Ok(ids)
}

fn rows(statement: &mut Statement<'_>, wanted: &str) -> Result<Vec<u128>> {
    let found = statement.query_map([wanted], |row| row.get::<_, i64>(0))?;
    let ids: Result<Vec<i64>, _> = found.collect();
    Ok(ids?
        .into_iter()
        .filter_map(|id| u128::try_from(id).ok())
        .collect())
}
