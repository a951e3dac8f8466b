-- The log is append-only: whoever is connected, these triggers refuse to change or remove what was written, and to
-- write anywhere but right after the last event. A DELETE without a condition is SQLite's TRUNCATE, and fires them too.
CREATE TRIGGER events_refuse_update BEFORE UPDATE ON events
BEGIN
    SELECT RAISE(ABORT, 'the event log is append-only: UPDATE on events is refused; write a compensating event instead');
END;

CREATE TRIGGER events_refuse_delete BEFORE DELETE ON events
BEGIN
    SELECT RAISE(ABORT, 'the event log is append-only: DELETE on events is refused; write a compensating event instead');
END;

CREATE TRIGGER events_refuse_holes BEFORE INSERT ON events
WHEN NEW.position <> (SELECT coalesce(max(position), 0) + 1 FROM events)
BEGIN
    SELECT RAISE(ABORT, 'the event log is dense: an event can only be written right after the last position');
END;
