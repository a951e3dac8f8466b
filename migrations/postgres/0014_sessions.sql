-- One row per session: a family of refresh tokens, of which only the newest opens anything. The tokens themselves stand
-- nowhere: what is kept is the SHA-256 of the newest, and a seed that is worth nothing without the root key.
CREATE TABLE sessions (
    id            uuid        NOT NULL CONSTRAINT sessions_pkey PRIMARY KEY,
    account       uuid        NOT NULL,
    since         bigint      NOT NULL,
    seed          bytea       NOT NULL,
    generation    integer     NOT NULL,
    token_hash    bytea       NOT NULL,
    in_cookie     boolean     NOT NULL,
    library       uuid,
    library_since bigint,
    started_at    timestamptz NOT NULL,
    rotated_at    timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    ended_at      timestamptz,
    CONSTRAINT sessions_library CHECK ((library IS NULL) = (library_since IS NULL))
);

CREATE INDEX sessions_account_idx ON sessions (account);
CREATE INDEX sessions_expires_at_idx ON sessions (expires_at);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'accession_app') THEN
        REVOKE ALL ON sessions FROM PUBLIC;
        GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO accession_app;
    END IF;
END
$$;

-- Attempts to sign in that were not known to be right: by account and place, or by account and known device. The key is a
-- digest of a blind index and a place, so nobody's address stands here. Times are microseconds since 1970.
CREATE TABLE sign_in_failures (
    key      bytea   NOT NULL CONSTRAINT sign_in_failures_pkey PRIMARY KEY,
    failures integer NOT NULL,
    last_at  bigint  NOT NULL,
    free_at  bigint  NOT NULL
);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'accession_app') THEN
        REVOKE ALL ON sign_in_failures FROM PUBLIC;
        GRANT SELECT, INSERT, UPDATE, DELETE ON sign_in_failures TO accession_app;
    END IF;
END
$$;
