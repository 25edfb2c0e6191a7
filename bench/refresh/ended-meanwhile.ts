import { setTimeout as wait } from "node:timers/promises"
import { connectionStore } from "../../lib/accounts/connection"
import { connection, session } from "../../lib/db/schema"
import { createSessionStore } from "../../lib/sessions/session-store"
import { missesOf, type Outcome } from "./outcome"
import { leaveSeconds, type Person, refreshRequests, signInPeople } from "./people"
import type { Stage } from "./stage"

const SERVERS = 4
const CALLERS = 5
const TIMES = 10
const PROVIDER_MS = 150

/** Does a refresh in progress bring back what a sign-out or a disconnect has just ended? */
export async function endedMeanwhile(stage: Stage): Promise<Outcome> {
  const { db } = stage
  const people = await signInPeople(stage, 2 * TIMES)
  const servers = await stage.servers(SERVERS)
  await stage.bitbucket.changeConfig({ latency_ms: PROVIDER_MS })
  await leaveSeconds(stage, -1)

  const endings = people.map(({ accountUuid, sid }, index) =>
    index < TIMES ? () => createSessionStore(db).end(sid) : () => connectionStore(db).delete(accountUuid),
  )
  const askAll = (one: Person) =>
    servers.map((server) =>
      server.ask({ kind: "get_tokens", accountUuid: one.accountUuid, callers: CALLERS }),
    )
  const answers = []
  for (const [index, one] of people.entries()) {
    const asked = askAll(one)
    await wait(((index % TIMES) + 1) * (PROVIDER_MS / TIMES))
    await endings[index]?.()
    answers.push(...(await Promise.all(asked)).flat())
  }
  const afterwards = (await Promise.all(people.flatMap(askAll))).flat()

  const left = (await db.select().from(connection)).length + (await db.select().from(session)).length
  const calls = (await refreshRequests(stage)).length
  const isAskedToSignIn = ({ outcome }: { outcome: string }) => outcome === "reauthorization_required"
  const failedCallers = [...answers, ...afterwards].filter(
    (answer) => !isAskedToSignIn(answer) && answer.outcome !== "served",
  ).length
  return {
    scenario: "Sign-out or disconnect during a refresh",
    load: `${TIMES} sign-outs and ${TIMES} disconnects, ${PROVIDER_MS / TIMES} to ${PROVIDER_MS} ms after ${SERVERS} × ${CALLERS} callers asked`,
    target: "stays signed out, nothing written back",
    callsPerRotation: null,
    signOuts: 0,
    failedCallers,
    waitsMs: answers.map(({ waitMs }) => waitMs),
    notes: [`${calls} provider calls for ${people.length} connections; ${left} rows left in the database`],
    misses: missesOf({
      "no row left": left === 0,
      "no caller gets a token afterwards": afterwards.every(isAskedToSignIn),
      "no error": failedCallers === 0,
      "at most one provider call each": calls <= people.length,
    }),
  }
}
