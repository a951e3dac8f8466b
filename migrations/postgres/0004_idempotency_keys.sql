-- The answer that each idempotent command was given, written in the append's transaction, kept for seven days.
-- `position` is that of the last event the command wrote, or the head of the log when it wrote none.
CREATE TABLE idempotency_keys (
    scope       text        NOT NULL,
    key         text        NOT NULL,
    fingerprint text        NOT NULL,
    response    text        NOT NULL,
    position    bigint      NOT NULL,
    created_at  timestamptz NOT NULL,
    CONSTRAINT idempotency_keys_pkey PRIMARY KEY (scope, key)
);

-- For the purge.
CREATE INDEX idempotency_keys_created_at ON idempotency_keys (created_at);
