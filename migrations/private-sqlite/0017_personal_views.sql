-- Who looked at whose personal data by virtue of an office. Times are microseconds since 1970.
CREATE TABLE personal_views (
    subject   TEXT    NOT NULL,
    viewed_at INTEGER NOT NULL,
    viewer    TEXT    NOT NULL,
    route     TEXT    NOT NULL
) STRICT;
CREATE INDEX personal_views_of_subject ON personal_views (subject, viewed_at DESC);
CREATE INDEX personal_views_by_age ON personal_views (viewed_at);
