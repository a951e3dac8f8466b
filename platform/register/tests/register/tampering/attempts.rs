//! What somebody who owns the database could do to it. Nothing here does anything.

/// One attempt.
pub(super) struct Attempt {
    pub(super) what: &'static str,
    pub(super) deed: Deed,
    /// What is said, and the position that is named; nothing is found if it is empty.
    pub(super) found: &'static str,
    pub(super) position: Option<u64>,
}

pub(super) enum Deed {
    Sql(&'static str),
    /// For SQLite and for Postgres.
    SqlOf(&'static str, &'static str),
    /// The first event is changed and its kept hash, too.
    EventAndTile,
    /// A byte of a kept hash.
    Tile,
    /// A checkpoint's root is replaced and the signature left.
    ForgedCheckpoint,
    /// A checkpoint is signed by another key of the same name.
    AnotherKey,
    /// All history is written and sealed anew; with the log's own key if it was stolen.
    Rewritten {
        stolen: bool,
    },
}

const fn sql(what: &'static str, sql: &'static str, position: u64, found: &'static str) -> Attempt {
    Attempt {
        what,
        deed: Deed::Sql(sql),
        found,
        position: Some(position),
    }
}

const fn sql_of(
    what: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
    position: u64,
    found: &'static str,
) -> Attempt {
    Attempt {
        what,
        deed: Deed::SqlOf(sqlite, postgres),
        found,
        position: Some(position),
    }
}

const CHANGED: &str = "was changed";

const fn plain(
    what: &'static str,
    deed: Deed,
    found: &'static str,
    position: Option<u64>,
) -> Attempt {
    Attempt {
        what,
        deed,
        found,
        position,
    }
}

/// All of them, in the order of the handbook's table.
pub(super) const ATTEMPTS: &[Attempt] = &[
    sql(
        "one digit of a payload",
        "UPDATE events SET payload = '{\"n\": 48}' WHERE position = 47",
        47,
        CHANGED,
    ),
    sql(
        "a blank in a payload, which no JSON reader would notice",
        "UPDATE events SET payload = '{\"n\":47}' WHERE position = 47",
        47,
        CHANGED,
    ),
    sql(
        "the metadata: another actor",
        "UPDATE events SET metadata = '{\"actor\":\"curator:eve\"}' WHERE position = 300",
        300,
        CHANGED,
    ),
    sql_of(
        "the time, by a microsecond",
        "UPDATE events SET recorded_at = recorded_at + 1 WHERE position = 257",
        "UPDATE events SET recorded_at = recorded_at + interval '1 microsecond' WHERE position = 257",
        257,
        CHANGED,
    ),
    sql(
        "the event's type",
        "UPDATE events SET event_type = 'ThingUndone' WHERE position = 1",
        1,
        CHANGED,
    ),
    sql(
        "the version, from 1 to 01",
        "UPDATE events SET event_version = '01' WHERE position = 256",
        256,
        CHANGED,
    ),
    sql_of(
        "the event's id",
        "UPDATE events SET event_id = zeroblob(16) WHERE position = 5",
        "UPDATE events SET event_id = '00000000-0000-0000-0000-000000000000' WHERE position = 5",
        5,
        CHANGED,
    ),
    sql(
        "the stream that an event belongs to",
        "UPDATE events SET aggregate_id = 'thing-99', sequence = 1 WHERE position = 579",
        579,
        CHANGED,
    ),
    sql(
        "the streams of two events, exchanged",
        "UPDATE events SET aggregate_id = CASE position WHEN 8 THEN 'thing-2' ELSE 'thing-1' END WHERE position IN (8, 9)",
        8,
        CHANGED,
    ),
    sql(
        "an event in the part after the last full tile",
        "UPDATE events SET payload = '{}' WHERE position = 575",
        575,
        CHANGED,
    ),
    sql(
        "an event removed",
        "DELETE FROM events WHERE position = 120",
        120,
        "is missing",
    ),
    sql(
        "an event removed and the later ones moved up",
        "DELETE FROM events WHERE position = 120; UPDATE events SET position = position + 100000 WHERE position > 120; UPDATE events SET position = position - 100001 WHERE position > 100000",
        120,
        CHANGED,
    ),
    sql(
        "an event inserted and the later ones moved down",
        "UPDATE events SET position = position + 100000 WHERE position > 120; UPDATE events SET position = position - 99999 WHERE position > 100000; INSERT INTO events SELECT 121, aggregate_type, 'thing-x', 1, event_id, event_type, event_version, payload, metadata, recorded_at FROM events WHERE position = 120",
        121,
        CHANGED,
    ),
    sql(
        "two events exchanged",
        "UPDATE events SET position = 100000 WHERE position = 200; UPDATE events SET position = 200 WHERE position = 201; UPDATE events SET position = 201 WHERE position = 100000",
        200,
        "was changed",
    ),
    sql(
        "the newest events removed",
        "DELETE FROM events WHERE position > 570",
        571,
        "were removed",
    ),
    sql(
        "the whole log removed",
        "DELETE FROM events",
        1,
        "were removed",
    ),
    plain(
        "the newest events removed together with the checkpoint that covers them (found by the checkpoint you kept)",
        Deed::Sql(
            "DELETE FROM events WHERE position > 290; DELETE FROM log_checkpoints WHERE size > 256",
        ),
        "were removed",
        Some(291),
    ),
    sql(
        "an unsealed event removed",
        "DELETE FROM events WHERE position = 590",
        590,
        "is missing",
    ),
    sql_of(
        "an unsealed event given the id of another",
        "UPDATE events SET event_id = (SELECT event_id FROM events WHERE position = 3) WHERE position = 590",
        "UPDATE events SET event_id = (SELECT event_id FROM events WHERE position = 3) WHERE position = 590",
        0,
        "positions 3 and 590",
    ),
    sql(
        "an unsealed event's number in its stream",
        "UPDATE events SET sequence = sequence + 1 WHERE position = 590",
        590,
        "is due",
    ),
    sql_of(
        "an unsealed event's time, set back",
        "UPDATE events SET recorded_at = 0 WHERE position = 590",
        "UPDATE events SET recorded_at = '1970-01-01T00:00:00Z' WHERE position = 590",
        590,
        "its time was changed",
    ),
    plain(
        "an unsealed payload: the limit of what can be found, a few seconds wide",
        Deed::Sql("UPDATE events SET payload = '{}' WHERE position = 590"),
        "",
        None,
    ),
    plain(
        "a byte of a kept hash",
        Deed::Tile,
        "kept hash of position 1 was changed",
        None,
    ),
    sql(
        "a tile of hashes removed",
        "DELETE FROM log_tiles WHERE level = 0 AND number = 1",
        0,
        "is not kept",
    ),
    plain(
        "an event and its kept hash alike",
        Deed::EventAndTile,
        "between positions 1 and 100",
        Some(1),
    ),
    plain(
        "a checkpoint's root replaced",
        Deed::ForgedCheckpoint,
        "changed or forged",
        None,
    ),
    plain(
        "a checkpoint signed by another key of the same name",
        Deed::AnotherKey,
        "none of the given keys",
        None,
    ),
    plain(
        "all history written and sealed anew with another key",
        Deed::Rewritten { stolen: false },
        "none of the given keys",
        None,
    ),
    plain(
        "all history written and sealed anew with the log's own, stolen key (found by the checkpoint you kept)",
        Deed::Rewritten { stolen: true },
        "the checkpoint you kept of 580 events",
        Some(1),
    ),
];
