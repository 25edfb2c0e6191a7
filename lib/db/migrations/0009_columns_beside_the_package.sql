-- auth-bitbucket inserts a connection by the columns that it knows; this app adds its own in the same transaction.
alter table connection alter column profile drop not null, alter column profile_read_at drop not null;
