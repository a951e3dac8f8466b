-- One key per person that personal data is about, wrapped under the root key. Erasure overwrites the key; the row stays,
-- so that no new key is made for somebody who was erased, and "erased" is told from "lost".
CREATE TABLE subject_keys (
    subject      uuid NOT NULL CONSTRAINT subject_keys_pkey PRIMARY KEY,
    wrapped_key  bytea,
    destroyed_at timestamptz,
    CONSTRAINT subject_keys_destroyed_or_not CHECK ((wrapped_key IS NULL) = (destroyed_at IS NOT NULL))
);

-- By what a wrong root key is recognised, before anything is wrapped under it.
CREATE TABLE root_key_check (
    single boolean NOT NULL CONSTRAINT root_key_check_pkey PRIMARY KEY CONSTRAINT root_key_check_single CHECK (single),
    value  bytea   NOT NULL
);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'accession_app') THEN
        REVOKE ALL ON subject_keys, root_key_check FROM PUBLIC;
        -- No DELETE: a destroyed key leaves its row.
        GRANT SELECT, INSERT, UPDATE ON subject_keys TO accession_app;
        GRANT SELECT, INSERT ON root_key_check TO accession_app;
    END IF;
END
$$;
