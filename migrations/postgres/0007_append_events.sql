-- Writes a batch of appends, in one round trip and one transaction, under the one lock that orders the log.
--
-- Order by construction: the lock is the first thing taken and is held until the commit is visible, so whoever sees
-- position N sees all before it. Numbers are head + 1, head + 2, …; a refused append burns none.
-- Each statement of a plpgsql function takes a new snapshot only under READ COMMITTED; under any other isolation level
-- the checks would read what was true before the lock was granted, so the function refuses to run there.
--
-- The caller names each stream, claim and key of the batch once and refers to it by its number, counted from 1.
--   stream_types, stream_ids             the streams
--   claim_kinds, claim_values            the claims
--   key_scopes, key_names                the idempotency keys
--   metadatas, append_keys (0: none), fingerprints, responses, writes_until, changes_until, events_until: per append,
--                                        the last three being the number of its last write, change and event
--   write_streams, write_expecteds, write_counts                 per write (a write of 0 events is a check)
--   change_claims, change_streams, change_makes                  per claim made (true) or released (false)
--   event_appends, event_streams, event_sequences, event_ids, event_types, event_versions, payloads: per event
--   careful   to be set when a stream is written, a claim changed or a key used twice in the batch; if not, write w is
--             of stream w and change c of claim c. Without it the function trusts that a stream expected to be new is
--             new; if it is not, the primary key ends the call with 23505, and the caller asks again, carefully.
-- Answers the head before the batch, and NULL when all appends are committed; else per append
--   outcomes  0 committed, 1 conflict, 2 claimed, 3 replayed, 4 key reused
--   places    the number of the write (1) or of the change (2) that was refused, of the key (3, 4)
--   numbers   the stream's version (1), the position of the stored answer (3)
--   texts     who holds the claim (2), the stored answer (3)
CREATE FUNCTION append_events(
    stream_types text[], stream_ids text[],
    claim_kinds text[], claim_values text[],
    key_scopes text[], key_names text[],
    metadatas text[], append_keys int[], fingerprints text[], responses text[],
    writes_until int[], changes_until int[], events_until int[],
    write_streams int[], write_expecteds bigint[], write_counts int[],
    change_claims int[], change_streams int[], change_makes boolean[],
    event_appends int[], event_streams int[], event_sequences bigint[],
    event_ids uuid[], event_types text[], event_versions text[], payloads text[],
    careful boolean,
    OUT head bigint, OUT outcomes int[], OUT places int[], OUT numbers bigint[], OUT texts text[]
) LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE
    recorded    timestamptz;
    versions    bigint[];
    all_pass    boolean;
    held        bigint := 0;
    held_by_others bigint;
    claim_count int := cardinality(claim_kinds);
    key_count   int := cardinality(key_scopes);
    oldest_key  timestamptz;
    holders     int[];
    holder_ids  text[];
    held_before int[];
    undo        int[] := change_claims;
    key_prints  text[];
    key_answers text[];
    key_places  bigint[];
    written     bigint := 0;
    w int := 1;
    c int := 1;
    s int;
    first_write int;
    first_change int;
