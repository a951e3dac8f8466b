-- Imports of a whole log from an export. While one is not finished, no server starts on this log: it is not whole.
-- `root` is the root hash over all events of the export, so that only the same export can be gone on with.
CREATE TABLE log_imports (
    root        TEXT    NOT NULL PRIMARY KEY,
    size        INTEGER NOT NULL,
    started_at  INTEGER NOT NULL,
    finished_at INTEGER
) STRICT;
