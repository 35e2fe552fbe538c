#!/bin/sh
# Writes the secrets that docker-compose.yml asks for, each one random, to a file that its owner alone can read.
# Usage: sh deploy/make-env.sh [FILE]   (default .env)
set -eu
file=${1:-.env}
if [ -e "$file" ]; then
  echo "$file is there already: remove it to make new secrets, or keep it" >&2
  exit 1
fi
umask 077

# 32 random bytes as letters and digits.
secret() {
  head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n'
}
# A Kafka cluster's id: 16 random bytes in URL-safe base64.
cluster_id() {
  head -c 16 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n'
}

cat > "$file" <<END
KAFKA_CLUSTER_ID=$(cluster_id)
KAFKA_GATEWAY_PASSWORD=$(secret)
KAFKA_INGEST_PASSWORD=$(secret)
KAFKA_CORRELATOR_PASSWORD=$(secret)
KAFKA_API_PASSWORD=$(secret)
CLICKHOUSE_MIGRATOR_PASSWORD=$(secret)
CLICKHOUSE_INGEST_PASSWORD=$(secret)
CLICKHOUSE_CORRELATOR_PASSWORD=$(secret)
CLICKHOUSE_API_PASSWORD=$(secret)
CLICKHOUSE_RETENTION_PASSWORD=$(secret)
HOPTRACE_OPERATOR_TOKEN=hopop_$(secret)
HOPTRACE_DIGEST_KEY=$(secret)
HOPTRACE_COOKIE_SECRET=$(secret)
HOPTRACE_TOKEN_PEPPER=$(secret)
END
echo "Wrote $file. Keep it: without HOPTRACE_DIGEST_KEY old recordings no longer link to new ones." >&2
