import { boundedFetch } from "@/lib/bitbucket/bounded-fetch"
import { openDatabase } from "@/lib/db/client"
import { EnvironmentError, environment } from "@/lib/env"
import { type SwapRefusal, swapAll } from "../../lib/oauth1/swap"

const words: Record<SwapRefusal, string> = {
  not_offered: "Bitbucket does not offer the exchange",
  token_refused: "Bitbucket refused it; its person has to sign in again",
  no_answer: "Bitbucket did not answer; run this again later",
  tokens_unreadable: "it opens with none of the secrets",
  changed_meanwhile: "its person has just signed in anew",
}

/** `npm run oauth1:swap`: moves what the legacy sign-in has stored to OAuth 2.0, and says what could not be moved. */
try {
  const { DATABASE_URL, secrets, BITBUCKET_SITE_URL, BITBUCKET_KIND, ...client } = environment()
  if (BITBUCKET_KIND === "datacenter") throw new EnvironmentError(["Data Center knows no such exchange."])
  const { db, close } = openDatabase(DATABASE_URL, { maxConnections: 2 })
  const endpoint = {
    url: `${BITBUCKET_SITE_URL}/site/oauth2/access_token`,
    clientId: client.AUTH_BITBUCKET_ID,
    clientSecret: client.AUTH_BITBUCKET_SECRET,
    fetch: boundedFetch,
  }
  const { swapped, left } = await swapAll({ db, secrets, endpoint })
  await close()
  for (const { account, reason } of left) process.stdout.write(`${account}: ${words[reason]}.\n`)
  process.stdout.write(`${swapped} moved, ${left.length} left as they were.\n`)
  process.exitCode = left.length > 0 ? 2 : 0
} catch (error) {
  const text =
    error instanceof EnvironmentError ? error.message : "The database could not be read or written."
  process.stderr.write(`${text}\n`)
  process.exitCode = 1
}
