-- What proves the log: the tiles of an RFC 6962 tree over its events, and the signed checkpoints of that tree.
-- Only full tiles are kept, 256 hashes each; `root` is the hash over them, the tile's entry in the level above.
-- `leaves` are the leaf hashes that a checkpoint adds and no full tile of its tree holds.
CREATE TABLE log_tiles (
    level  INTEGER NOT NULL,
    number INTEGER NOT NULL,
    root   BLOB    NOT NULL CHECK (length(root) = 32),
    hashes BLOB    NOT NULL CHECK (length(hashes) = 8192),
    PRIMARY KEY (level, number)
) STRICT;

CREATE TABLE log_checkpoints (
    size      INTEGER NOT NULL PRIMARY KEY CHECK (size > 0),
    note      TEXT    NOT NULL,
    leaves    BLOB    NOT NULL CHECK (length(leaves) % 32 = 0),
    signed_at INTEGER NOT NULL
) STRICT;

-- Append-only like the events they prove.
CREATE TRIGGER log_tiles_refuse_update BEFORE UPDATE ON log_tiles
BEGIN
    SELECT RAISE(ABORT, 'what proves the event log is append-only: UPDATE on log_tiles is refused');
END;
CREATE TRIGGER log_tiles_refuse_delete BEFORE DELETE ON log_tiles
BEGIN
    SELECT RAISE(ABORT, 'what proves the event log is append-only: DELETE on log_tiles is refused');
END;
CREATE TRIGGER log_checkpoints_refuse_update BEFORE UPDATE ON log_checkpoints
BEGIN
    SELECT RAISE(ABORT, 'what proves the event log is append-only: UPDATE on log_checkpoints is refused');
END;
CREATE TRIGGER log_checkpoints_refuse_delete BEFORE DELETE ON log_checkpoints
BEGIN
    SELECT RAISE(ABORT, 'what proves the event log is append-only: DELETE on log_checkpoints is refused');
END;
