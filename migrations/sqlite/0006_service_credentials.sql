-- Credentials of services such as importers. Private to the command API; only the hash of a secret is kept.
-- `id` is a UUID in its hyphenated form, `scopes` a JSON array of texts, times are microseconds since 1970 (UTC).
CREATE TABLE service_credentials (
    id           TEXT    NOT NULL PRIMARY KEY,
    name         TEXT    NOT NULL,
    secret_hash  TEXT    NOT NULL,
    scopes       TEXT    NOT NULL CHECK (json_type(scopes) = 'array'),
    created_at   INTEGER NOT NULL,
    revoked_at   INTEGER,
    last_used_at INTEGER
) STRICT;
