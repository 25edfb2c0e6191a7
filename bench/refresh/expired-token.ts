import type { Answer } from "./app-server-process"
import { missesOf, type Outcome, percentile } from "./outcome"
import { countSignedOut, leaveSeconds, refreshRequests, signInPeople } from "./people"
import type { Stage } from "./stage"

const SERVERS = 8
const CALLERS = 50
/** A newly started server compiles its code while it answers; in production servers are warm. */
const WARM_UP_ROUNDS = 20
const ROUNDS = 10
const PROVIDER_MS = 150

/** How many refreshes does Bitbucket see when all callers find the same token expired, and how long do they wait? */
export async function expiredToken(stage: Stage): Promise<Outcome> {
  const people = await signInPeople(stage, 1)
  const [{ accountUuid }] = people
  const servers = await stage.servers(SERVERS)
  await stage.bitbucket.changeConfig({ latency_ms: PROVIDER_MS })
  const ask = { kind: "get_tokens", accountUuid, callers: CALLERS } as const

  const askAll = async () => (await Promise.all(servers.map((server) => server.ask(ask)))).flat()

  const rounds: Answer[][] = []
  const idle: Answer[] = []
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    await leaveSeconds(stage, -1)
    rounds.push(await askAll())
    if (round >= WARM_UP_ROUNDS) idle.push(...(await askAll()))
  }

  const calls = (await refreshRequests(stage)).length
  const failedCallers = rounds.flat().filter(({ outcome }) => outcome !== "served").length
  const signOuts = await countSignedOut(stage, people)
  const measured = rounds.slice(WARM_UP_ROUNDS).map((answers) => answers.map(({ waitMs }) => waitMs))
  const waitsMs = measured.flat()
  const idleMs = idle.map(({ waitMs }) => waitMs)
  return {
    scenario: "Token already expired",
    load: `${SERVERS} servers × ${CALLERS} callers at once, ${ROUNDS} times, provider ${PROVIDER_MS} ms`,
    target: "1.00 calls, 0 errors, p99 ≤ provider + 200 ms",
    callsPerRotation: calls / rounds.length,
    signOuts,
    failedCallers,
    waitsMs,
    notes: [
      `${WARM_UP_ROUNDS} rounds before them warm the servers up: their calls and errors count, their waits do not`,
      `the same callers while the token is fresh: p50 ${percentile(idleMs, 0.5).toFixed(0)} ms, p99 ${percentile(idleMs, 0.99).toFixed(0)} ms; that much is the machine's`,
    ],
    misses: missesOf({
      "1.00 provider calls per rotation": calls === rounds.length,
      "0 errors": failedCallers === 0 && signOuts === 0,
      [`p99 wait ≤ ${PROVIDER_MS + 200} ms`]: percentile(waitsMs, 0.99) <= PROVIDER_MS + 200,
    }),
  }
}
