/** The name of a schema as a quoted identifier, whatever characters it has. */
export function quoted(schema: string): string {
  return `"${schema.replaceAll('"', '""')}"`
}

/**
 * The table of connections, in SQL that may run any number of times. `account_uuid` is the account's identity, in any
 * form. You may add columns of your own, if they are nullable or have a default.
 */
export function schemaSql(schema: string): string {
  const name = quoted(schema)
  return `
select pg_advisory_xact_lock(7061994, hashtext('${schema.replaceAll("'", "''")}'));

do $body$ begin
  -- Not "if not exists", for which Postgres requires the right to create one.
  if to_regnamespace('${name.replaceAll("'", "''")}') is null then
    create schema ${name};
  end if;
end $body$;

create table if not exists ${name}.connection (
  id uuid primary key default gen_random_uuid(),
  account_uuid text not null unique,
  sealed_tokens text not null,
  scopes text[] not null,
  issued_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  version integer not null default 1,
  status text not null default 'active',
  lease_owner uuid,
  lease_until timestamp with time zone,
  failures integer not null default 0,
  retry_at timestamp with time zone,
  last_failure text,
  last_failure_at timestamp with time zone,
  connected_at timestamp with time zone not null default now(),
  refreshed_at timestamp with time zone
);

create index if not exists connection_issued_at_index on ${name}.connection (issued_at, id);
`
}
