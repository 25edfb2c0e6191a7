import type { Answer } from "./app-server-process"
import { missesOf, type Outcome, percentile } from "./outcome"
import { countSignedOut, leaveSeconds, refreshRequests, signInPeople } from "./people"
import type { Stage } from "./stage"

const SERVERS = 8
const CALLERS = 50
/** A server that has just started compiles its code while it answers; people meet servers that run. */
const WARM_UP_ROUNDS = 5
const ROUNDS = 10
const PROVIDER_MS = 150

/** How many renewals does Bitbucket see when everybody finds the same token lapsed, and how long do they wait? */
export async function lapsedToken(stage: Stage): Promise<Outcome> {
  const people = await signInPeople(stage, 1)
  const [{ connectionId }] = people
  const servers = await stage.servers(SERVERS)
  await stage.bitbucket.changeConfig({ latency_ms: PROVIDER_MS })
  const ask = { kind: "get_tokens", connectionId, callers: CALLERS } as const

  const rounds: Answer[][] = []
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    await leaveSeconds(stage, -1)
    rounds.push((await Promise.all(servers.map((server) => server.ask(ask)))).flat())
  }

  const calls = (await refreshRequests(stage)).length
  const failedCallers = rounds.flat().filter(({ outcome }) => outcome !== "served").length
  const signOuts = await countSignedOut(stage, people)
  const measured = rounds.slice(WARM_UP_ROUNDS).map((answers) => answers.map(({ waitMs }) => waitMs))
  const waitsMs = measured.flat()
  const medians = measured.map((waits) => percentile(waits, 0.5))
  return {
    scenario: "Token already lapsed",
    load: `${SERVERS} servers × ${CALLERS} callers at once, ${ROUNDS} times, provider ${PROVIDER_MS} ms`,
    target: "1.00 calls, 0 errors, p99 ≤ provider + 200 ms",
    callsPerRotation: calls / rounds.length,
    signOuts,
    failedCallers,
    waitsMs,
    notes: [
      `${WARM_UP_ROUNDS} rounds before them warm the servers up: their calls and errors count, their waits do not`,
      `median wait per round ${Math.min(...medians).toFixed(0)} to ${Math.max(...medians).toFixed(0)} ms, longest ${Math.max(...waitsMs).toFixed(0)} ms`,
    ],
    misses: missesOf({
      "1.00 provider calls per rotation": calls === rounds.length,
      "0 errors": failedCallers === 0 && signOuts === 0,
      [`p99 wait ≤ ${PROVIDER_MS + 200} ms`]: percentile(waitsMs, 0.99) <= PROVIDER_MS + 200,
    }),
  }
}
