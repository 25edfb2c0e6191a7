-- What an account's token was used for, counted by the hour, for that person to read.
create table token_use (
  account_uuid text not null,
  hour timestamp with time zone not null,
  purpose text not null,
  count integer not null,
  last_at timestamp with time zone not null,
  primary key (account_uuid, hour, purpose)
);
create index token_use_hour_index on token_use using btree (hour);
