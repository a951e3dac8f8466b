-- Attempts to sign in with others that are under way, and consents that are waited for: found by the hash of a token that
-- only the browser has, opened once, sealed under a key that is not here. A row lives ten minutes.
CREATE TABLE sign_in_attempts (
    token_hash   BLOB    NOT NULL PRIMARY KEY,
    browser_hash BLOB    NOT NULL,
    contents     BLOB    NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT;

CREATE INDEX sign_in_attempts_expires_at ON sign_in_attempts (expires_at);
