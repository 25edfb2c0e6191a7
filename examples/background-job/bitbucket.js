import { bitbucketUrls, createClient } from "auth-bitbucket/client"
import { createConnections } from "auth-bitbucket/connections"
import { createPostgresStore } from "auth-bitbucket/postgres"
import pg from "pg"
import { settings } from "./settings.js"

const { clientId, clientSecret, databaseUrl, secret, site, api } = settings

export const urls = bitbucketUrls({ site, api })
export const database = new pg.Pool({ connectionString: databaseUrl })

const store = createPostgresStore({ query: (text, values) => database.query(text, values) })

export const connections = createConnections({
  store,
  oauth: { url: urls.token, clientId, clientSecret },
  secrets: [secret],
})

/** Calls Bitbucket as one person. @param {string} account */
export function bitbucketFor(account) {
  return createClient({ getToken: (options) => connections.getToken(account, options), urls })
}

/** Makes the tables where there are none. */
export async function migrate() {
  await store.migrate()
  await database.query(`
    create table if not exists build_status_job (
      id bigint generated always as identity primary key,
      account text not null,
      repository text not null,
      commit text not null,
      build_state text not null,
      status text not null default 'waiting',
      run_at timestamptz not null default now(),
      reason text
    )`)
}
