import { setTimeout as wait } from "node:timers/promises"
import { TokenUnavailableError, UserAuthorizationRequiredError } from "auth-bitbucket/connections"
import { sql } from "drizzle-orm"
import type { ConnectionError } from "@/lib/accounts/connection-error"
import { connections } from "@/lib/accounts/connections"
import { clientWith } from "@/lib/bitbucket/client"
import { db } from "@/lib/db/client"
import { type DatabaseErrorCode, isDatabaseError } from "@/lib/db/errors"

/** One caller's result, and how long it took. `error` is anything for which a page would answer 500. */
export type Answer = {
  outcome: "served" | ConnectionError["code"] | DatabaseErrorCode | "error"
  waitMs: number
  /** By the clock of this machine, in milliseconds. */
  answeredAt: number
  detail?: string
}

export type Command =
  | { kind: "warm_up" }
  /** This many callers at the same moment. */
  | { kind: "get_tokens"; accountUuid: string; callers: number }
  /** One caller who comes back until there is a token, or time is up. */
  | { kind: "get_token_at_last"; accountUuid: string; withinMs: number }
  /** Callers who keep viewing a page that shows the account. */
  | { kind: "view_pages"; accountUuid: string; callers: number; everyMs: number; forMs: number }
  /** One person who views pages for at least this long, and until one succeeds. */
  | { kind: "view_until_served"; accountUuid: string; everyMs: number; forAtLeastMs: number }

/** One server of the app, wired from its environment: its own pool, its own single flight. */
const { kept, accounts, authorizedCall } = connections()

/** A caller that was told to come back does so after this long. */
const COME_BACK_AFTER_MS = 250
/** A person who still has no page this long after a fault has ended gives up. */
const LONGEST_VIEWING_MS = 30_000

process.on("message", async ({ id, command }: { id: number; command: Command }) => {
  process.send?.({ id, answers: await run(command) })
})
process.on("disconnect", () => process.exit())
process.send?.("ready")

async function run(command: Command): Promise<Answer[]> {
  switch (command.kind) {
    case "warm_up":
      await callers(10, () => db().execute(sql`select pg_sleep(0.02)`))
      return []
    case "get_tokens":
      return callers(command.callers, () => timed(() => kept.getToken(command.accountUuid)))
    case "get_token_at_last":
      return [await getTokenAtLast(command.accountUuid, command.withinMs)]
    case "view_pages":
      return (await callers(command.callers, (index) => viewPages(command, index))).flat()
    case "view_until_served":
      return viewUntilServed(command)
  }
}

function callers<Result>(count: number, call: (index: number) => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => call(index)))
}

async function timed(call: () => Promise<unknown>): Promise<Answer> {
  const startedAt = performance.now()
  const outcome = await call().then(
    () => ({ outcome: "served" as const }),
    (error: unknown): Pick<Answer, "outcome" | "detail"> =>
      error instanceof UserAuthorizationRequiredError || error instanceof TokenUnavailableError
        ? { outcome: error.code }
        : isDatabaseError(error)
          ? { outcome: error.code, detail: error.reason }
          : { outcome: "error" as const, detail: String(error) },
  )
  return { ...outcome, waitMs: performance.now() - startedAt, answeredAt: Date.now() }
}

async function getTokenAtLast(accountUuid: string, withinMs: number): Promise<Answer> {
  const startedAt = performance.now()
  for (;;) {
    const answer = await timed(() => kept.getToken(accountUuid))
    const waitMs = performance.now() - startedAt
    if (answer.outcome !== "bitbucket_unavailable" || waitMs > withinMs) return { ...answer, waitMs }
    await wait(COME_BACK_AFTER_MS)
  }
}

/** One query for the connection and one call to the API, as on the profile page. */
function viewPage(accountUuid: string): Promise<Answer> {
  return timed(async () => {
    const connection = await accounts.read(accountUuid)
    if (!connection) throw new UserAuthorizationRequiredError("not_connected")
    await authorizedCall(connection, "page:profile", (credential) => clientWith(credential).user())
  })
}

async function viewUntilServed({
  accountUuid,
  everyMs,
  forAtLeastMs,
}: Extract<Command, { kind: "view_until_served" }>): Promise<Answer[]> {
  const answers: Answer[] = []
  const startedAt = performance.now()
  for (;;) {
    const answer = await viewPage(accountUuid)
    answers.push(answer)
    const passedMs = performance.now() - startedAt
    const isDone = passedMs > forAtLeastMs && answer.outcome === "served"
    if (isDone || passedMs > forAtLeastMs + LONGEST_VIEWING_MS) return answers
    await wait(everyMs)
  }
}

async function viewPages(
  { accountUuid, callers, everyMs, forMs }: Extract<Command, { kind: "view_pages" }>,
  index: number,
): Promise<Answer[]> {
  const answers: Answer[] = []
  const endsAt = performance.now() + forMs
  await wait((everyMs * index) / callers)
  while (performance.now() < endsAt) {
    const nextAt = performance.now() + everyMs
    answers.push(await viewPage(accountUuid))
    await wait(Math.max(0, nextAt - performance.now()))
  }
  return answers
}
