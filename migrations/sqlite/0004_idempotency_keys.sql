-- The answer that each idempotent command was given, written in the append's transaction, kept for seven days.
-- `position` is that of the last event the command wrote, or the head of the log when it wrote none.
-- `created_at` counts microseconds since 1970-01-01T00:00:00Z.
CREATE TABLE idempotency_keys (
    scope       TEXT    NOT NULL,
    key         TEXT    NOT NULL,
    fingerprint TEXT    NOT NULL,
    response    TEXT    NOT NULL,
    position    INTEGER NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX idempotency_keys_key ON idempotency_keys (scope, key);
-- For the purge.
CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);
