import { createConnections } from "auth-bitbucket/connections"
import { createActivityStore } from "../../lib/accounts/activity"
import { connectionStore } from "../../lib/accounts/connection"
import { bitbucketFetch } from "../../lib/bitbucket/client"
import type { Database } from "../../lib/db/client"
import { createSessionStore } from "../../lib/sessions/session-store"
import { client } from "../../test/bitbucket-grant"
import { missesOf, type Outcome } from "./outcome"
import { leaveSeconds, type Person, refreshRequests, signInPeople } from "./people"
import type { Stage } from "./stage"
import { openCountedDatabase, watchActivity } from "./statements"

const PROVIDER_MS = 400
const SHORT_MS = 100

/** What do a page view and a refresh cost the database, and is anything held open while the server calls Bitbucket? */
export async function databaseCost(stage: Stage): Promise<Outcome> {
  const [person] = await signInPeople(stage, 1)
  await stage.bitbucket.changeConfig({ latency_ms: PROVIDER_MS })
  const { db, close, statements } = openCountedDatabase(stage.databaseUrl)
  const view = createView(stage, db, person)
  await view()
  statements.length = 0

  await view()
  const fresh = statements.splice(0)
  await leaveSeconds(stage, -1)
  statements.length = 0
  const activities = await watchActivity(stage.databaseUrl, view)
  const refresh = statements.splice(0)
  await close()

  const calls = (await refreshRequests(stage)).length
  const longestMs = Math.max(...refresh.map(({ ms }) => ms))
  const inTransaction = activities.filter((activity) => activity.inTransaction > 0).length
  const idle = activities.filter(({ running }) => running === 0).length
  return {
    scenario: "Cost to the database",
    load: `a page view with a fresh token, then one that refreshes; provider ${PROVIDER_MS} ms`,
    target: "1 statement; ≤ 4 short statements, no transaction open while Bitbucket is called",
    callsPerRotation: calls,
    signOuts: 0,
    failedCallers: 0,
    waitsMs: [],
    notes: [
      `fresh token: ${fresh.length} statement; refresh: ${refresh.length} (${refresh.map(({ verb }) => verb).join(", ")}), the longest ${longestMs.toFixed(1)} ms`,
      `${activities.length} looks at pg_stat_activity during the refresh: ${inTransaction} found a transaction open, ${idle} found nothing running`,
    ],
    misses: missesOf({
      "1 statement for a fresh token": fresh.length === 1,
      "≤ 4 statements for a refresh": refresh.length <= 4 && calls === 1,
      [`every statement below ${SHORT_MS} ms`]: longestMs < SHORT_MS,
      "no transaction open while Bitbucket is called": inTransaction === 0 && activities.length >= 20,
    }),
  }
}

/** The first steps of every signed-in page, on a server in this process. */
function createView({ siteUrl, environment }: Stage, db: Database, { sid, accountUuid }: Person) {
  const sessions = createSessionStore(db)
  const oauth = {
    url: `${siteUrl}/site/oauth2/access_token`,
    clientId: client.id,
    clientSecret: client.secret,
    fetch: bitbucketFetch,
  }
  const secrets: [string] = [environment.AUTH_SECRET ?? ""]
  const { record } = createActivityStore(db)
  const { getToken } = createConnections({
    store: connectionStore(db),
    oauth,
    secrets,
    onEvent: (event) => (event.type === "refresh_succeeded" ? record(event.account, "renewed") : undefined),
  })
  return async () => {
    const session = await sessions.read(sid, accountUuid)
    if (!session) throw new Error("The session of this scenario is gone")
    await getToken(session.connection)
  }
}
