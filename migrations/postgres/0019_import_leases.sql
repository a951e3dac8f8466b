-- Who imports from which source at the moment, so that two imports of one source do not overlap. Whoever dies leaves a row
-- whose time runs out.
CREATE TABLE import_leases (
    source   text        NOT NULL CONSTRAINT import_leases_pkey PRIMARY KEY,
    holder   uuid        NOT NULL,
    input    text        NOT NULL,
    taken_at timestamptz NOT NULL,
    until    timestamptz NOT NULL
);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'accession_app') THEN
        REVOKE ALL ON import_leases FROM PUBLIC;
        GRANT SELECT, INSERT, UPDATE, DELETE ON import_leases TO accession_app;
    END IF;
END
$$;
