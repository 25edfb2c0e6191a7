import { missesOf, type Outcome } from "./outcome"
import { countSignedOut, leaveSeconds, refreshRequests, signInPeople } from "./people"
import type { Stage } from "./stage"

const SERVERS = 4
const CALLERS = 20
const ROUNDS = 3

/** Is anyone signed out if Bitbucket has replaced the tokens and its answer gets lost? */
export async function lostReply(stage: Stage): Promise<Outcome> {
  const people = await signInPeople(stage, 1)
  const [{ accountUuid }] = people
  const servers = await stage.servers(SERVERS)
  await stage.bitbucket.changeConfig({ refresh_grace_seconds: 600, latency_ms: 150 })

  const answers = []
  for (let round = 0; round < ROUNDS; round++) {
    await leaveSeconds(stage, -1)
    await stage.bitbucket.addFault({ match: { grant_type: "refresh_token" }, kind: "drop_response" })
    const ask = { kind: "get_token_at_last", accountUuid, withinMs: 15_000 } as const
    const allCallers = servers.flatMap((server) => Array.from({ length: CALLERS }, () => server.ask(ask)))
    answers.push(...(await Promise.all(allCallers)).flat())
  }

  const calls = (await refreshRequests(stage)).length
  const failedCallers = answers.filter(({ outcome }) => outcome !== "served").length
  const signOuts = await countSignedOut(stage, people)
  return {
    scenario: "Reply lost after Bitbucket processed it",
    load: `${SERVERS} servers × ${CALLERS} callers who come back, ${ROUNDS} times, grace 600 s`,
    target: "0 sign-outs",
    callsPerRotation: calls / ROUNDS,
    signOuts,
    failedCallers,
    waitsMs: answers.map(({ waitMs }) => waitMs),
    notes: ["two calls each: the one whose reply was lost, and the one after the back-off"],
    misses: missesOf({
      "0 sign-outs": signOuts === 0 && failedCallers === 0,
      "2 provider calls per lost reply": calls === 2 * ROUNDS,
    }),
  }
}
