-- Whoever is erased is forgotten as a viewer, too.
CREATE INDEX personal_views_by_viewer ON personal_views (viewer);
