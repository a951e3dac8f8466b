-- A role for the application: it can add to the log and read it, never change it. Grant it to the user that
-- command-api connects as; migrations run as the owner. Roles belong to the whole server: it may exist already, and a
-- migrating user without CREATEROLE leaves it to the administrator (a later migration run is not needed: grants below
-- are skipped with a notice, and the triggers protect the log in any case).
DO $$
BEGIN
    BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'accession_app') THEN
            CREATE ROLE accession_app NOLOGIN;
        END IF;
    EXCEPTION
        WHEN duplicate_object OR unique_violation THEN NULL; -- another database is being migrated at the same time
        WHEN insufficient_privilege THEN RAISE NOTICE 'no right to create the role accession_app';
    END;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'accession_app') THEN
        REVOKE ALL ON events FROM PUBLIC;
        GRANT SELECT, INSERT ON events TO accession_app;
        GRANT SELECT, INSERT, UPDATE, DELETE ON claims, idempotency_keys, snapshots, service_credentials TO accession_app;
        GRANT EXECUTE ON FUNCTION append_events, position_at TO accession_app;
        -- So that the application can ask at its start whether migrations are pending.
        IF to_regclass('_sqlx_migrations') IS NOT NULL THEN
            GRANT SELECT ON _sqlx_migrations TO accession_app;
        END IF;
    END IF;
END
$$;
