//! PostgreSQL full text + `pg_trgm`, hand-made: all words with the last as a prefix, and what looks alike by trigrams.
//!
//! Ordered as a person would: the same title, its beginning, all words, then likeness; shorter titles first.

use std::time::Instant;

use accession_search::fold;
use anyhow::Result;
use sqlx::{Connection as _, PgConnection};

use super::Same;
use super::books::Book;
use super::judge::{Answered, judge};
use super::queries::Query;
use crate::instance;

const TABLE: &str = "
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE TABLE books (id bigint PRIMARY KEY, key text NOT NULL, words text NOT NULL, tsv tsvector NOT NULL);
";
const INDEXES: &str = "
    CREATE INDEX ON books USING gin (tsv);
    CREATE INDEX ON books USING gin (key gin_trgm_ops);
    ANALYZE books;
    SET enable_seqscan = off;
    SET pg_trgm.similarity_threshold = 0.4;
";
const FIND: &str = "
    SELECT id FROM (
        SELECT id, key, true AS words FROM books WHERE tsv @@ to_tsquery('simple', $2)
        UNION ALL
        SELECT id, key, false FROM books WHERE key % $1
    ) AS found
    GROUP BY id, key
    ORDER BY (key = $1) DESC, (key ^@ $1) DESC,
        (similarity(key, $1) + CASE WHEN bool_or(words) THEN 0.5 ELSE 0 END) DESC, length(key), id
    LIMIT 10
";

/// Answers everything.
pub(crate) async fn ask(books: &[Book], same: &Same, queries: &[Query]) -> Result<Vec<Answered>> {
    let url = instance::database("bench_search").await?;
    let mut connection = PgConnection::connect(&url).await?;
    sqlx::raw_sql(TABLE).execute(&mut connection).await?;
    for book in books {
        sqlx::query("INSERT INTO books VALUES ($1, $2, $3, to_tsvector('simple', $3))")
            .bind(i64::try_from(book.id)?)
            .bind(fold(book.bare()))
            .bind(fold(&format!("{} {}", book.title, book.authors.join(" "))))
            .execute(&mut connection)
            .await?;
    }
    sqlx::raw_sql(INDEXES).execute(&mut connection).await?;
    let mut answered = Vec::with_capacity(queries.len());
    for query in queries {
        let begun = Instant::now();
        let text = fold(&query.text);
        let found: Vec<i64> = sqlx::query_scalar(FIND)
            .bind(&text)
            .bind(format!("{}:*", text.replace(' ', " & ")))
            .fetch_all(&mut connection)
            .await?;
        let took = begun.elapsed();
        let ids: Vec<u128> = found
            .into_iter()
            .filter_map(|id| u128::try_from(id).ok())
            .collect();
        answered.push(judge(books, same, query, &ids, took));
    }
    Ok(answered)
}
