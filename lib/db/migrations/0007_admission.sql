-- Rows that exist count as admitted an hour ago. So each is asked about at its next view, and an outage at that moment
-- puts nobody out: they have the rest of the grace. The later default is for servers of the version before, which ask
-- at sign-in and know none of these columns.
alter table connection
  add column admitted_at timestamp with time zone not null default now() - interval '1 hour',
  add column admission_lease_until timestamp with time zone,
  add column admission_retry_at timestamp with time zone,
  add column admission_failure text;
alter table connection alter column admitted_at set default now();
