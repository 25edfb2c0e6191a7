import { once } from "node:events"
import type { Answer } from "./app-server-process"
import { type AppServer, nextMessage, startProcess } from "./fleet"
import { type HolderDeath, holderDeaths } from "./holder-deaths"
import { missesOf, type Outcome, sum } from "./outcome"
import { countSignedOut, leaveSeconds, type Person, refreshRequests, signInPeople } from "./people"
import type { Stage } from "./stage"

const SERVERS = 4
const CALLERS = 3
const PROVIDER_MS = 150
const LEASE_MS = 15_000

type Recovery = { death: HolderDeath; recoveredAfterMs: number; calls: number; answers: Answer[] }

/** Does any caller notice for longer than a lease that the refreshing server was killed? */
export async function killedHolder(stage: Stage): Promise<Outcome> {
  const people = await signInPeople(stage, holderDeaths.length)
  const servers = await stage.servers(SERVERS)
  await stage.bitbucket.changeConfig({ refresh_grace_seconds: 600, latency_ms: PROVIDER_MS })
  await leaveSeconds(stage, -1)

  const recoveries = await Promise.all(
    holderDeaths.map((death, index) => recover(stage, servers, people[index] as Person, death)),
  )

  const answers = recoveries.flatMap((recovery) => recovery.answers)
  const failedCallers = answers.filter(({ outcome }) => outcome !== "served").length
  const signOuts = await countSignedOut(stage, people)
  const slowestMs = Math.max(...recoveries.map(({ recoveredAfterMs }) => recoveredAfterMs))
  return {
    scenario: "SIGKILL of the lease holder",
    load: `10 connections, killed at 10 points at the same time, ${SERVERS} other servers × ${CALLERS} callers who come back; grace 600 s`,
    target: "0 sign-outs, recovery within lease (15 s) + 1 s",
    callsPerRotation: sum(recoveries.map(({ calls }) => calls)) / recoveries.length,
    signOuts,
    failedCallers,
    waitsMs: recoveries.map(({ recoveredAfterMs }) => recoveredAfterMs),
    notes: recoveries.map(
      ({ death, recoveredAfterMs, calls }) =>
        `killed ${death}: recovered after ${(recoveredAfterMs / 1_000).toFixed(1)} s, ${calls} provider calls`,
    ),
    misses: missesOf({
      "0 sign-outs": signOuts === 0 && failedCallers === 0,
      "recovery within 16 s": slowestMs <= LEASE_MS + 1_000,
      "at most 2 provider calls per connection": recoveries.every(({ calls }) => calls <= 2),
    }),
  }
}

/** Kills the server that refreshes one connection, then has the others ask for its token until they get it. */
async function recover(
  stage: Stage,
  servers: readonly AppServer[],
  { accountUuid, username }: Person,
  death: HolderDeath,
): Promise<Recovery> {
  const holder = startProcess("holder-process.ts", stage.environment)
  await nextMessage(holder)
  const killed = once(holder, "exit")
  holder.send({ accountUuid, death })
  const [, signal] = await killed
  if (signal !== "SIGKILL") throw new Error(`The holder that was to be killed ${death} was not`)

  const ask = { kind: "get_token_at_last", accountUuid, withinMs: LEASE_MS + 5_000 } as const
  const asked = servers.flatMap((server) => Array.from({ length: CALLERS }, () => server.ask(ask)))
  const answers = (await Promise.all(asked)).flat()
  const waits = answers.filter(({ outcome }) => outcome === "served").map(({ waitMs }) => waitMs)
  const calls = (await refreshRequests(stage, username)).length
  return { death, recoveredAfterMs: Math.max(...waits), calls, answers }
}
