#!/bin/sh
# Runs once before everything else in compose, as root with three capabilities and no network:
# makes the passwords at the first start, and sees that the service's user can write where it must.
set -eu
user=$1 group=$2
# ids in the official images of Postgres and Redis, and the groups through which one password goes to one service
postgres=999 redis=999 grafana=472 service=10001 owner=10002 web=10003
folder=/run/copydesk
chmod 755 "$folder"
umask 077

password() { # NAME USER GROUP: made once; only that user and that group can read it
  [ -s "$folder/$1" ] || { head -c 24 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n' >"$folder/$1.new" && mv "$folder/$1.new" "$folder/$1"; }
  chown "$2:$3" "$folder/$1" && chmod 440 "$folder/$1"
}
password postgres.password "$postgres" "$postgres"
password owner.password "$postgres" "$owner"
password service.password "$postgres" "$service"
password redis.password "$redis" "$service"
password grafana.password "$grafana" "$grafana"
password web.token "$postgres" "$web"

# Redis knows one user, by the hash of its password, who may use the queue but neither stop, empty nor configure the server
hash=$(tr -d '\n' <"$folder/redis.password" | sha256sum | cut -d' ' -f1)
{
  echo 'user default off'
  echo "user copydesk on #$hash ~* &* -@all +@read +@write +@connection +@pubsub +@transaction +@blocking +@scripting -@dangerous +info +time"
} >"$folder/redis.acl"
chown "$redis:$redis" "$folder/redis.acl" && chmod 400 "$folder/redis.acl"

chown "$user:$group" /data
# The inbox belongs to whoever made it. Where that is not the service's user, everybody may put files in and the
# service may take them out: set COPYDESK_UID and COPYDESK_GID to the owner's to keep it private.
if ! setpriv --reuid="$user" --regid="$group" --clear-groups test -w /inbox; then
  chmod a+rwx /inbox
  echo "The inbox is now writable for every user of this machine; config/env.example says how to keep it to one."
fi
