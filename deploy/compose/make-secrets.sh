#!/bin/sh
# Makes what only this installation knows, once. Services read each secret as a file of /run/secrets named after the setting.
set -eu
umask 077
random() { head -c 32 /dev/urandom | od -An -vtx1 | tr -d ' \n'; }
place=/secrets
[ -f "$place/postgres/postgres_password" ] || random > "$place/postgres/postgres_password"
[ -f "$place/portal/identity_key" ] || random > "$place/portal/identity_key"
[ -f "$place/registration/data_key" ] || random > "$place/registration/data_key"
for service in registration matching evaluation notifications ops; do
  setting=database_url
  [ "$service" = ops ] && setting=ops_database_url
  if [ ! -f "$place/$service/$setting" ]; then
    password=$(random)
    printf 'postgresql://%s:%s@postgres:5432/ieum' "$service" "$password" > "$place/$service/$setting"
    printf '%s' "$password" > "$place/postgres/$service"
  fi
  cp "$place/portal/identity_key" "$place/$service/identity_key"
done
# 10001 is the user the services' images run as; 999 is PostgreSQL's.
chown -R 10001:10001 "$place/registration" "$place/matching" "$place/evaluation" "$place/notifications" "$place/portal" "$place/ops" \
  "$place/demo"
chown -R 999:999 "$place/postgres"
