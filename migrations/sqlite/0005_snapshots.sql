-- Disposable copies of aggregate states: deleting any row, or all, changes nothing but the time of the next load.
-- `schema` names the shape of the state; a snapshot of another shape is not read.
CREATE TABLE snapshots (
    aggregate_type TEXT    NOT NULL,
    aggregate_id   TEXT    NOT NULL,
    schema         TEXT    NOT NULL,
    version        INTEGER NOT NULL,
    state          TEXT    NOT NULL,
    saved_at       INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX snapshots_stream ON snapshots (aggregate_type, aggregate_id, schema);
