-- When a server last set out to read the profile from Bitbucket, so that the others need not, and why it got none.
alter table connection add column profile_asked_at timestamp with time zone, add column profile_failure text;
