#!/bin/sh
# Runs once before everything else in compose, as root with few capabilities and no network: generates the passwords
# at the first start, and makes the folders writable for the service's user.
set -eu
user=$1 group=$2
# the id of the official Postgres image's user, and groups that each let one service read one password. The images of
# Postgres and Redis have the same id, so Redis gets another: with one id each could read the other's passwords
postgres=999 redis=10004 grafana=472 service=10001 owner=10002 web=10003
folder=/run/copydesk
chmod 755 "$folder"
umask 077

password() { # NAME USER GROUP: generate once; only that user and that group can read it
  [ -s "$folder/$1" ] || { head -c 24 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n' >"$folder/$1.new" && mv "$folder/$1.new" "$folder/$1"; }
  chown "$2:$3" "$folder/$1" && chmod 440 "$folder/$1"
}
password postgres.password "$postgres" "$postgres"
password owner.password "$postgres" "$owner"
password service.password "$postgres" "$service"
password redis.password "$redis" "$service"
password grafana.password "$grafana" "$grafana"
password web.token 0 "$web"

# Redis has one user, stored with the hash of its password. It may use the queue, but not stop, empty or configure Redis
hash=$(tr -d '\n' <"$folder/redis.password" | sha256sum | cut -d' ' -f1)
{
  echo 'user default off'
  echo "user copydesk on #$hash ~* &* -@all +@read +@write +@connection +@pubsub +@transaction +@blocking +@scripting -@dangerous +info +time"
} >"$folder/redis.acl"
chown "$redis:$redis" "$folder/redis.acl" && chmod 400 "$folder/redis.acl"

chown "$user:$group" /data
chown -R "$redis:$redis" /queue
# The inbox stays with the user that created it. If the service's user can't write there, its group gets the folder, so
# that the service can remove accepted files; no other user of the host gets a right that it did not have.
can_write() { setpriv --reuid="$user" --regid="$group" --clear-groups test -w /inbox; }
if ! can_write; then
  # set-group-ID: files and folders that are created there get the group too; only a member of the group may set it
  { chgrp "$group" /inbox && setpriv --regid="$group" --clear-groups chmod g+rwxs /inbox && can_write; } || {
    echo "The service (user $user, group $group) can't write to the inbox, and its group can't be set." \
      "Set COPYDESK_UID and COPYDESK_GID in .env to the owner of the folder: $(stat -c '%u and %g' /inbox)." >&2
    exit 1
  }
  echo "The inbox now belongs to group $group, so that the service can remove files; config/env.example says more."
fi
