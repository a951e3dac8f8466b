-- Reactions: how far each has come in the log, what it has put aside, and what it means to do later. Messages on their way:
-- whom they are for is sealed or an id, and no token ever stands here.
CREATE TABLE reaction_checkpoints (
    reaction text   NOT NULL CONSTRAINT reaction_checkpoints_pkey PRIMARY KEY,
    position bigint NOT NULL CONSTRAINT reaction_checkpoints_in_the_log CHECK (position >= 0)
);

CREATE TABLE reactions_parked (
    reaction  text        NOT NULL,
    position  bigint      NOT NULL,
    problem   text        NOT NULL,
    parked_at timestamptz NOT NULL,
    retry     boolean     NOT NULL DEFAULT false,
    CONSTRAINT reactions_parked_pkey PRIMARY KEY (reaction, position)
);

-- `due_at` is the time that was asked for and tells one use of a name from the next; `try_at` moves on after a failure.
CREATE TABLE reaction_timers (
    reaction  text        NOT NULL,
    name      text        NOT NULL,
    note      text        NOT NULL,
    due_at    timestamptz NOT NULL,
    try_at    timestamptz NOT NULL,
    problem   text,
    parked_at timestamptz,
    CONSTRAINT reaction_timers_pkey PRIMARY KEY (reaction, name),
    CONSTRAINT reaction_timers_parked_with_a_problem CHECK ((problem IS NULL) = (parked_at IS NULL))
);
CREATE INDEX reaction_timers_due ON reaction_timers (reaction, try_at) WHERE problem IS NULL;

-- The id is derived from what the message is about, so that it is queued once. `due_at` is when it is tried next; while it
-- is being sent, until when the sender has it for itself.
CREATE TABLE messages (
    id         uuid        NOT NULL CONSTRAINT messages_pkey PRIMARY KEY,
    subject    uuid        NOT NULL,
    kind       text        NOT NULL,
    letter     text        NOT NULL,
    state      text        NOT NULL CONSTRAINT messages_state
               CHECK (state IN ('queued', 'sending', 'sent', 'failed', 'dropped')),
    attempts   integer     NOT NULL DEFAULT 0,
    queued_at  timestamptz NOT NULL,
    due_at     timestamptz NOT NULL,
    expires_at timestamptz,
    ended_at   timestamptz,
    problem    text
);
CREATE INDEX messages_due ON messages (due_at) WHERE state IN ('queued', 'sending');
CREATE INDEX messages_of ON messages (subject);
CREATE INDEX messages_ended ON messages (ended_at) WHERE ended_at IS NOT NULL;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'accession_app') THEN
        REVOKE ALL ON reaction_checkpoints, reactions_parked, reaction_timers, messages FROM PUBLIC;
        GRANT SELECT, INSERT, UPDATE, DELETE ON reaction_checkpoints, reactions_parked, reaction_timers, messages
            TO accession_app;
    END IF;
END
$$;
