#!/bin/sh
# Runs in the Postgres image when the cluster is new: one role owns the tables (for migrations), another only uses them.
# psql itself reads the passwords, so that they are on no command line.
set -eu
psql -v ON_ERROR_STOP=1 --no-psqlrc --quiet --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
\set owner `cat /run/copydesk/owner.password`
\set service `cat /run/copydesk/service.password`
SET log_min_error_statement = 'panic';
CREATE ROLE copydesk_owner LOGIN PASSWORD :'owner';
CREATE ROLE copydesk_service LOGIN PASSWORD :'service';
ALTER DATABASE copydesk OWNER TO copydesk_owner;
ALTER SCHEMA public OWNER TO copydesk_owner;
REVOKE ALL ON DATABASE copydesk FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE copydesk TO copydesk_service;
GRANT USAGE ON SCHEMA public TO copydesk_service;
ALTER DEFAULT PRIVILEGES FOR ROLE copydesk_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO copydesk_service;
ALTER DEFAULT PRIVILEGES FOR ROLE copydesk_owner IN SCHEMA public
  GRANT USAGE, SELECT ON SEQUENCES TO copydesk_service;
-- the service sets stricter limits itself; these are for a person who connects with its role
ALTER ROLE copydesk_service SET statement_timeout = '5min';
ALTER ROLE copydesk_service SET lock_timeout = '10s';
ALTER ROLE copydesk_service SET idle_in_transaction_session_timeout = '60s';
SQL
