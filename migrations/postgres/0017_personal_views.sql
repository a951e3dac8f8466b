-- Who looked at whose personal data by virtue of an office. Told to the person; purged with time, and at an erasure.
CREATE TABLE personal_views (
    subject   uuid        NOT NULL,
    viewed_at timestamptz NOT NULL,
    viewer    uuid        NOT NULL,
    route     text        NOT NULL
);
CREATE INDEX personal_views_of_subject ON personal_views (subject, viewed_at DESC);
CREATE INDEX personal_views_by_age ON personal_views (viewed_at);

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'accession_app') THEN
        REVOKE ALL ON personal_views FROM PUBLIC;
        GRANT SELECT, INSERT, DELETE ON personal_views TO accession_app;
    END IF;
END
$$;
