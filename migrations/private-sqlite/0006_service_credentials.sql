-- Service credentials of an embedded server. Times are microseconds since 1970; scopes are separated by blanks.
-- Only the SHA-256 of a secret is kept. Files older than these migrations have the table already.
CREATE TABLE IF NOT EXISTS service_credentials (
    id           TEXT    NOT NULL PRIMARY KEY,
    name         TEXT    NOT NULL,
    secret_hash  TEXT    NOT NULL,
    scopes       TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    revoked_at   INTEGER,
    last_used_at INTEGER
) STRICT;
