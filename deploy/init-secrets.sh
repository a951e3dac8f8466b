#!/bin/sh
# Writes deploy/.env with a random password for each store, and deploy/secrets/root_key with the root key of all personal data.
# compose.yaml has no defaults, so nothing starts with a weak one. Refuses to overwrite: the stores keep what they were made with.
set -eu
umask 077
here="$(dirname "$0")"
file="$here/.env"
root_key="$here/secrets/root_key"
for made in "$file" "$root_key"; do
  if [ -e "$made" ]; then
    echo "$made exists; delete it only together with the volumes: docker compose -f deploy/compose.yaml down --volumes" >&2
    exit 1
  fi
done
# 32 bytes as hexadecimal digits, safe in URLs; the letter first, because nats.conf reads digits as a number.
secret() { printf k; od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
{
  echo "ACCESSION_POSTGRES_ADMIN_PASSWORD=$(secret)"
  echo "ACCESSION_POSTGRES_PASSWORD=$(secret)"
  echo "ACCESSION_READER_PASSWORD=$(secret)"
  echo "ACCESSION_NATS_PASSWORD=$(secret)"
  echo "ACCESSION_REDIS_PASSWORD=$(secret)"
} >"$file"
# 32 bytes in base64. Keep a copy apart from the database: without it nothing personal can be read. The directory is closed to
# others; the file is not, because the user in the container (10001) is not the one who runs this.
mkdir -p "$here/secrets"
head -c 32 /dev/urandom | base64 | tr -d '\n' >"$root_key"
chmod 0444 "$root_key"
echo "wrote $file (mode 0600) and $root_key (in a directory of mode 0700)"
