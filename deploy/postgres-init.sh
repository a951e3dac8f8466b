#!/bin/sh
# Runs once, in an empty PostgreSQL: an owner for the log that is no superuser, and a reader to whom the log's migrations grant
# the views of personal data and nothing else. CREATEROLE lets the migrations make the append-only role accession_app.
set -eu
psql --set=ON_ERROR_STOP=1 --set=password="$ACCESSION_POSTGRES_PASSWORD" \
  --set=reader_password="$ACCESSION_READER_PASSWORD" \
  --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE accession LOGIN CREATEROLE PASSWORD :'password';
CREATE ROLE accession_reader LOGIN PASSWORD :'reader_password';
CREATE DATABASE accession OWNER accession ENCODING 'UTF8' TEMPLATE template0 LOCALE 'C.UTF-8';
REVOKE ALL ON DATABASE accession FROM PUBLIC;
GRANT CONNECT ON DATABASE accession TO accession_reader;
SQL
