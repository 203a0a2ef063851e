#!/bin/sh
# One role and one schema per service; no role sees another's schema. The operator's role reads them all.
set -eu
psql -v ON_ERROR_STOP=1 -U postgres -d ieum -c 'REVOKE ALL ON DATABASE ieum FROM PUBLIC; REVOKE ALL ON SCHEMA public FROM PUBLIC'
for service in registration matching evaluation notifications; do
  psql -v ON_ERROR_STOP=1 -v service="$service" -v password="$(cat "/run/secrets/postgres/$service")" -U postgres -d ieum <<'SQL'
CREATE ROLE :"service" LOGIN PASSWORD :'password';
GRANT CONNECT ON DATABASE ieum TO :"service";
CREATE SCHEMA AUTHORIZATION :"service";
ALTER ROLE :"service" SET search_path = :"service";
SQL
done
psql -v ON_ERROR_STOP=1 -v password="$(cat /run/secrets/postgres/ops)" -U postgres -d ieum <<'SQL'
CREATE ROLE ops LOGIN PASSWORD :'password';
GRANT CONNECT ON DATABASE ieum TO ops;
GRANT pg_read_all_data TO ops;
ALTER ROLE ops SET default_transaction_read_only = on;
SQL
