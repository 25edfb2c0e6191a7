import type { FaultInput } from "bitbucket-emulator"
import { eq, sql } from "drizzle-orm"
import { connection } from "../../lib/db/schema"
import type { Answer } from "./app-server-process"
import type { AppServer } from "./fleet"
import { missesOf, type Outcome } from "./outcome"
import { countSignedOut, leaveSeconds, type Person, refreshRequests, signInPeople } from "./people"
import type { Stage } from "./stage"

const SERVERS = 4
const CALLERS = 3
const OUTAGE_MS = 10 * 60_000
/** Allows for a slow machine. */
const LONGEST_WATCH_MS = 30_000
const LONGEST_ANSWER_MS = 6_000
/** The back-off of the 429, from its header; the others' is 5.2 s once the token has expired. */
const LONGEST_BACK_OFF_MS = 7_000

type Kind = {
  name: string
  fault: Omit<FaultInput, "match">
  /** The outage begins while the token is still valid: within its refresh window. */
  secondsLeft: number
  watchMs: number
}

const html = { "content-type": "text/html" }
const tooMany = { "retry-after": "7" }
const quick = { secondsLeft: 200, watchMs: LONGEST_WATCH_MS }
const kinds: Kind[] = [
  { name: "500", fault: { kind: "status", status: 500 }, ...quick },
  { name: "503 in HTML", fault: { kind: "html", status: 503, headers: html }, ...quick },
  { name: "429, Retry-After 7", fault: { kind: "status", status: 429, headers: tooMany }, ...quick },
  { name: "resets", fault: { kind: "reset" }, ...quick },
  // Each probe takes five real seconds, so only a few fit: one with a valid token, the others without.
  { name: "timeouts", fault: { kind: "hang" }, secondsLeft: 4, watchMs: 20_000 },
]

type Watch = {
  name: string
  /** By the connection's clock. */
  outageMs: number
  probes: number
  /** Back-off steps: recorded failures. */
  steps: number
  recoveredAfterMs: number
  answers: Answer[]
}

/** What do people and Bitbucket get while Bitbucket's token endpoint is down for ten minutes? */
export async function outage(stage: Stage): Promise<Outcome> {
  const people = await signInPeople(stage, kinds.length)
  const servers = await stage.servers(SERVERS)
  const watches = await Promise.all(
    kinds.map((kind, index) => watch(stage, servers, people[index] as Person, kind)),
  )

  const answers = watches.flatMap((one) => one.answers)
  const isAnswered = ({ outcome, waitMs }: Answer) =>
    (outcome === "served" || outcome === "bitbucket_unavailable") && waitMs <= LONGEST_ANSWER_MS
  const failedCallers = answers.filter((answer) => !isAnswered(answer)).length
  const signOuts = await countSignedOut(stage, people)
  return {
    scenario: "10-minute outage of the token endpoint",
    load: `500, 503 HTML, 429, timeouts, resets; ${SERVERS} servers × ${CALLERS} callers at every back-off step and between`,
    target: "0 sign-outs, ≤ 1 probe per back-off step, answers within 6 s",
    callsPerRotation: null,
    signOuts,
    failedCallers,
    waitsMs: answers.map(({ waitMs }) => waitMs),
    notes: [
      "shortened: from step to step the row's times are moved back by what is left of the back-off, so that ten",
      "minutes by its own clock pass in seconds; with timeouts each probe takes 5 real seconds: 20 s of them",
      ...watches.map(describeWatch),
      `the longest answer took ${(Math.max(...answers.map(({ waitMs }) => waitMs)) / 1_000).toFixed(1)} s`,
    ],
    misses: missesOf({
      "0 sign-outs": signOuts === 0,
      "≤ 1 probe per back-off step": watches.every(({ probes, steps }) => probes <= steps),
      "answers within 6 s": failedCallers === 0,
      "recovers by itself, within the last back-off + 1 s": watches.every(
        ({ recoveredAfterMs }) => recoveredAfterMs < LONGEST_BACK_OFF_MS + 1_000,
      ),
    }),
  }
}

function describeWatch({ name, outageMs, probes, steps, answers, recoveredAfterMs }: Watch): string {
  const minutes = (outageMs / 60_000).toFixed(1)
  const served = answers.filter(({ outcome }) => outcome === "served").length
  return `${name}: ${minutes} min, ${probes} probes in ${steps} steps, ${answers.length} answers (${served} with the token that was still valid), recovered ${(recoveredAfterMs / 1_000).toFixed(1)} s after its end`
}

async function watch(
  stage: Stage,
  servers: readonly AppServer[],
  { accountUuid, username }: Person,
  { name, fault, secondsLeft, watchMs }: Kind,
): Promise<Watch> {
  await leaveSeconds(stage, secondsLeft, accountUuid)
  const match = { grant_type: "refresh_token", username }
  const { id: faultId } = await stage.bitbucket.addFault({ ...fault, match, times: null })
  const askAll = async () => {
    const ask = { kind: "get_tokens", accountUuid, callers: CALLERS } as const
    return (await Promise.all(servers.map((server) => server.ask(ask)))).flat()
  }

  const answers: Answer[] = []
  const startedAt = performance.now()
  let skippedMs = 0
  let outageMs = 0
  for (;;) {
    answers.push(...(await askAll()), ...(await askAll()))
    outageMs = performance.now() - startedAt + skippedMs
    if (outageMs >= OUTAGE_MS || performance.now() - startedAt >= watchMs) break
    skippedMs += await skipBackOff(stage, accountUuid)
  }
  const probes = (await refreshRequests(stage, username)).length
  const [row] = await stage.db.select().from(connection).where(eq(connection.accountUuid, accountUuid))

  await stage.bitbucket.removeFault(faultId)
  const recover = { kind: "get_token_at_last", accountUuid, withinMs: 10_000 } as const
  const recovered = (await Promise.all(servers.map((server) => server.ask(recover)))).flat()
  return {
    name,
    outageMs,
    probes,
    steps: row?.failures ?? 0,
    recoveredAfterMs: Math.max(...recovered.map(({ waitMs }) => waitMs)),
    answers,
  }
}

/** Moves one connection's clock to the end of its back-off. @returns by how many milliseconds */
async function skipBackOff({ db }: Stage, accountUuid: string): Promise<number> {
  const left = sql`greatest(coalesce(retry_at, now()) - now(), interval '0')`
  const { rows } = await db.execute<{ skipped_ms: number }>(sql`
    with back_off as (select ${left} as left from ${connection} where account_uuid = ${accountUuid})
    update ${connection}
       set issued_at = issued_at - back_off.left,
           expires_at = expires_at - back_off.left,
           retry_at = retry_at - back_off.left
      from back_off
     where account_uuid = ${accountUuid}
    returning extract(epoch from back_off.left)::float8 * 1000 as skipped_ms`)
  return rows[0]?.skipped_ms ?? 0
}
