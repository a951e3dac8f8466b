#!/bin/sh
# Runs once, in an empty PostgreSQL: an owner for the log that is no superuser. CREATEROLE lets its
# migration make the append-only role accession_app.
set -eu
psql --set=ON_ERROR_STOP=1 --set=password="$ACCESSION_POSTGRES_PASSWORD" \
  --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE accession LOGIN CREATEROLE PASSWORD :'password';
CREATE DATABASE accession OWNER accession ENCODING 'UTF8' TEMPLATE template0 LOCALE 'C.UTF-8';
REVOKE ALL ON DATABASE accession FROM PUBLIC;
SQL
