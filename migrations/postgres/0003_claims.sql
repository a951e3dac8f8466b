-- Values that must be unique across streams, written in the append's transaction. Derived data: it can be rebuilt
-- from the log. `owner` is the aggregate id of the stream that holds the value.
CREATE TABLE claims (
    kind       text NOT NULL,
    value      text NOT NULL,
    owner_type text NOT NULL,
    owner      text NOT NULL,
    CONSTRAINT claims_pkey PRIMARY KEY (kind, value)
);
