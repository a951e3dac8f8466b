-- What proves who somebody is, and pictures: kept beside the log because a log cannot forget. Events name a password and a
-- challenge by id; here is what only the platform may know of them.

-- Argon2id hashes (PHC text). The account's own event says which of its passwords counts.
CREATE TABLE passwords (
    password_id uuid        NOT NULL CONSTRAINT passwords_pkey PRIMARY KEY,
    account_id  uuid        NOT NULL,
    hash        text        NOT NULL,
    created_at  timestamptz NOT NULL
);
CREATE INDEX passwords_account_id_idx ON passwords (account_id);

-- Tokens that were mailed, by their SHA-256. The token itself stands nowhere: it is derived from the root key.
CREATE TABLE challenges (
    token_hash   bytea       NOT NULL CONSTRAINT challenges_pkey PRIMARY KEY,
    challenge_id uuid        NOT NULL CONSTRAINT challenges_challenge_id_key UNIQUE,
    purpose      text        NOT NULL,
    about        uuid        NOT NULL,
    expires_at   timestamptz NOT NULL
);
CREATE INDEX challenges_about_idx ON challenges (about);
CREATE INDEX challenges_expires_at_idx ON challenges (expires_at);

-- Pictures of persons as they are served, by the SHA-256 of their bytes.
CREATE TABLE avatars (
    sha256     bytea NOT NULL,
    account_id uuid  NOT NULL,
    image      bytea NOT NULL,
    CONSTRAINT avatars_pkey PRIMARY KEY (sha256, account_id)
);
CREATE INDEX avatars_account_id_idx ON avatars (account_id);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'accession_app') THEN
        REVOKE ALL ON passwords, challenges, avatars FROM PUBLIC;
        GRANT SELECT, INSERT, UPDATE, DELETE ON passwords, challenges, avatars TO accession_app;
    END IF;
END
$$;
