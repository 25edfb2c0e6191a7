import { eq } from "drizzle-orm"
import { connection, session } from "../../lib/db/schema"
import { type DatabaseFault, databaseFaults } from "../../test/database-faults"
import { type DatabaseProxy, startDatabaseProxy } from "../../test/database-proxy"
import type { Answer } from "./app-server-process"
import { type AppServer, createFleet } from "./fleet"
import { type FaultSeen, missesOf, type Outcome, sum } from "./outcome"
import { countSignedOut, leaveSeconds, type Person, refreshRequests, signInPeople } from "./people"
import type { Stage } from "./stage"
import { stopAtEnd } from "./started"

const SERVERS = 2
/** How long Bitbucket's answer takes: enough for the fault to begin before the tokens are stored. */
const PROVIDER_MS = 2_000
const VIEW_EVERY_MS = 250
/** The pool's twelve seconds for a connection, plus an allowance for a busy machine. */
const LONGEST_ANSWER_MS = 15_000
/** A lease. */
const LONGEST_RECOVERY_MS = 16_000

/** How long each lasts; those that end by themselves have ended by then. */
const lastsMs: Partial<Record<DatabaseFault, number>> = {
  "a network that passes nothing": 14_000,
  "a database that sleeps and takes 6 s to wake": 6_000,
}
const USUALLY_LASTS_MS = 4_000

/** What do two people see, and keep, while something fails between the servers and their database? */
export async function faultsOfTheDatabase(stage: Stage): Promise<Outcome> {
  const proxies: DatabaseProxy[] = []
  const servers: AppServer[] = []
  for (let index = 0; index < SERVERS; index++) {
    const proxy = await startDatabaseProxy(stage.databaseUrl)
    stopAtEnd(proxy.close)
    const environment = { ...stage.environment, DATABASE_URL: proxy.through(stage.databaseUrl) }
    proxies.push(proxy)
    servers.push(...(await createFleet(environment)(1)))
  }
  const seen: FaultSeen[] = []
  const answers: Answer[] = []
  for (const fault of Object.keys(databaseFaults) as DatabaseFault[]) {
    const watched = await watch(stage, fault, servers, proxies)
    seen.push(watched.seen)
    answers.push(...watched.answers)
  }
  for (const { process } of servers) process.kill("SIGKILL")

  return {
    scenario: "Faults between the app and its database",
    load: `${seen.length} faults, ${SERVERS} servers × 2 people who view pages; the token of one has expired, and Bitbucket's new one is on its way as the fault begins; grace 600 s`,
    target: "0 sign-outs, 0 lost refresh tokens, answers within 15 s, recovery within lease (15 s) + 1 s",
    callsPerRotation: null,
    signOuts: sum(seen.map(({ signOuts }) => signOuts)),
    failedCallers: sum(seen.map(({ failed }) => failed)),
    waitsMs: answers.map(({ waitMs }) => waitMs),
    notes: [],
    misses: missesOf({
      "0 sign-outs": seen.every(({ signOuts }) => signOuts === 0),
      "0 lost refresh tokens": seen.every(({ lostRefreshTokens }) => lostRefreshTokens === 0),
      "no page but the three": seen.every(({ failed }) => failed === 0),
      "answers within 15 s": seen.every(({ longestMs }) => longestMs <= LONGEST_ANSWER_MS),
      "recovery within 16 s": seen.every(({ recoveredAfterMs }) => recoveredAfterMs <= LONGEST_RECOVERY_MS),
    }),
    databaseFaults: seen,
  }
}

async function watch(
  stage: Stage,
  fault: DatabaseFault,
  servers: readonly AppServer[],
  proxies: readonly DatabaseProxy[],
): Promise<{ seen: FaultSeen; answers: Answer[] }> {
  const people = await signInPeople(stage, 2)
  const [, waiting] = people as [Person, Person]
  await stage.bitbucket.changeConfig({ refresh_grace_seconds: 600 })
  await stage.bitbucket.addFault({
    match: { grant_type: "refresh_token" },
    kind: "delay",
    delay_ms: PROVIDER_MS,
  })
  await leaveSeconds(stage, -1, waiting.accountUuid)
  const forAtLeastMs = PROVIDER_MS + (lastsMs[fault] ?? USUALLY_LASTS_MS)
  const views = servers.flatMap((server) =>
    people.map(({ accountUuid }) =>
      server.ask({ kind: "view_until_served", accountUuid, everyMs: VIEW_EVERY_MS, forAtLeastMs }),
    ),
  )
  await untilLeased(stage, waiting.accountUuid)
  const end = await databaseFaults[fault]({ postgres: stage.postgres, proxies })
  await new Promise((resolve) => setTimeout(resolve, lastsMs[fault] ?? USUALLY_LASTS_MS))
  await end()
  const endedAt = Date.now()
  const viewers = await Promise.all(views)

  await leaveSeconds(stage, -1)
  for (const { accountUuid } of people)
    await servers[0]?.ask({ kind: "get_token_at_last", accountUuid, withinMs: 20_000 })
  const refreshes = await refreshRequests(stage)
  const answers = viewers.flat()
  const count = (outcome: Answer["outcome"]) => answers.filter((answer) => answer.outcome === outcome).length
  const counts = {
    pages: count("served"),
    lastKnownProfiles: count("bitbucket_unavailable"),
    databaseUnavailable: count("database_unreachable"),
  }
  const sessions = await stage.db.$count(session)
  return {
    answers,
    seen: {
      fault,
      ...counts,
      failed: answers.length - sum(Object.values(counts)),
      longestMs: Math.max(...answers.map(({ waitMs }) => waitMs)),
      recoveredAfterMs: Math.max(...viewers.map((viewer) => recoveredAt(viewer) - endedAt), 0),
      signOuts: (await countSignedOut(stage, people)) + people.length - sessions,
      lostRefreshTokens: refreshes.filter(({ status }) => status === 400).length,
      refreshes: refreshes.length,
    },
  }
}

/** The time of a viewer's first page after their last failure. */
function recoveredAt(answers: readonly Answer[]): number {
  const lastWithout = answers.findLastIndex(({ outcome }) => outcome !== "served")
  return lastWithout === -1 ? 0 : (answers[lastWithout + 1]?.answeredAt ?? Number.POSITIVE_INFINITY)
}

async function untilLeased({ db }: Stage, accountUuid: string): Promise<void> {
  for (;;) {
    const [row] = await db
      .select({ owner: connection.leaseOwner })
      .from(connection)
      .where(eq(connection.accountUuid, accountUuid))
    if (row?.owner) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
