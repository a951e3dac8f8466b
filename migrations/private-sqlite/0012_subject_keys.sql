-- One key per person that personal data is about, wrapped under the root key. Erasure overwrites the key; the row stays,
-- so that no new key is made for somebody who was erased, and "erased" is told from "lost".
CREATE TABLE subject_keys (
    subject      TEXT    NOT NULL PRIMARY KEY,
    wrapped_key  BLOB,
    destroyed_at INTEGER,
    CHECK ((wrapped_key IS NULL) = (destroyed_at IS NOT NULL))
) STRICT;

-- By what a wrong root key is recognised, before anything is wrapped under it.
CREATE TABLE root_key_check (
    single INTEGER NOT NULL PRIMARY KEY CHECK (single = 1),
    value  BLOB    NOT NULL
) STRICT;
