-- Values that must be unique across streams, written in the append's transaction. Derived data: it can be rebuilt
-- from the log. The owner is a stream: its type and its aggregate id.
CREATE TABLE claims (
    kind       TEXT NOT NULL,
    value      TEXT NOT NULL,
    owner_type TEXT NOT NULL,
    owner      TEXT NOT NULL,
    PRIMARY KEY (kind, value)
) STRICT, WITHOUT ROWID;
