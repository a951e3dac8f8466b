-- The log itself. Columns aggregate_type … metadata are named and typed as sqlite-es expects them; the others are ours.
-- `position` is the row id, so the feed is one walk along the table; it is numbered by the writer, never by SQLite.
-- `recorded_at` counts microseconds since 1970-01-01T00:00:00Z and never goes backwards along positions.
-- Payload and metadata are text, kept byte for byte, so that they can be hashed.
CREATE TABLE events (
    position       INTEGER NOT NULL PRIMARY KEY CHECK (position > 0),
    aggregate_type TEXT    NOT NULL,
    aggregate_id   TEXT    NOT NULL,
    sequence       INTEGER NOT NULL CHECK (sequence > 0),
    event_id       BLOB    NOT NULL CHECK (length(event_id) = 16),
    event_type     TEXT    NOT NULL,
    event_version  TEXT    NOT NULL,
    payload        TEXT    NOT NULL CHECK (json_valid(payload)),
    metadata       TEXT    NOT NULL CHECK (json_valid(metadata)),
    recorded_at    INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX events_stream ON events (aggregate_type, aggregate_id, sequence);
CREATE UNIQUE INDEX events_event_id ON events (event_id);
