-- Two roles, so that the servers cannot change the schema. Run this once, as a role that may create roles, in the app's
-- database:  psql "$ADMIN_DATABASE_URL" -f deploy/roles.sql
-- Then set a password for each (\password app_migrate, \password app_run). Migrations connect as app_migrate, in
-- DATABASE_URL_UNPOOLED; the servers connect as app_run, in DATABASE_URL. With another DATABASE_SCHEMA, change the name here.
create role app_migrate login;
create role app_run login;

create schema auth_bitbucket authorization app_migrate;
grant usage on schema auth_bitbucket to app_run;

-- For the tables that app_migrate creates from now on.
alter default privileges for role app_migrate in schema auth_bitbucket
  grant select, insert, update, delete on tables to app_run;

-- When a server behind a pooler gives up on a statement, the statement goes on in Postgres. This cancels it.
alter role app_run set statement_timeout = '5s';
alter role app_run set idle_in_transaction_session_timeout = '10s';
