-- One row per session: a family of refresh tokens, of which only the newest opens anything. The tokens themselves stand
-- nowhere: what is kept is the SHA-256 of the newest, and a seed that is worth nothing without the root key.
-- Times are microseconds since 1970.
CREATE TABLE sessions (
    id            TEXT    NOT NULL PRIMARY KEY,
    account       TEXT    NOT NULL,
    since         INTEGER NOT NULL,
    seed          BLOB    NOT NULL,
    generation    INTEGER NOT NULL,
    token_hash    BLOB    NOT NULL,
    in_cookie     INTEGER NOT NULL,
    library       TEXT,
    library_since INTEGER,
    started_at    INTEGER NOT NULL,
    rotated_at    INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL,
    ended_at      INTEGER,
    CHECK ((library IS NULL) = (library_since IS NULL))
) STRICT;

CREATE INDEX sessions_account_idx ON sessions (account);
CREATE INDEX sessions_expires_at_idx ON sessions (expires_at);
