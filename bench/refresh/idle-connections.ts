import { sql } from "drizzle-orm"
import type { PgInsertValue } from "drizzle-orm/pg-core"
import { sealTokens } from "../../lib/connections/sealed-tokens"
import { connection } from "../../lib/db/schema"
import { tokenResponseSchema } from "../../lib/oauth/token-set"
import { client } from "../../test/bitbucket-grant"
import { createBrowser } from "./browser"
import { profileOf, startAfresh } from "./people"
import type { Stage } from "./stage"

const AT_ONCE = 20
const ROWS_PER_STATEMENT = 500
const IDLE_DAYS = 40

type Row = PgInsertValue<typeof connection>

/**
 * Starts afresh with so many connections that nobody has used for forty days, each with a grant of its own. All
 * belong to one person at Bitbucket, who has allowed this app before: so a grant takes two requests.
 */
export async function connectIdle(stage: Stage, count: number): Promise<void> {
  const [username = ""] = await startAfresh(stage, 1)
  const authorize = new URL("/site/oauth2/authorize", stage.siteUrl)
  authorize.search = new URLSearchParams({ response_type: "code", client_id: client.id }).toString()
  const browser = createBrowser(username)
  await browser.open(new URL("/account/signin/?next=/", stage.siteUrl))
  await browser.send(authorize, { action: "approve" })

  const rows: Row[] = []
  let left = count
  const obtainGrants = async () => {
    while (left-- > 0) {
      const answer = await browser.send(authorize)
      const callback = new URL(answer.headers.get("location") ?? "")
      rows.push(await idleConnection(stage, username, callback.searchParams.get("code") ?? ""))
      if (rows.length === ROWS_PER_STATEMENT) await stage.db.insert(connection).values(rows.splice(0))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, obtainGrants))
  if (rows.length > 0) await stage.db.insert(connection).values(rows)
  await stage.bitbucket.clearRequests()
}

async function idleConnection(stage: Stage, username: string, code: string): Promise<Row> {
  const response = await fetch(`${stage.siteUrl}/site/oauth2/access_token`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}` },
    body: new URLSearchParams({ grant_type: "authorization_code", code }),
  })
  const { accessToken, refreshToken, scopes } = tokenResponseSchema.parse(await response.json())
  const profile = profileOf(username)
  const accountUuid = profile.account.uuid
  const secrets: [string] = [stage.environment.AUTH_SECRET ?? ""]
  const tokens = { accessToken, refreshToken: refreshToken ?? "" }
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
