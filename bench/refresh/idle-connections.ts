import { parseTokenResponse, sealTokens } from "auth-bitbucket/connections"
import { sql } from "drizzle-orm"
import type { PgInsertValue } from "drizzle-orm/pg-core"
import { connection } from "../../lib/db/schema"
import { client } from "../../test/bitbucket-grant"
import { createBrowser } from "./browser"
import { profileOf, startOver } from "./people"
import type { Stage } from "./stage"

/** The emulator drops the oldest of more than a thousand grants that one person gave to one app. */
const PEOPLE = 20
const ROWS_PER_STATEMENT = 500
const IDLE_DAYS = 40

type Row = PgInsertValue<typeof connection>

/**
 * Starts over with this many connections, each unused for forty days and each with its own grant. They
 * belong to twenty Bitbucket users who have allowed this app before, so a grant takes only two requests.
 */
export async function connectIdle(stage: Stage, count: number): Promise<void> {
  const usernames = await startOver(stage, PEOPLE)
  const rows: Row[] = []
  const store = async (atLeast: number) => {
    if (rows.length >= atLeast) await stage.db.insert(connection).values(rows.splice(0))
  }
  const grantMany = async (username: string) => {
    const authorize = await allowOnce(stage, username)
    for (let granted = 0; granted < count / PEOPLE; granted++) {
      rows.push(await idleConnection(stage, username, await authorize()))
      await store(ROWS_PER_STATEMENT)
    }
  }
  await Promise.all(usernames.map(grantMany))
  await store(1)
  await stage.bitbucket.clearRequests()
}

/** Signs in at Bitbucket and allows the app. @returns a function that gets another authorization code without a question */
async function allowOnce({ siteUrl }: Stage, username: string): Promise<() => Promise<string>> {
  const authorize = new URL("/site/oauth2/authorize", siteUrl)
  authorize.search = new URLSearchParams({ response_type: "code", client_id: client.id }).toString()
  const browser = createBrowser(username)
  await browser.open(new URL("/account/signin/?next=/", siteUrl))
  await browser.send(authorize, { action: "approve" })
  return async () => {
    const answer = await browser.send(authorize)
    const callback = new URL(answer.headers.get("location") ?? "")
    return callback.searchParams.get("code") ?? ""
  }
}

async function idleConnection(stage: Stage, username: string, code: string): Promise<Row> {
  const response = await fetch(`${stage.siteUrl}/site/oauth2/access_token`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}` },
    body: new URLSearchParams({ grant_type: "authorization_code", code }),
  })
  const { tokens, scopes } = parseTokenResponse(await response.json())
  const profile = profileOf(username)
  const accountUuid = profile.account.uuid
  const secrets: [string] = [stage.environment.AUTH_SECRET ?? ""]
  return {
    accountUuid,
    profile,
    profileReadAt: sql`now()`,
    sealedTokens: await sealTokens(tokens, accountUuid, secrets),
    scopes: scopes ?? [],
    issuedAt: sql`now() - make_interval(days => ${IDLE_DAYS})`,
    expiresAt: sql`now() - make_interval(days => ${IDLE_DAYS - 1})`,
    staysConnected: true,
  }
}
