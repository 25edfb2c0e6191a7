import "server-only"
import { db } from "@/lib/db/client"
import { type DatabaseErrorCode, databaseErrorOf } from "@/lib/db/errors"
import { readSchemaState } from "@/lib/db/schema-state"
import { isDraining } from "./drain"
import { log } from "./log"
import { processWide } from "./process-wide"

/** However often load balancers ask, the server asks the database only once in this time. */
const FRESH_MS = 1_000
/** Load balancers wait only a few seconds. If the database takes longer to resume, a later probe finds it. */
const PATIENCE_MS = 2_000

/** What keeps a server from serving; null if nothing does. */
export type Obstacle = { code: "schema_behind" } | { code: DatabaseErrorCode; reason: string } | null

/**
 * Says whether a server can serve, from a result that is at most one second old and shared by all callers. Logs each
 * change.
 *
 * @param find finds out what keeps the server from serving; may take long, and must not throw
 * @param now milliseconds of a clock that only goes forward
 */
export function createReadiness(find: () => Promise<Obstacle>, now = () => performance.now()) {
  let known: { obstacle: Obstacle; foundAt: number } | undefined
  let finding: Promise<boolean> | undefined

  async function check(): Promise<boolean> {
    const foundAt = now()
    const obstacle = await find()
    if (!known || known.obstacle?.code !== obstacle?.code) report(obstacle)
    known = { obstacle, foundAt }
    return obstacle === null
  }

  return async function isReady(): Promise<boolean> {
    if (known && now() - known.foundAt < FRESH_MS) return known.obstacle === null
    finding ??= check().finally(() => {
      finding = undefined
    })
    return withinPatience(finding)
  }
}

/** @returns false if the answer takes too long; the next probe gets it */
async function withinPatience(answer: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, false)
  })
  return Promise.race([answer, tooLong]).finally(() => clearTimeout(timer))
}

function report(obstacle: Obstacle): void {
  if (obstacle) log.warn("not_ready", obstacle)
  else log.info("ready")
}

/** A newer schema is no obstacle: docs/decisions/021-readiness-is-not-health.md. */
async function findObstacle(): Promise<Obstacle> {
  try {
    const { pending } = await readSchemaState(db())
    return pending.length > 0 ? { code: "schema_behind" } : null
  } catch (error) {
    const { code, reason } = databaseErrorOf(error)
    return { code, reason }
  }
}

/** Whether load balancers may send requests to this server. */
export async function isReady(): Promise<boolean> {
  if (isDraining()) return false
  return processWide("readiness", () => createReadiness(findObstacle))()
}
