#!/bin/sh
# Writes deploy/.env with a random password for each store and the root key of all personal data. compose.yaml has no defaults, so nothing
# starts with a weak one. Refuses to overwrite: the stores keep the passwords they were made with.
set -eu
umask 077
file="$(dirname "$0")/.env"
if [ -e "$file" ]; then
  echo "$file exists; delete it only together with the volumes: docker compose -f deploy/compose.yaml down --volumes" >&2
  exit 1
fi
# 32 bytes as hexadecimal digits, safe in URLs; the letter first, because nats.conf reads digits as a number.
secret() { printf k; od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
{
  echo "ACCESSION_POSTGRES_ADMIN_PASSWORD=$(secret)"
  echo "ACCESSION_POSTGRES_PASSWORD=$(secret)"
  echo "ACCESSION_NATS_PASSWORD=$(secret)"
  echo "ACCESSION_REDIS_PASSWORD=$(secret)"
  # 32 bytes in base64. Keep a copy apart from the database: without it nothing personal can be read.
  echo "ACCESSION_ROOT_KEY=$(head -c 32 /dev/urandom | base64 | tr -d '\n')"
} >"$file"
echo "wrote $file (mode 0600)"
