-- Credentials of services such as importers. Private to the command API; only the hash of a secret is kept.
CREATE TABLE service_credentials (
    id           uuid        NOT NULL CONSTRAINT service_credentials_pkey PRIMARY KEY,
    name         text        NOT NULL,
    secret_hash  text        NOT NULL,
    scopes       text[]      NOT NULL,
    created_at   timestamptz NOT NULL,
    revoked_at   timestamptz,
    last_used_at timestamptz
);
