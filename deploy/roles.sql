-- Two roles, so that the servers cannot change the schema. Run once, as a role that may create roles, in the database of
-- the app:  psql "$ADMIN_DATABASE_URL" -f deploy/roles.sql
-- Then set a password for each (\password app_migrate, \password app_run). Migrations connect as app_migrate, in
-- DATABASE_URL_UNPOOLED; the servers connect as app_run, in DATABASE_URL. With another DATABASE_SCHEMA, change the name here.
create role app_migrate login;
create role app_run login;

create schema auth_bitbucket authorization app_migrate;
grant usage on schema auth_bitbucket to app_run;

-- For the tables that app_migrate makes from now on.
alter default privileges for role app_migrate in schema auth_bitbucket
  grant select, insert, update, delete on tables to app_run;

-- A pooler ends no statement, and the servers bound only their own waiting: this ends it in Postgres.
alter role app_run set statement_timeout = '5s';
alter role app_run set idle_in_transaction_session_timeout = '10s';
