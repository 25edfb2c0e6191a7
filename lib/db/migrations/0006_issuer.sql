-- An account's identity names its issuer: lib/bitbucket/identity.ts, whose function issuerOf has the same rule. Computed, so that
-- rows of servers of 0.1.0, which still write beside this version, have the right one too.
alter table connection add column issuer text generated always as (
  case
    when account_uuid like '{%' then 'https://bitbucket.org'
    else substring(account_uuid from '^(https?://.+)#[0-9]+$')
  end
) stored;

-- 0.1.0 knew people of a Data Center by their number alone. Which server the number was of is recorded nowhere, and a guess
-- would give one person the connection of another: they sign in once more.
delete from connection where account_uuid like 'datacenter:%';
delete from activity where account_uuid like 'datacenter:%';
