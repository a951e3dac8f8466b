-- Disposable copies of aggregate states: deleting any row, or all, changes nothing but the time of the next load.
-- `schema` names the shape of the state; a snapshot of another shape is not read.
CREATE TABLE snapshots (
    aggregate_type text        NOT NULL,
    aggregate_id   text        NOT NULL,
    schema         text        NOT NULL,
    version        bigint      NOT NULL,
    state          json        NOT NULL,
    saved_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT snapshots_pkey PRIMARY KEY (aggregate_type, aggregate_id, schema)
);
