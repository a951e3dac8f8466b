-- Imports of a whole log from an export. While one is not finished, no server starts on this log: it is not whole.
-- `root` is the root hash over all events of the export, so that only the same export can be gone on with.
CREATE TABLE log_imports (
    root        text        NOT NULL CONSTRAINT log_imports_pkey PRIMARY KEY,
    size        bigint      NOT NULL,
    started_at  timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'accession_app') THEN
        GRANT SELECT, INSERT, UPDATE ON log_imports TO accession_app;
    END IF;
END
$$;
