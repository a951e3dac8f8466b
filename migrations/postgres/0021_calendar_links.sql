-- Links by which a calendar program fetches somebody's due dates without a session. The secret of a link stands nowhere: only
-- its SHA-256 does. A read-api looks up whose a link is, and nothing else.
CREATE TABLE calendar_links (
    token_hash bytea       NOT NULL CONSTRAINT calendar_links_pkey PRIMARY KEY,
    link_id    uuid        NOT NULL CONSTRAINT calendar_links_link_id_key UNIQUE,
    account_id uuid        NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX calendar_links_account_id_idx ON calendar_links (account_id);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'accession_app') THEN
        REVOKE ALL ON calendar_links FROM PUBLIC;
        GRANT SELECT, INSERT, DELETE ON calendar_links TO accession_app;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'accession_reader') THEN
        GRANT SELECT (token_hash, account_id) ON calendar_links TO accession_reader;
    END IF;
END
$$;
