-- Who imports from which source at the moment, so that two imports of one source do not overlap. Whoever dies leaves a row
-- whose time runs out.
CREATE TABLE import_leases (
    source   TEXT    NOT NULL PRIMARY KEY,
    holder   BLOB    NOT NULL,
    input    TEXT    NOT NULL,
    taken_at INTEGER NOT NULL,
    until    INTEGER NOT NULL
) STRICT;
