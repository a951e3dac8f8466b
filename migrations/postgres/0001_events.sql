-- The log itself. Columns aggregate_type … metadata are named as postgres-es expects them; the others are ours.
-- `position` is dense and numbered under a lock, never drawn from a sequence. Payload and metadata are of type json,
-- not jsonb: json keeps the text byte for byte, so that it can be hashed.
CREATE TABLE events (
    position       bigint      NOT NULL,
    aggregate_type text        NOT NULL,
    aggregate_id   text        NOT NULL,
    sequence       bigint      NOT NULL,
    event_id       uuid        NOT NULL,
    event_type     text        NOT NULL,
    event_version  text        NOT NULL,
    payload        json        NOT NULL,
    metadata       json        NOT NULL,
    recorded_at    timestamptz NOT NULL,
    CONSTRAINT events_pkey PRIMARY KEY (aggregate_type, aggregate_id, sequence),
    CONSTRAINT events_position_key UNIQUE (position),
    CONSTRAINT events_event_id_key UNIQUE (event_id),
    CONSTRAINT events_position_counts_from_one CHECK (position > 0),
    CONSTRAINT events_sequence_counts_from_one CHECK (sequence > 0)
);
