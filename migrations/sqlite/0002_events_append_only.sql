-- The log is append-only: whoever is connected, these triggers refuse to change or remove what was written. A DELETE
-- without a condition is SQLite's TRUNCATE, and fires them too; so does REPLACE on the writer's connection, which turns
-- recursive triggers on for that.
CREATE TRIGGER events_refuse_update BEFORE UPDATE ON events
BEGIN
    SELECT RAISE(ABORT, 'the event log is append-only: UPDATE on events is refused; write a compensating event instead');
END;

CREATE TRIGGER events_refuse_delete BEFORE DELETE ON events
BEGIN
    SELECT RAISE(ABORT, 'the event log is append-only: DELETE on events is refused; write a compensating event instead');
END;
