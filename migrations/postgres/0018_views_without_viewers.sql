-- Whoever is erased is forgotten as a viewer, too. A read-api that has no other right in this database writes down who
-- looked at whose data, and tells the person: its login (`private_url`) is a member of accession_reader, or is called so.
CREATE INDEX personal_views_by_viewer ON personal_views (viewer);

DO $$
BEGIN
    BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'accession_reader') THEN
            CREATE ROLE accession_reader NOLOGIN;
        END IF;
    EXCEPTION
        WHEN duplicate_object OR unique_violation THEN NULL; -- another database is being migrated at the same time
        WHEN insufficient_privilege THEN RAISE NOTICE 'no right to create the role accession_reader';
    END;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'accession_app') THEN
        GRANT UPDATE ON personal_views TO accession_app;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'accession_reader') THEN
        GRANT SELECT, INSERT ON personal_views TO accession_reader;
    END IF;
END
$$;
