-- Links by which a calendar program fetches somebody's due dates without a session. The secret of a link stands nowhere: only
-- its SHA-256 does. Times are microseconds since 1970.
CREATE TABLE calendar_links (
    token_hash BLOB    NOT NULL PRIMARY KEY,
    link_id    TEXT    NOT NULL UNIQUE,
    account_id TEXT    NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX calendar_links_account_id_idx ON calendar_links (account_id);
