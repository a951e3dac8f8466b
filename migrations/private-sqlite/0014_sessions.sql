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

-- Attempts to sign in that were not known to be right: by account and place, or by account and known device. The key is a
-- digest of a blind index and a place, so nobody's address stands here. Times are microseconds since 1970.
CREATE TABLE sign_in_failures (
    key      BLOB    NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_at  INTEGER NOT NULL,
    free_at  INTEGER NOT NULL
) STRICT;
