import { randomUUID } from "node:crypto"
import { and, eq, lte, sql } from "drizzle-orm"
import type { Database } from "./client"
import { taskLease } from "./schema"

export type TaskLease = {
  /** Records that the work continues. @returns false if another runner has taken over, so the work must stop */
  extend: () => Promise<boolean>
  release: () => Promise<void>
}

/**
 * Assigns a task to one runner among all servers: compare-and-set on a row, so it works through a pooler
 * and no transaction is open during the work. If a runner dies, it keeps the task until the lease expires.
 *
 * @returns null if another runner has it
 */
export async function takeTask(db: Database, name: string, leaseSeconds: number): Promise<TaskLease | null> {
  const owner = randomUUID()
  const leaseUntil = sql`now() + make_interval(secs => ${leaseSeconds})`
  const isMine = and(eq(taskLease.name, name), eq(taskLease.owner, owner))
  const taken = await db
    .insert(taskLease)
    .values({ name, owner, leaseUntil })
    .onConflictDoUpdate({
      target: taskLease.name,
      set: { owner, leaseUntil },
      setWhere: lte(taskLease.leaseUntil, sql`now()`),
    })
    .returning({ name: taskLease.name })
  if (taken.length === 0) return null

  return {
    async extend() {
      const rows = await db
        .update(taskLease)
        .set({ leaseUntil })
        .where(isMine)
        .returning({ name: taskLease.name })
      return rows.length > 0
    },
    async release() {
      await db.delete(taskLease).where(isMine)
    },
  }
}
