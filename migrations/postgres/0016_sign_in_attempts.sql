-- Attempts to sign in with others that are under way, and consents that are waited for: found by the hash of a token that
-- only the browser has, opened once, sealed under a key that is not here. A row lives ten minutes.
CREATE TABLE sign_in_attempts (
    token_hash   bytea       NOT NULL CONSTRAINT sign_in_attempts_pkey PRIMARY KEY,
    browser_hash bytea       NOT NULL,
    contents     bytea       NOT NULL,
    expires_at   timestamptz NOT NULL
);

CREATE INDEX sign_in_attempts_expires_at ON sign_in_attempts (expires_at);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'accession_app') THEN
        REVOKE ALL ON sign_in_attempts FROM PUBLIC;
        GRANT SELECT, INSERT, DELETE ON sign_in_attempts TO accession_app;
    END IF;
END
$$;
