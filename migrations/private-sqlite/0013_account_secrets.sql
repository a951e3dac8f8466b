-- What proves who somebody is, and pictures: kept beside the log because a log cannot forget. Events name a password and a
-- challenge by id; here is what only the platform may know of them. Times are microseconds since 1970.

-- Argon2id hashes (PHC text). The account's own event says which of its passwords counts.
CREATE TABLE passwords (
    password_id TEXT    NOT NULL PRIMARY KEY,
    account_id  TEXT    NOT NULL,
    hash        TEXT    NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;
CREATE INDEX passwords_account_id_idx ON passwords (account_id);

-- Tokens that were mailed, by their SHA-256. The token itself stands nowhere: it is derived from the root key.
CREATE TABLE challenges (
    token_hash   BLOB    NOT NULL PRIMARY KEY,
    challenge_id TEXT    NOT NULL UNIQUE,
    purpose      TEXT    NOT NULL,
    about        TEXT    NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT;
CREATE INDEX challenges_about_idx ON challenges (about);
CREATE INDEX challenges_expires_at_idx ON challenges (expires_at);

-- Pictures of persons as they are served, by the SHA-256 of their bytes.
CREATE TABLE avatars (
    sha256     BLOB NOT NULL,
    account_id TEXT NOT NULL,
    image      BLOB NOT NULL,
    PRIMARY KEY (sha256, account_id)
) STRICT;
CREATE INDEX avatars_account_id_idx ON avatars (account_id);
