import { bitbucketUrls, createClient } from "auth-bitbucket/client"
import { createConnections } from "auth-bitbucket/connections"
import { createPostgresStore } from "auth-bitbucket/postgres"
import { Bitbucket } from "auth-bitbucket/provider"
import pg from "pg"
import { settings } from "./settings.js"

const { clientId, clientSecret, databaseUrl, secret, site, api } = settings
const urls = bitbucketUrls({ site, api })

export const provider = Bitbucket({
  clientId,
  clientSecret,
  scopes: ["account", "email", "repository"],
  urls,
})

const pool = new pg.Pool({ connectionString: databaseUrl })
pool.on("error", (error) => console.error("Postgres closed an idle connection:", error.message))

export const store = createPostgresStore({ query: (text, values) => pool.query(text, values) })

export const connections = createConnections({
  store,
  oauth: { url: urls.token, clientId, clientSecret },
  secrets: [secret],
})

/** Calls Bitbucket as one person. @param {string} account */
export function bitbucketFor(account) {
  return createClient({ getToken: (options) => connections.getToken(account, options), urls })
}
