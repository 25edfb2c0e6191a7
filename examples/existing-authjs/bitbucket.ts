import { createClient } from "auth-bitbucket/client"
import { createConnections, UserAuthorizationRequiredError } from "auth-bitbucket/connections"
import { createPostgresStore } from "auth-bitbucket/postgres"
import { Bitbucket, bitbucketUrls } from "auth-bitbucket/provider"
import type { Account, User } from "next-auth"
import { pool } from "./db"

const {
  AUTH_BITBUCKET_ID: clientId = "",
  AUTH_BITBUCKET_SECRET: clientSecret = "",
  AUTH_SECRET = "",
} = process.env
// Bitbucket Cloud, unless the environment names an emulator.
const urls = bitbucketUrls({ site: process.env.BITBUCKET_SITE_URL, api: process.env.BITBUCKET_API_URL })

const connections = createConnections({
  store: createPostgresStore({ query: (text, values) => pool.query(text, values) }),
  oauth: { url: urls.token, clientId, clientSecret },
  secrets: [AUTH_SECRET],
})

/** For `providers`. `account` stops an adapter from storing the tokens: it would not encrypt them, and never refresh them. */
export const bitbucket = { ...Bitbucket({ clientId, clientSecret, urls }), account: () => undefined }

/** For `events.signIn`. A connection is named by the person's id in this app, which is a number in some adapters. */
export async function saveConnection({ user, account }: { user: User; account?: Account | null }) {
  if (account?.provider === "bitbucket") await connections.save(account, String(user.id))
}

/** Calls Bitbucket as a person of this app, with or without them in front of a browser. */
export function bitbucketFor(userId: string) {
  return createClient({ getToken: (options) => connections.getToken(String(userId), options), urls })
}

/** The person's account at Bitbucket; null if they have to connect it, for the first time or again. */
export async function bitbucketAccount(userId = "") {
  try {
    return await bitbucketFor(userId).user()
  } catch (error) {
    if (error instanceof UserAuthorizationRequiredError) return null
    throw error
  }
}
