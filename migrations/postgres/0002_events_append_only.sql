-- The log is append-only: whoever is connected, and whatever rights they have on the table, these triggers refuse to
-- change or remove what was written.
CREATE FUNCTION refuse_change_of_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the event log is append-only: % on events is refused', TG_OP
        USING ERRCODE = 'insufficient_privilege',
              HINT = 'Write a compensating event instead.';
END
$$;

CREATE TRIGGER events_are_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_events();
-- ALWAYS: also in a session that calls itself a replica (session_replication_role), where ordinary triggers sleep.
ALTER TABLE events ENABLE ALWAYS TRIGGER events_are_append_only;
