-- As https://authjs.dev/getting-started/adapters/pg gives it, with passwords.
create table users (
  id serial primary key,
  name text,
  email text unique,
  "emailVerified" timestamptz,
  image text,
  password_hash text
);

create table accounts (
  id serial primary key,
  "userId" integer not null references users (id) on delete cascade,
  type text not null,
  provider text not null,
  "providerAccountId" text not null,
  refresh_token text,
  access_token text,
  expires_at bigint,
  id_token text,
  scope text,
  session_state text,
  token_type text
);

create table sessions (
  id serial primary key,
  "userId" integer not null references users (id) on delete cascade,
  expires timestamptz not null,
  "sessionToken" text not null
);

create table verification_token (
  identifier text not null,
  expires timestamptz not null,
  token text not null,
  primary key (identifier, token)
);

-- Her password is "lovelace".
insert into users (name, email, password_hash)
values ('Ada', 'ada@example.com', 'uZkq2fzdSQPG1YA9RjeksTPHU_083mP4o6CIWRf1f7g');
