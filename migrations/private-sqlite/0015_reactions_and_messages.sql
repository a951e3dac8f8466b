-- Reactions: how far each has come in the log, what it has put aside, and what it means to do later. Messages on their way:
-- whom they are for is sealed or an id, and no token ever stands here. Times are microseconds since 1970.
CREATE TABLE reaction_checkpoints (
    reaction TEXT    NOT NULL PRIMARY KEY,
    position INTEGER NOT NULL CHECK (position >= 0)
) STRICT;

CREATE TABLE reactions_parked (
    reaction  TEXT    NOT NULL,
    position  INTEGER NOT NULL,
    problem   TEXT    NOT NULL,
    parked_at INTEGER NOT NULL,
    retry     INTEGER NOT NULL DEFAULT 0 CHECK (retry IN (0, 1)),
    PRIMARY KEY (reaction, position)
) STRICT;

-- `due_at` is the time that was asked for and tells one use of a name from the next; `try_at` moves on after a failure.
CREATE TABLE reaction_timers (
    reaction  TEXT    NOT NULL,
    name      TEXT    NOT NULL,
    note      TEXT    NOT NULL,
    due_at    INTEGER NOT NULL,
    try_at    INTEGER NOT NULL,
    problem   TEXT,
    parked_at INTEGER,
    PRIMARY KEY (reaction, name),
    CHECK ((problem IS NULL) = (parked_at IS NULL))
) STRICT;
CREATE INDEX reaction_timers_due ON reaction_timers (reaction, try_at) WHERE problem IS NULL;

-- The id is derived from what the message is about, so that it is queued once. `due_at` is when it is tried next; while it
-- is being sent, until when the sender has it for itself.
CREATE TABLE messages (
    id         TEXT    NOT NULL PRIMARY KEY,
    subject    TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    letter     TEXT    NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'dropped')),
    attempts   INTEGER NOT NULL DEFAULT 0,
    queued_at  INTEGER NOT NULL,
    due_at     INTEGER NOT NULL,
    expires_at INTEGER,
    ended_at   INTEGER,
    problem    TEXT
) STRICT;
CREATE INDEX messages_due ON messages (due_at) WHERE state IN ('queued', 'sending');
CREATE INDEX messages_of ON messages (subject);
CREATE INDEX messages_ended ON messages (ended_at) WHERE ended_at IS NOT NULL;