BEGIN
    PERFORM pg_advisory_xact_lock(4702111234474983745);

    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'append_events must run under READ COMMITTED, not %', current_setting('transaction_isolation')
            USING ERRCODE = 'invalid_transaction_state';
    END IF;

    SELECT e.position, e.recorded_at INTO head, recorded FROM events e ORDER BY e.position DESC LIMIT 1;
    head := coalesce(head, 0);
    recorded := greatest(clock_timestamp(), recorded);
    oldest_key := recorded - interval '7 days';

    -- The whole batch at once, when nothing in it stands in the way of anything.
    all_pass := NOT careful AND NOT EXISTS (
        SELECT FROM unnest(stream_types, stream_ids, write_expecteds, write_counts) AS t (type, id, expected, events)
        WHERE (t.expected > 0 OR t.events = 0)
          AND t.expected <> coalesce((SELECT e.sequence FROM events e
                                      WHERE e.aggregate_type = t.type AND e.aggregate_id = t.id
                                      ORDER BY e.sequence DESC LIMIT 1), 0));
    IF all_pass AND claim_count > 0 THEN
        SELECT count(*), count(*) FILTER (WHERE k.owner <> stream_ids[t.stream] OR k.owner_type <> stream_types[t.stream])
        INTO held, held_by_others
        FROM unnest(claim_kinds, claim_values, change_streams) AS t (kind, value, stream)
        JOIN claims k ON k.kind = t.kind AND k.value = t.value;
        all_pass := held_by_others = 0;
    END IF;
    IF all_pass AND key_count > 0 THEN
        all_pass := NOT EXISTS (
            SELECT FROM unnest(key_scopes, key_names) AS t (scope, key)
            JOIN idempotency_keys k ON k.scope = t.scope AND k.key = t.key
            WHERE k.created_at >= oldest_key);
    END IF;

    IF all_pass THEN
        INSERT INTO events (position, aggregate_type, aggregate_id, sequence, event_id, event_type, event_version,
                            payload, metadata, recorded_at)
        SELECT head + t.n, stream_types[t.stream], stream_ids[t.stream], t.sequence, t.id, t.type, t.version,
               t.payload::json, metadatas[t.append]::json, recorded
        FROM unnest(event_appends, event_streams, event_sequences, event_ids, event_types, event_versions, payloads)
             WITH ORDINALITY AS t (append, stream, sequence, id, type, version, payload, n);
        IF held > 0 THEN
            DELETE FROM claims k
            USING unnest(claim_kinds, claim_values) AS t (kind, value)
            WHERE k.kind = t.kind AND k.value = t.value;
        END IF;
        IF claim_count > 0 THEN
            INSERT INTO claims (kind, value, owner_type, owner)
            SELECT t.kind, t.value, stream_types[t.stream], stream_ids[t.stream]
            FROM unnest(claim_kinds, claim_values, change_streams, change_makes) AS t (kind, value, stream, make)
            WHERE t.make;
        END IF;
        IF key_count > 0 THEN
            INSERT INTO idempotency_keys AS k (scope, key, fingerprint, response, position, created_at)
            SELECT key_scopes[t.key], key_names[t.key], t.fingerprint, t.response, head + t.events_until, recorded
            FROM unnest(append_keys, fingerprints, responses, events_until)
                 AS t (key, fingerprint, response, events_until)
            WHERE t.key > 0
            ON CONFLICT (scope, key) DO UPDATE SET fingerprint = excluded.fingerprint, response = excluded.response,
                position = excluded.position, created_at = excluded.created_at;
        END IF;
        RETURN;
    END IF;

    versions := ARRAY(
        SELECT coalesce((SELECT e.sequence FROM events e
                         WHERE e.aggregate_type = t.type AND e.aggregate_id = t.id
                         ORDER BY e.sequence DESC LIMIT 1), 0)
        FROM unnest(stream_types, stream_ids) WITH ORDINALITY AS t (type, id, n)
        ORDER BY t.n);
    -- One after the other, over arrays: what an earlier append of the batch did, a later one sees.
    -- holders: 0 nobody, n > 0 the batch's n-th stream, -1 a stream outside the batch, whose id is in holder_ids.
    SELECT array_agg(CASE WHEN k.owner IS NULL THEN 0 ELSE coalesce(o.n, -1) END ORDER BY t.n), array_agg(k.owner ORDER BY t.n)
    INTO holders, holder_ids
    FROM unnest(claim_kinds, claim_values) WITH ORDINALITY AS t (kind, value, n)
    LEFT JOIN claims k ON k.kind = t.kind AND k.value = t.value
    LEFT JOIN unnest(stream_types, stream_ids) WITH ORDINALITY AS o (type, id, n)
        ON o.type = k.owner_type AND o.id = k.owner;
    held_before := holders;
    SELECT array_agg(k.fingerprint ORDER BY t.n), array_agg(k.response ORDER BY t.n), array_agg(k.position ORDER BY t.n)
    INTO key_prints, key_answers, key_places
    FROM unnest(key_scopes, key_names) WITH ORDINALITY AS t (scope, key, n)
    LEFT JOIN idempotency_keys k ON k.scope = t.scope AND k.key = t.key AND k.created_at >= oldest_key;
    outcomes := array_fill(0, ARRAY[cardinality(metadatas)]);
    places := outcomes;
    numbers := array_fill(0::bigint, ARRAY[cardinality(metadatas)]);
    texts := array_fill(NULL::text, ARRAY[cardinality(metadatas)]);

    FOR a IN 1 .. cardinality(metadatas) LOOP
        first_write := w;
        first_change := c;
        IF append_keys[a] > 0 AND key_prints[append_keys[a]] IS NOT NULL THEN
            s := append_keys[a];
            places[a] := s;
            IF key_prints[s] = fingerprints[a] THEN
                outcomes[a] := 3;
                numbers[a] := key_places[s];
                texts[a] := key_answers[s];
            ELSE
                outcomes[a] := 4;
            END IF;
        END IF;
        WHILE outcomes[a] = 0 AND w <= writes_until[a] LOOP
            s := write_streams[w];
            IF versions[s] <> write_expecteds[w] THEN
                outcomes[a] := 1;
                places[a] := w;
                numbers[a] := versions[s];
            ELSE
                versions[s] := versions[s] + write_counts[w];
                w := w + 1;
            END IF;
        END LOOP;
        WHILE outcomes[a] = 0 AND c <= changes_until[a] LOOP
            s := holders[change_claims[c]];
            IF s <> 0 AND s <> change_streams[c] THEN
                outcomes[a] := 2;
                places[a] := c;
                texts[a] := CASE WHEN s > 0 THEN stream_ids[s] ELSE holder_ids[change_claims[c]] END;
            ELSE
                undo[c] := s;
                holders[change_claims[c]] := CASE WHEN change_makes[c] THEN change_streams[c] ELSE 0 END;
                c := c + 1;
            END IF;
        END LOOP;
        IF outcomes[a] = 0 THEN
            written := written + events_until[a] - CASE WHEN a > 1 THEN events_until[a - 1] ELSE 0 END;
            numbers[a] := head + written;
            IF append_keys[a] > 0 THEN
                key_prints[append_keys[a]] := fingerprints[a];
                key_answers[append_keys[a]] := responses[a];
                key_places[append_keys[a]] := head + written;
            END IF;
        ELSE
            -- Undo what it did before it was refused.
            FOR i IN REVERSE c - 1 .. first_change LOOP
                holders[change_claims[i]] := undo[i];
            END LOOP;
            FOR i IN first_write .. w - 1 LOOP
                versions[write_streams[i]] := versions[write_streams[i]] - write_counts[i];
            END LOOP;
        END IF;
        w := writes_until[a] + 1;
        c := changes_until[a] + 1;
    END LOOP;

    INSERT INTO events (position, aggregate_type, aggregate_id, sequence, event_id, event_type, event_version,
                        payload, metadata, recorded_at)
    SELECT head + row_number() OVER (ORDER BY t.n), stream_types[t.stream], stream_ids[t.stream], t.sequence, t.id,
           t.type, t.version, t.payload::json, metadatas[t.append]::json, recorded
    FROM unnest(event_appends, event_streams, event_sequences, event_ids, event_types, event_versions, payloads)
         WITH ORDINALITY AS t (append, stream, sequence, id, type, version, payload, n)
    WHERE outcomes[t.append] = 0
    ORDER BY t.n;
    DELETE FROM claims k
    USING unnest(claim_kinds, claim_values, holders, held_before) AS t (kind, value, holder, before)
    WHERE t.before <> t.holder AND t.before <> 0 AND k.kind = t.kind AND k.value = t.value;
    INSERT INTO claims (kind, value, owner_type, owner)
    SELECT t.kind, t.value, stream_types[t.holder], stream_ids[t.holder]
    FROM unnest(claim_kinds, claim_values, holders, held_before) AS t (kind, value, holder, before)
    WHERE t.before <> t.holder AND t.holder > 0;
    INSERT INTO idempotency_keys (scope, key, fingerprint, response, position, created_at)
    SELECT key_scopes[t.key], key_names[t.key], t.fingerprint, t.response, t.position, recorded
    FROM unnest(append_keys, fingerprints, responses, numbers, outcomes)
         AS t (key, fingerprint, response, position, outcome)
    WHERE t.key > 0 AND t.outcome = 0
    ON CONFLICT (scope, key) DO UPDATE SET fingerprint = excluded.fingerprint, response = excluded.response,
        position = excluded.position, created_at = excluded.created_at;
END
$$;
