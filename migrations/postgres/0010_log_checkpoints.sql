-- What proves the log: the tiles of an RFC 6962 tree over its events, and the signed checkpoints of that tree.
-- Only full tiles are kept, 256 hashes each; `root` is the hash over them, the tile's entry in the level above.
-- `leaves` are the leaf hashes that a checkpoint adds and no full tile of its tree holds.
CREATE TABLE log_tiles (
    level  smallint NOT NULL,
    number bigint   NOT NULL,
    hashes bytea    NOT NULL,
    root   bytea    NOT NULL,
    CONSTRAINT log_tiles_pkey PRIMARY KEY (level, number),
    CONSTRAINT log_tiles_are_full CHECK (octet_length(hashes) = 8192 AND octet_length(root) = 32)
);
-- Hashes do not compress.
ALTER TABLE log_tiles ALTER COLUMN hashes SET STORAGE EXTERNAL;

CREATE TABLE log_checkpoints (
    size      bigint      NOT NULL,
    note      text        NOT NULL,
    leaves    bytea       NOT NULL,
    signed_at timestamptz NOT NULL,
    CONSTRAINT log_checkpoints_pkey PRIMARY KEY (size),
    CONSTRAINT log_checkpoints_of_something CHECK (size > 0),
    CONSTRAINT log_checkpoints_leaves_are_hashes CHECK (octet_length(leaves) % 32 = 0)
);

-- Append-only like the events they prove.
CREATE FUNCTION refuse_change_of_proof() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what proves the event log is append-only: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER log_tiles_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_tiles
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_proof();
ALTER TABLE log_tiles ENABLE ALWAYS TRIGGER log_tiles_are_append_only;
CREATE TRIGGER log_checkpoints_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_proof();
ALTER TABLE log_checkpoints ENABLE ALWAYS TRIGGER log_checkpoints_are_append_only;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'accession_app') THEN
        REVOKE ALL ON log_tiles, log_checkpoints FROM PUBLIC;
        GRANT SELECT, INSERT ON log_tiles, log_checkpoints TO accession_app;
    END IF;
END
$$;
