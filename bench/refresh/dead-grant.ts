import { missesOf, type Outcome } from "./outcome"
import { leaveSeconds, refreshRequests, signInPeople } from "./people"
import type { Stage } from "./stage"

const SERVERS = 4
const CALLERS = 20
const ROUNDS = 5

/** Do the servers notice once that the person revoked the grant at Bitbucket, and then stop asking? */
export async function deadGrant(stage: Stage): Promise<Outcome> {
  const [{ accountUuid, username }] = await signInPeople(stage, 1)
  const servers = await stage.servers(SERVERS)
  await stage.bitbucket.changeConfig({ latency_ms: 150 })
  await leaveSeconds(stage, -1)
  await stage.bitbucket.revokeGrants(username)

  const answers = []
  for (let round = 0; round < ROUNDS; round++) {
    const ask = { kind: "get_tokens", accountUuid, callers: CALLERS } as const
    answers.push(...(await Promise.all(servers.map((server) => server.ask(ask)))).flat())
  }

  const calls = await refreshRequests(stage)
  const told = answers.filter(({ outcome }) => outcome === "reauthorization_required").length
  return {
    scenario: "invalid_grant",
    load: `${SERVERS} servers × ${CALLERS} callers, ${ROUNDS} times, the grant revoked`,
    target: "one terminal outcome, no loop, no further provider call",
    callsPerRotation: null,
    signOuts: 0,
    failedCallers: answers.length - told,
    waitsMs: answers.map(({ waitMs }) => waitMs),
    notes: [
      `${calls.length} provider call in all, ${told} of ${answers.length} callers told to sign in again`,
    ],
    misses: missesOf({
      "1 provider call in all": calls.length === 1 && calls[0]?.status === 400,
      "every caller is told to sign in again": told === answers.length,
    }),
  }
}
