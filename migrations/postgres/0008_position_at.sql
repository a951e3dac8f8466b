-- The position of the last event recorded at or before a time; 0 when there is none.
-- recorded_at never goes backwards along positions, so a binary search over them needs no index on time.
CREATE FUNCTION position_at(wanted timestamptz) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    low    bigint := 0;
    high   bigint := coalesce((SELECT max(e.position) FROM events e), 0);
    middle bigint;
BEGIN
    WHILE low < high LOOP
        middle := (low + high + 1) / 2;
        IF (SELECT e.recorded_at FROM events e WHERE e.position = middle) <= wanted THEN
            low := middle;
        ELSE
            high := middle - 1;
        END IF;
    END LOOP;
    RETURN low;
END
$$;
